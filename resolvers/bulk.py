"""Bulk operations: many leads at once, in the background."""

from typing import Annotated

import strawberry

from actions.bulk import begin_bulk_operation, cancel_bulk_operation
from db.bulk import BULK_OPERATIONS
from db.leads import LEADS
from domain.bulk import BulkVerb
from domain.ids import read_id
from resolvers.answers import What, given, making, many, one, plain
from schema.bulk import BulkOperation
from schema.filters import filter_of
from schema.paging import Connection
from schema.refusals import Refused

LeadFilter = filter_of(LEADS)
_ARGUMENTS = ("tags", "ownerId", "assigneeId", "pipelineStageId", "datasetId", "campaignId")


@strawberry.type
class BulkQuery:
    bulk_operations: Connection[BulkOperation] = many(
        BULK_OPERATIONS, "What is, or was, done to many leads at once, the newest first. Needs INBOX_READ."
    )
    bulk_operation: BulkOperation | None = one(
        BULK_OPERATIONS, "One of them; null when there is none with this id in your sight. Needs INBOX_READ."
    )


@strawberry.input(description="What is to be done, and to whom: leadIds or filter, not both.")
class BeginBulkOperationInput:
    verb: BulkVerb = strawberry.field(description="What is to be done.")
    lead_ids: list[strawberry.ID] | None = strawberry.field(
        default=strawberry.UNSET, description="To these leads, at most 10,000."
    )
    filter: LeadFilter | None = strawberry.field(  # type: ignore[valid-type]
        default=strawberry.UNSET, description="To all leads that this leaves, as it leaves them now; at most 100,000."
    )
    tags: list[str] | None = strawberry.field(default=strawberry.UNSET, description="For TAG and UNTAG: which.")
    owner_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="For ASSIGN: who is to own them; null is nobody, left out as it is."
    )
    assignee_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="For ASSIGN: who is to work them; null is nobody, left out as it is."
    )
    pipeline_stage_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="For MOVE: to which stage."
    )
    dataset_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="For ADD_TO_DATASET and REMOVE_FROM_DATASET: which."
    )
    campaign_id: strawberry.ID | None = strawberry.field(default=strawberry.UNSET, description="For ENROLL: in which.")


@strawberry.input(description="Which bulk operation is meant.")
class BulkOperationInput:
    bulk_operation_id: strawberry.ID = strawberry.field(description="Which.")


BulkOperationResult = Annotated[
    BulkOperation | Refused,
    strawberry.union("BulkOperationResult", description="The bulk operation, or why nothing was changed."),
]


@strawberry.type
class BulkMutation:
    @strawberry.mutation(
        description="Chooses leads, and has the same done to all of them in the background, with an outcome for each: "
        "as you would one by one, with what that needs (ASSIGN also CONVERSATIONS_ASSIGN, the verbs of datasets also "
        "DATASETS_WRITE, ENROLL also CAMPAIGNS_WRITE). Needs INBOX_READ and LEADS_WRITE."
    )
    def begin_bulk_operation(self, input: Annotated[BeginBulkOperationInput, What]) -> BulkOperationResult:
        said = plain(input)
        arguments = {name: said[name] for name in _ARGUMENTS if name in said}
        named, filter = given(input.lead_ids), said.get("filter")
        ids = None if named is None else [read_id("lead", id, "leadIds") for id in named]
        return making(
            BULK_OPERATIONS,
            lambda session: begin_bulk_operation(session, input.verb, arguments, lead_ids=ids, filter=filter),
        )

    @strawberry.mutation(description="Goes no further; what was done stays. Needs INBOX_READ and LEADS_WRITE.")
    def cancel_bulk_operation(self, input: Annotated[BulkOperationInput, What]) -> BulkOperationResult:
        id = read_id("bulk_operation", input.bulk_operation_id, "bulkOperationId")
        return making(BULK_OPERATIONS, lambda session: cancel_bulk_operation(session, id))
