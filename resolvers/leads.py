"""Reading leads, and erasing them."""

from dataclasses import asdict
from typing import Annotated, Any

import strawberry

from actions.erasing import erase_lead
from db.leads import LEADS
from db.session import Session
from domain.ids import read_id
from resolvers.answers import What, Work, many, one
from schema.leads import ErasedLead, Lead
from schema.paging import Connection
from schema.refusals import Refused


@strawberry.type
class LeadsQuery:
    leads: Connection[Lead] = many(LEADS, "Every lead, newest first unless ordered otherwise. Needs INBOX_READ.")
    lead: Lead | None = one(LEADS, "One lead; null when there is none with this id. Needs INBOX_READ.")


@strawberry.input(description="A person who asked to be forgotten.")
class EraseLeadInput:
    lead_id: strawberry.ID = strawberry.field(description="Who.")


EraseLeadResult = Annotated[
    ErasedLead | Refused, strawberry.union("EraseLeadResult", description="What went, or why nothing did.")
]


@strawberry.type
class LeadsMutation:
    @strawberry.mutation(
        description="Erases a person's data for good: names, addresses, words, also from raw webhooks and the audit "
        "trail. Needs LEADS_ERASE."
    )
    def erase_lead(self, input: Annotated[EraseLeadInput, What]) -> EraseLeadResult:
        async def run(session: Session) -> Any:
            erasure = await erase_lead(session, read_id("lead", input.lead_id, "leadId"))
            return ErasedLead(lead_id=input.lead_id, **asdict(erasure))

        return Work(run)  # type: ignore[return-value]
