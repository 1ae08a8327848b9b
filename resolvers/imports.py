"""Imports: announcing a file, saying what its columns are about, rehearsing, importing, giving up."""

from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

import strawberry

from actions.imports import Orders, begin_import, cancel_import, create_import, link_outcome, lock_awaiting
from db.imports import IMPORTS, NEW_IMPORT
from db.session import Session
from domain.datasets import DuplicatePolicy
from domain.ids import read_id
from domain.imports.fields import Field
from domain.links import Purpose
from resolvers.answers import What, Work, given, making, making_once, many, one
from resolvers.context import Context
from schema.imports import DownloadLink, Import, NewImport
from schema.paging import Connection
from schema.refusals import Refused

Info = strawberry.Info[Context, None]
_TO_UPLOAD, _TO_DOWNLOAD = timedelta(days=1), timedelta(minutes=15)


@strawberry.type
class ImportsQuery:
    imports: Connection[Import] = many(
        IMPORTS, "Every import, the newest first unless ordered otherwise. Needs LEADS_IMPORT."
    )
    import_: Import | None = one(
        IMPORTS, "One import; null when there is none with this id. Needs LEADS_IMPORT.", name="import"
    )


@strawberry.input(description="A file to import.")
class CreateImportInput:
    dataset_id: strawberry.ID = strawberry.field(description="The dataset its people go into.")
    file_name: str = strawberry.field(description="What the file is called.")
    duplicate_policy: DuplicatePolicy | None = strawberry.field(
        default=None, description="What happens to who is there already; without it what the dataset says."
    )


@strawberry.input(description="Which import is meant.")
class ImportInput:
    import_id: strawberry.ID = strawberry.field(description="Which.")


@strawberry.input(description="What a column is about.")
class ColumnTargetInput:
    header: str = strawberry.field(description="The header of the column.")
    target: str = strawberry.field(description="A field like FIRST_NAME, custom:eye_colour, or IGNORE.")


@strawberry.input(description="How an import is to be done.")
class BeginImportInput:
    import_id: strawberry.ID = strawberry.field(description="Which.")
    columns: list[ColumnTargetInput] | None = strawberry.field(
        default=None, description="What the columns are about; those not named are ignored. Without it, as proposed."
    )
    duplicate_policy: DuplicatePolicy | None = strawberry.field(
        default=None, description="What happens to who is there already; without it as before."
    )
    required_fields: list[Field] | None = strawberry.field(
        default=None, description="Without which a row makes nobody; without it as before."
    )


CreateImportResult = Annotated[
    NewImport | Refused, strawberry.union("CreateImportResult", description="The import, or why there is none.")
]
ImportResult = Annotated[
    Import | Refused, strawberry.union("ImportResult", description="The import, or why nothing was changed.")
]
LinkResult = Annotated[
    DownloadLink | Refused, strawberry.union("LinkResult", description="Where it is, or why it is nowhere.")
]


@strawberry.type
class ImportsMutation:
    @strawberry.mutation(
        description="Announces a file, and says where to upload it. Who imports must see all leads. Needs LEADS_IMPORT."
    )
    def create_import(self, info: Info, input: Annotated[CreateImportInput, What]) -> CreateImportResult:
        dataset = read_id("dataset", input.dataset_id, "datasetId")

        async def run(session: Session) -> tuple[UUID, str]:
            made = await create_import(session, dataset, input.file_name, given(input.duplicate_policy))
            return made, _address(info, made)

        return making_once(NEW_IMPORT, run)

    @strawberry.mutation(
        description="Says anew where to upload the file of an import that has not begun. Needs LEADS_IMPORT."
    )
    def prepare_upload(self, info: Info, input: Annotated[ImportInput, What]) -> CreateImportResult:
        async def run(session: Session) -> tuple[UUID, str]:
            found = await lock_awaiting(session, _import(input))
            return found, _address(info, found)

        return making_once(NEW_IMPORT, run)

    @strawberry.mutation(
        description="Counts what would become of each row, and changes nobody; then it can begin. Needs LEADS_IMPORT."
    )
    def rehearse_import(self, input: Annotated[BeginImportInput, What]) -> ImportResult:
        return making(IMPORTS, lambda session: begin_import(session, _import(input), _orders(input), rehearse=True))

    @strawberry.mutation(
        description="Begins: leads are made in the background, row by row, and what becomes of each is kept. "
        "Needs LEADS_IMPORT."
    )
    def begin_import(self, input: Annotated[BeginImportInput, What]) -> ImportResult:
        return making(IMPORTS, lambda session: begin_import(session, _import(input), _orders(input)))

    @strawberry.mutation(description="Goes no further; who was imported stays. Needs LEADS_IMPORT.")
    def cancel_import(self, input: Annotated[ImportInput, What]) -> ImportResult:
        return making(IMPORTS, lambda session: cancel_import(session, _import(input)))

    @strawberry.mutation(
        description="Where what became of each row can be downloaded as CSV, with its cells and the reasons, for a "
        "quarter of an hour. Needs LEADS_IMPORT."
    )
    def link_import_outcome(self, info: Info, input: Annotated[ImportInput, What]) -> LinkResult:
        async def run(session: Session) -> Any:
            found = await link_outcome(session, _import(input))
            organization = session.actor.organization_id
            link = info.context.links.make(Purpose.OUTCOME, organization, found, _TO_DOWNLOAD)
            return DownloadLink(url=link.url, expires_at=link.expires_at)

        return Work(run)  # type: ignore[return-value]


def _address(info: Info, import_id: UUID) -> str:
    organization = info.context.caller.organization_id
    return info.context.links.make(Purpose.UPLOAD, organization, import_id, _TO_UPLOAD).url


def _import(input: ImportInput | BeginImportInput) -> UUID:
    return read_id("import", input.import_id, "importId")


def _orders(input: BeginImportInput) -> Orders:
    mapping = None if not given(input.columns) else {one.header: one.target for one in input.columns or ()}
    required = given(input.required_fields)
    return Orders(mapping, given(input.duplicate_policy), None if required is None else frozenset(required))
