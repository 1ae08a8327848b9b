"""Merging leads who are one person, and taking them apart again."""

from typing import Annotated

import strawberry

from actions.merging import merge_leads, undo_merge
from db.leads import LEADS
from domain.ids import read_id
from resolvers.answers import What, making
from schema.leads import Lead
from schema.refusals import Refused


@strawberry.input(description="Two leads who are one person.")
class MergeLeadsInput:
    lead_id: strawberry.ID = strawberry.field(description="One.")
    other_lead_id: strawberry.ID = strawberry.field(description="The other.")


@strawberry.input(description="A merge to undo.")
class UndoMergeInput:
    lead_merge_id: strawberry.ID = strawberry.field(description="Which.")


MergeLeadsResult = Annotated[
    Lead | Refused, strawberry.union("MergeLeadsResult", description="Who was kept, or why nobody was merged.")
]
UndoMergeResult = Annotated[
    Lead | Refused, strawberry.union("UndoMergeResult", description="Who had been absorbed, or why they still are.")
]


@strawberry.type
class MergingMutation:
    @strawberry.mutation(
        description="Makes one lead of two: the older is kept and takes over what it did not know, with all that "
        "belongs to the other, whose id and addresses lead to it from now on. Needs INBOX_READ and LEADS_WRITE."
    )
    def merge_leads(self, input: Annotated[MergeLeadsInput, What]) -> MergeLeadsResult:
        pair = read_id("lead", input.lead_id, "leadId"), read_id("lead", input.other_lead_id, "otherLeadId")
        return making(LEADS, lambda session: merge_leads(session, *pair))

    @strawberry.mutation(
        description="Takes apart again who was merged, the latest merge first; what was said since goes with its "
        "conversation. Needs INBOX_READ and LEADS_WRITE."
    )
    def undo_merge(self, input: Annotated[UndoMergeInput, What]) -> UndoMergeResult:
        id = read_id("lead_merge", input.lead_merge_id, "leadMergeId")
        return making(LEADS, lambda session: undo_merge(session, id))
