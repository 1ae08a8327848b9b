"""Datasets: what there is, and making, changing and filling them."""

from typing import Annotated, Any
from uuid import UUID

import strawberry

from actions.datasets import archive_dataset, change_dataset, create_dataset, restore_dataset, start_dataset
from actions.placing import add_leads_to_dataset, remove_leads_from_dataset
from db.datasets import DATASETS
from db.session import Session
from domain.datasets import DuplicatePolicy, LawfulBasis
from domain.ids import read_id
from domain.refusals import bad_input
from resolvers.answers import What, fact, making, many, one
from schema.datasets import Dataset
from schema.paging import Connection
from schema.refusals import Refused
from schema.scalars import JSON

_MOST_ALLOWED = 100


@strawberry.input(description="A dataset to make; what is left out is as usual.")
class CreateDatasetInput:
    name: str = strawberry.field(description="What it is called.")
    description: str | None = fact("What it is about.")
    source: str | None = fact("Where its leads come from, like CSV Upload.")
    column_mapping: JSON | None = fact('The heading of each column, and the field it fills: {"Phone": "phone"}.')
    duplicate_policy: DuplicatePolicy | None = fact("What happens to who is there already; usually FLAG.")
    lawful_basis: LawfulBasis | None = fact("Why its leads may be written to.")
    auto_archive_after_days: int | None = fact("Days from its start until it is archived; usually 28, null for never.")


@strawberry.input(description="What is to be different; what is left out stays, null clears.")
class ChangeDatasetInput:
    dataset_id: strawberry.ID = strawberry.field(description="Which.")
    name: str | None = fact("What it is called.")
    description: str | None = fact("What it is about.")
    source: str | None = fact("Where its leads come from.")
    column_mapping: JSON | None = fact("The heading of each column, and the field it fills: all of them.")
    duplicate_policy: DuplicatePolicy | None = fact("What happens to who is there already.")
    lawful_basis: LawfulBasis | None = fact("Why its leads may be written to.")
    auto_archive_after_days: int | None = fact("Days from its start until it is archived; null for never.")
    expected_version: int | None = fact("The version you read: if it has changed since, nothing is done.")


@strawberry.input(description="Which dataset is meant.")
class DatasetInput:
    dataset_id: strawberry.ID = strawberry.field(description="Which.")


@strawberry.input(description="Leads, and the dataset they are put into or taken out of.")
class DatasetLeadsInput:
    dataset_id: strawberry.ID = strawberry.field(description="Which dataset.")
    lead_ids: list[strawberry.ID] = strawberry.field(description="Which leads, at most 500.")


DatasetResult = Annotated[
    Dataset | Refused, strawberry.union("DatasetResult", description="The dataset, or why nothing was changed.")
]


@strawberry.type
class DatasetsQuery:
    datasets: Connection[Dataset] = many(
        DATASETS, "Every dataset, newest first unless ordered otherwise. Needs INBOX_READ."
    )
    dataset: Dataset | None = one(DATASETS, "One dataset; null when there is none with this id. Needs INBOX_READ.")


@strawberry.type
class DatasetsMutation:
    @strawberry.mutation(description="Makes a dataset, with no leads in it. Needs INBOX_READ and DATASETS_WRITE.")
    def create_dataset(self, input: Annotated[CreateDatasetInput, What]) -> DatasetResult:
        return making(DATASETS, lambda session: create_dataset(session, _said(input)))

    @strawberry.mutation(description="Changes what is told of a dataset. Needs INBOX_READ and DATASETS_WRITE.")
    def change_dataset(self, input: Annotated[ChangeDatasetInput, What]) -> DatasetResult:
        changes = _said(input)
        dataset, expected = changes.pop("dataset_id"), changes.pop("expected_version", None)

        def run(session: Session) -> Any:
            return change_dataset(session, read_id("dataset", dataset, "datasetId"), changes, expected)

        return making(DATASETS, run)

    @strawberry.mutation(
        description="Begins work with a dataset, and with it the days until it is archived; it needs a lawful basis. "
        "Needs INBOX_READ and DATASETS_WRITE."
    )
    def start_dataset(self, input: Annotated[DatasetInput, What]) -> DatasetResult:
        return making(DATASETS, lambda session: start_dataset(session, _dataset(input)))

    @strawberry.mutation(
        description="Puts a dataset away; its leads stay as they are. Needs INBOX_READ and DATASETS_WRITE."
    )
    def archive_dataset(self, input: Annotated[DatasetInput, What]) -> DatasetResult:
        return making(DATASETS, lambda session: archive_dataset(session, _dataset(input)))

    @strawberry.mutation(
        description="Takes a dataset up again; the days until it is archived begin anew. "
        "Needs INBOX_READ and DATASETS_WRITE."
    )
    def restore_dataset(self, input: Annotated[DatasetInput, What]) -> DatasetResult:
        return making(DATASETS, lambda session: restore_dataset(session, _dataset(input)))

    @strawberry.mutation(
        description="Puts leads into a dataset; all, or none where one is unknown. Needs INBOX_READ and DATASETS_WRITE."
    )
    def add_leads_to_dataset(self, input: Annotated[DatasetLeadsInput, What]) -> DatasetResult:
        return making(DATASETS, lambda session: add_leads_to_dataset(session, _dataset(input), _leads(input)))

    @strawberry.mutation(
        description="Takes leads out of a dataset, and leaves them as they are; all, or none where one is unknown. "
        "Needs INBOX_READ and DATASETS_WRITE."
    )
    def remove_leads_from_dataset(self, input: Annotated[DatasetLeadsInput, What]) -> DatasetResult:
        return making(DATASETS, lambda session: remove_leads_from_dataset(session, _dataset(input), _leads(input)))


def read_limit(ids: list[strawberry.ID] | None) -> frozenset[UUID] | None:
    """The only datasets whose leads somebody is to see; None: every lead."""
    if ids is None:
        return None
    if len(ids) > _MOST_ALLOWED:
        raise bad_input(f"Nobody is limited to more than {_MOST_ALLOWED} datasets.", "allowedDatasetIds")
    return frozenset(read_id("dataset", id, "allowedDatasetIds") for id in ids)


def _said(input: CreateDatasetInput | ChangeDatasetInput) -> dict[str, Any]:
    return {name: value for name, value in vars(input).items() if value is not strawberry.UNSET}


def _dataset(input: DatasetInput | DatasetLeadsInput) -> Any:
    return read_id("dataset", input.dataset_id, "datasetId")


def _leads(input: DatasetLeadsInput) -> list[Any]:
    return [read_id("lead", id, "leadIds") for id in input.lead_ids]
