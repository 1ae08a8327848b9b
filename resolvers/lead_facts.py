"""Adding leads, changing what is known about them, and noting what was heard of them."""

from datetime import date
from typing import Annotated, Any

import strawberry

from actions.changing import add_lead_note, change_lead
from actions.leads import NewLead, add_lead
from db.leads import LEAD_NOTES, LEADS
from db.session import Session
from domain.ids import read_id
from domain.leads import Sentiment, Temperature
from resolvers.answers import What, fact, making, said
from schema.leads import Lead, LeadNote
from schema.refusals import Refused
from schema.scalars import JSON

_OBJECT = "Keys that are named take the place of those there are, and go where they are null"


@strawberry.input(description="What is known about a lead.")
class LeadFacts:
    full_name: str | None = fact("First and last name in one; instead of the two.")
    first_name: str | None = fact("First name.")
    last_name: str | None = fact("Last name.")
    company: str | None = fact("Company.")
    title: str | None = fact("What they are there.")
    industry: str | None = fact("What their company works in.")
    location: str | None = fact("Where they are.")
    postcode: str | None = fact("Postcode.")
    country: str | None = fact("ISO 3166 code, like GB.")
    time_zone: str | None = fact("IANA name, like Europe/London.")
    phone: str | None = fact(
        "Phone number, as people write it; without a country code it belongs to their country, or else to the "
        "organization's."
    )
    email: str | None = fact("E-mail address.")
    linkedin_url: str | None = fact("LinkedIn address.")
    source: str | None = fact("Where they came from, in a word; MANUAL when nothing is said.")
    source_details: JSON | None = fact(f"More about that: an object. {_OBJECT}.")
    utm_source: str | None = fact("The site they came from.")
    utm_medium: str | None = fact("The sort of link they followed.")
    utm_campaign: str | None = fact("The campaign it belonged to.")
    utm_term: str | None = fact("What they searched for.")
    utm_content: str | None = fact("Which of several links it was.")
    inquiry_date: date | None = fact("When they first asked.")
    install_date: date | None = fact("When they are served.")
    custom_fields: JSON | None = fact(f"What else you keep: an object of at most 64 KB. {_OBJECT}.")
    enrichment: JSON | None = fact(f"What was found out elsewhere: an object of at most 64 KB. {_OBJECT}.")
    temperature: Temperature | None = fact("How interested they are.")
    sentiment: Sentiment | None = fact("How they sound.")
    ai_score: float | None = fact("What a model makes of them, from 0 to 1.")


@strawberry.input(description="Somebody new; with at least a phone number, an e-mail address or a LinkedIn address.")
class AddLeadInput(LeadFacts):
    tags: list[str] | None = fact("Free labels.")
    note: str | None = fact("Something to note about them.")
    owner_id: strawberry.ID | None = fact(
        "Whose lead it is; nobody's when nothing is said, unless you see only what is yours."
    )
    pipeline_stage_id: strawberry.ID | None = fact("Where they stand; the default stage when nothing is said.")


@strawberry.input(description="What is to be different about a lead; what is left out stays, null clears.")
class ChangeLeadInput(LeadFacts):
    lead_id: strawberry.ID = strawberry.field(description="Who.")
    expected_version: int | None = fact("The version you read: if it has changed since, nothing is done.")


@strawberry.input(description="Something to note.")
class AddLeadNoteInput:
    lead_id: strawberry.ID = strawberry.field(description="About whom.")
    body: str = strawberry.field(description="The text; at most 10,000 characters.")


LeadResult = Annotated[
    Lead | Refused, strawberry.union("LeadResult", description="The lead, or why nothing was changed.")
]
LeadNoteResult = Annotated[
    LeadNote | Refused, strawberry.union("LeadNoteResult", description="The note, or why there is none.")
]


@strawberry.type
class LeadFactsMutation:
    @strawberry.mutation(
        description="Adds a lead. There is one with a phone number, and one with an e-mail address. "
        "Needs INBOX_READ and LEADS_WRITE."
    )
    def add_lead(self, input: Annotated[AddLeadInput, What]) -> LeadResult:
        facts = said(input)
        more = {name: facts.pop(name, None) for name in ("tags", "note", "owner_id", "pipeline_stage_id")}
        owner = read_id("member", more["owner_id"], "ownerId") if more["owner_id"] else None
        stage_id = more["pipeline_stage_id"]
        stage = read_id("pipeline_stage", stage_id, "pipelineStageId") if stage_id else None
        lead = NewLead(tags=more["tags"] or (), note=more["note"], owner_id=owner, pipeline_stage_id=stage, facts=facts)
        return making(LEADS, lambda session: add_lead(session, lead))

    @strawberry.mutation(description="Changes what is known about a lead. Needs INBOX_READ and LEADS_WRITE.")
    def change_lead(self, input: Annotated[ChangeLeadInput, What]) -> LeadResult:
        changes = said(input)
        expected, lead = changes.pop("expected_version", None), read_id("lead", changes.pop("lead_id"), "leadId")
        return making(LEADS, lambda session: change_lead(session, lead, changes, expected))

    @strawberry.mutation(description="Notes something about a lead. Needs INBOX_READ and LEADS_WRITE.")
    def add_lead_note(self, input: Annotated[AddLeadNoteInput, What]) -> LeadNoteResult:
        def run(session: Session) -> Any:
            return add_lead_note(session, read_id("lead", input.lead_id, "leadId"), input.body)

        return making(LEAD_NOTES, run)
