"""What is done to several leads at once."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from uuid import UUID

import strawberry

from actions.leads import Same
from actions.many_leads import assign_leads, tag_leads, untag_leads
from db.leads import CHANGED_LEADS
from db.selection import Own
from db.session import Session
from domain.ids import read_id
from resolvers.answers import What, Work
from schema.leads import ChangedLeads
from schema.refusals import Refused


@strawberry.input(description="Tags for leads.")
class TagLeadsInput:
    lead_ids: list[strawberry.ID] = strawberry.field(description="Who: at most 100, all of them or none.")
    tags: list[str] = strawberry.field(description="Which.")


@strawberry.input(description="Whose leads are to be: what is left out stays, null is for nobody.")
class AssignLeadsInput:
    lead_ids: list[strawberry.ID] = strawberry.field(description="Which leads: at most 100, all of them or none.")
    owner_id: strawberry.ID | None = strawberry.field(default=strawberry.UNSET, description="Who owns them.")
    assignee_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="Who works them, on every channel."
    )


LeadsResult = Annotated[
    ChangedLeads | Refused, strawberry.union("LeadsResult", description="The leads, or why nothing was changed.")
]


@strawberry.type
class ManyLeadsMutation:
    @strawberry.mutation(
        description="Gives tags to leads. Who has them already is not changed. Needs INBOX_READ and LEADS_WRITE."
    )
    def tag_leads(self, input: Annotated[TagLeadsInput, What]) -> LeadsResult:
        return _changing(lambda session: tag_leads(session, _leads(input.lead_ids), input.tags))

    @strawberry.mutation(description="Takes tags from leads. Needs INBOX_READ and LEADS_WRITE.")
    def untag_leads(self, input: Annotated[TagLeadsInput, What]) -> LeadsResult:
        return _changing(lambda session: untag_leads(session, _leads(input.lead_ids), input.tags))

    @strawberry.mutation(
        description="Hands leads over, with all that belongs to them. Needs INBOX_READ and CONVERSATIONS_ASSIGN."
    )
    def assign_leads(self, input: Annotated[AssignLeadsInput, What]) -> LeadsResult:
        def run(session: Session) -> Any:
            owner, assignee = _member(input.owner_id, "ownerId"), _member(input.assignee_id, "assigneeId")
            return assign_leads(session, _leads(input.lead_ids), owner, assignee)

        return _changing(run)


def _changing(action: Callable[[Session], Awaitable[list[UUID]]]) -> Any:
    async def run(session: Session) -> Own:
        return Own(CHANGED_LEADS, (await action(session),))

    return Work(run, CHANGED_LEADS)


def _leads(ids: list[strawberry.ID]) -> list[UUID]:
    return [read_id("lead", id, "leadIds") for id in ids]


def _member(id: strawberry.ID | None, field: str) -> UUID | Same | None:
    if id is strawberry.UNSET:
        return Same.SAME
    return read_id("member", id, field) if id else None
