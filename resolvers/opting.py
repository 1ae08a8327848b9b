"""Opting out of being written to, and coming back."""

from typing import Annotated

import strawberry

from actions.opting import opt_in_lead, opt_out_lead
from db.leads import LEADS
from domain.conversations import Channel
from domain.ids import read_id
from resolvers.answers import What, given, making
from resolvers.lead_facts import LeadResult


@strawberry.input(description="Who is not to be written to any more, and where.")
class OptOutInput:
    lead_id: strawberry.ID = strawberry.field(description="Who.")
    channels: list[Channel] | None = strawberry.field(
        default=strawberry.UNSET, description="On which channels; on all they have an address for, if nothing is said."
    )


@strawberry.input(description="Who may be written to again, where, and why.")
class OptInInput(OptOutInput):
    reason: str = strawberry.field(description="Why, in at most 500 characters: it is kept, as somebody may ask.")


@strawberry.type
class OptingMutation:
    @strawberry.mutation(
        description="Keeps everybody in the organization from writing to a lead's addresses, at once; texts that wait "
        "are not sent. Needs INBOX_READ and LEADS_WRITE."
    )
    def opt_out_lead(self, input: Annotated[OptOutInput, What]) -> LeadResult:
        lead, channels = read_id("lead", input.lead_id, "leadId"), given(input.channels) or ()
        return making(LEADS, lambda session: opt_out_lead(session, lead, channels))

    @strawberry.mutation(
        description="Lets a lead be written to again, because they have asked for it. Needs INBOX_READ and LEADS_WRITE."
    )
    def opt_in_lead(self, input: Annotated[OptInInput, What]) -> LeadResult:
        lead, channels = read_id("lead", input.lead_id, "leadId"), given(input.channels) or ()
        return making(LEADS, lambda session: opt_in_lead(session, lead, channels, input.reason))
