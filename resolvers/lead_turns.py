"""The turns in the life of a lead."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from uuid import UUID

import strawberry

from actions.lead_turns import (
    archive_lead,
    hand_back_lead,
    mark_lead_lost,
    qualify_lead,
    reopen_lead,
    restore_lead,
    take_over_lead,
)
from actions.pipeline import move_lead
from db.leads import LEADS
from db.session import Session
from domain.ids import read_id
from resolvers.answers import What, making
from resolvers.lead_facts import LeadResult


@strawberry.input(description="Which lead is meant.")
class LeadInput:
    lead_id: strawberry.ID = strawberry.field(description="Who.")


@strawberry.input(description="A lead that goes to another stage.")
class MoveLeadInput:
    lead_id: strawberry.ID = strawberry.field(description="Who.")
    pipeline_stage_id: strawberry.ID = strawberry.field(description="Where to.")


@strawberry.type
class LeadTurnsMutation:
    @strawberry.mutation(
        description="Moves a lead to the top of another stage of the pipeline. Needs INBOX_READ and LEADS_WRITE."
    )
    def move_lead(self, input: Annotated[MoveLeadInput, What]) -> LeadResult:
        lead = read_id("lead", input.lead_id, "leadId")
        stage = read_id("pipeline_stage", input.pipeline_stage_id, "pipelineStageId")
        return making(LEADS, lambda session: move_lead(session, lead, stage))

    @strawberry.mutation(
        description="Puts a lead away: off the board, and nothing is done to it. Needs INBOX_READ and LEADS_WRITE."
    )
    def archive_lead(self, input: Annotated[LeadInput, What]) -> LeadResult:
        return _turn(archive_lead, input)

    @strawberry.mutation(description="Has a lead that was put away at hand again. Needs INBOX_READ and LEADS_WRITE.")
    def restore_lead(self, input: Annotated[LeadInput, What]) -> LeadResult:
        return _turn(restore_lead, input)

    @strawberry.mutation(
        description="Takes a lead over from the machine: from now on people answer. Needs INBOX_READ and LEADS_WRITE."
    )
    def take_over_lead(self, input: Annotated[LeadInput, What]) -> LeadResult:
        return _turn(take_over_lead, input)

    @strawberry.mutation(description="Hands a lead back to the machine. Needs INBOX_READ and LEADS_WRITE.")
    def hand_back_lead(self, input: Annotated[LeadInput, What]) -> LeadResult:
        return _turn(hand_back_lead, input)

    @strawberry.mutation(description="Says that a lead is worth a call. Needs INBOX_READ and LEADS_WRITE.")
    def qualify_lead(self, input: Annotated[LeadInput, What]) -> LeadResult:
        return _turn(qualify_lead, input)

    @strawberry.mutation(description="Says that a lead will not buy. Needs INBOX_READ and LEADS_WRITE.")
    def mark_lead_lost(self, input: Annotated[LeadInput, What]) -> LeadResult:
        return _turn(mark_lead_lost, input)

    @strawberry.mutation(
        description="Takes a lead that was lost up again, where what happened puts it: ENGAGED if they ever wrote, "
        "CONTACTED if they were written to, or else NEW. Needs INBOX_READ and LEADS_WRITE."
    )
    def reopen_lead(self, input: Annotated[LeadInput, What]) -> LeadResult:
        return _turn(reopen_lead, input)


def _turn(action: Callable[[Session, UUID], Awaitable[UUID]], input: LeadInput) -> Any:
    lead = read_id("lead", input.lead_id, "leadId")
    return making(LEADS, lambda session: action(session, lead))
