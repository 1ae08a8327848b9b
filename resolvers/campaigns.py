"""Campaigns: drafted, given their steps, and led from draft to end."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import strawberry

from actions.campaigns import (
    add_predefined_campaigns,
    archive_campaign,
    change_campaign,
    copy_campaign,
    draft_campaign,
    set_campaign_steps,
    turn_campaign,
)
from db.campaigns import ADDED_CAMPAIGNS, CAMPAIGNS
from db.selection import Own
from db.session import Session
from domain.campaigns.drafts import CampaignKind, StepChannel, StepDraft
from domain.campaigns.states import CampaignStatus
from domain.campaigns.timing import DelayType, StepAnchor, StepTiming
from domain.ids import read_id
from resolvers.answers import What, Work, fact, given, making, many, one, said
from schema.campaigns import AddedCampaigns, Campaign
from schema.paging import Connection
from schema.refusals import Refused


@strawberry.type
class CampaignsQuery:
    campaigns: Connection[Campaign] = many(CAMPAIGNS, "Every campaign, the newest first. Needs INBOX_READ.")
    campaign: Campaign | None = one(CAMPAIGNS, "One campaign; null when there is none with this id. Needs INBOX_READ.")


@strawberry.input(description="A campaign to draft.")
class DraftCampaignInput:
    kind: CampaignKind = strawberry.field(description="Its shape.")
    name: str = strawberry.field(description="What it is called.")
    description: str | None = fact("What it is about.")
    tag: str | None = fact("Whoever is given this tag is enrolled; no other campaign at hand may have it.")
    dataset_id: strawberry.ID | None = fact("Whose leads are enrolled when it begins.")
    campaign_policy_id: strawberry.ID | None = fact("What it keeps to; without one what is usual.")
    starts_at: datetime | None = fact("Before when nothing of it is due; without it, its first step is at once.")


@strawberry.input(description="What changes of a campaign: what is left out stays, null clears.")
class ChangeCampaignInput:
    campaign_id: strawberry.ID = strawberry.field(description="Which.")
    name: str | None = fact("What it is called.")
    description: str | None = fact("What it is about.")
    tag: str | None = fact("Whoever is given this tag is enrolled. Of a draft alone.")
    dataset_id: strawberry.ID | None = fact("Whose leads are enrolled when it begins. Of a draft alone.")
    campaign_policy_id: strawberry.ID | None = fact("What it keeps to.")
    starts_at: datetime | None = fact("Before when nothing of it is due. Of a draft alone.")
    expected_version: int | None = fact("The version you read: if it has changed since, nothing is done.")


@strawberry.input(description="One step of a campaign.")
class CampaignStepInput:
    channel: StepChannel = strawberry.field(description="On which channel.")
    body: str = strawberry.field(description="What is said, with merge fields like {{first_name|there}}.")
    subject: str | None = fact("The subject of an e-mail; of a CALL, what it is about, where that is to be said.")
    anchor: StepAnchor = strawberry.field(
        default=StepAnchor.PREVIOUS_STEP, description="What its delay counts from; the first step's from the enrolment."
    )
    day_number: int | None = fact("For DATE: the day after enrolment, which itself is day 1.")
    delay_days: int = strawberry.field(default=0, description="Days to wait.")
    delay_hours: int = strawberry.field(default=0, description="And hours.")
    delay_type: DelayType = strawberry.field(
        default=DelayType.REAL_HOURS, description="Whether that clock runs always, or in sending hours alone."
    )
    delay_respect_sending_hours: bool = strawberry.field(
        default=True, description="Whether what falls outside sending hours waits for the next opening."
    )
    jitter_seconds: int = strawberry.field(
        default=0, description="Spread by chance over so many seconds, an hour at most."
    )
    expires_after_hours: int | None = fact("Hours after it was due when it is not worth sending any more; else never.")
    only_without_reply: bool = strawberry.field(
        default=True, description="Whether it is left out once the lead has replied."
    )


@strawberry.input(description="All steps of a campaign, in their order.")
class SetCampaignStepsInput:
    campaign_id: strawberry.ID = strawberry.field(description="Which.")
    steps: list[CampaignStepInput] = strawberry.field(description="The steps that take the place of those there are.")
    expected_version: int | None = fact("The version you read: if it has changed since, nothing is done.")


@strawberry.input(description="Which campaign is meant.")
class CampaignInput:
    campaign_id: strawberry.ID = strawberry.field(description="Which.")


@strawberry.input(description="A campaign to copy.")
class CopyCampaignInput:
    campaign_id: strawberry.ID = strawberry.field(description="Which.")
    name: str = strawberry.field(description="What the copy is called.")


CampaignResult = Annotated[
    Campaign | Refused, strawberry.union("CampaignResult", description="The campaign, or why nothing was changed.")
]
AddedCampaignsResult = Annotated[
    AddedCampaigns | Refused,
    strawberry.union("AddedCampaignsResult", description="The campaigns, or why there are none."),
]
_NEEDS = "Needs INBOX_READ and CAMPAIGNS_WRITE."


@strawberry.type
class CampaignsMutation:
    @strawberry.mutation(description=f"Drafts a campaign that nobody is in yet. {_NEEDS}")
    def draft_campaign(self, input: Annotated[DraftCampaignInput, What]) -> CampaignResult:
        facts = _facts(input)
        kind = facts.pop("kind")
        return making(CAMPAIGNS, lambda session: draft_campaign(session, kind, facts))

    @strawberry.mutation(
        description="Drafts the campaigns that come with the product, except those whose tag a campaign of yours has: "
        f"fourteen, each with four texts. Their tags stay. {_NEEDS}"
    )
    def add_predefined_campaigns(self) -> AddedCampaignsResult:
        async def run(session: Session) -> Own:
            return Own(ADDED_CAMPAIGNS, (await add_predefined_campaigns(session),))

        return Work(run, ADDED_CAMPAIGNS)  # type: ignore[return-value]

    @strawberry.mutation(description=f"Changes what is named of a campaign. {_NEEDS}")
    def change_campaign(self, input: Annotated[ChangeCampaignInput, What]) -> CampaignResult:
        changes = _facts(input)
        id, expected = _campaign(input), changes.pop("expected_version", None)
        changes.pop("campaign_id")
        return making(CAMPAIGNS, lambda session: change_campaign(session, id, changes, expected))

    @strawberry.mutation(description=f"Says all steps of a draft anew. {_NEEDS}")
    def set_campaign_steps(self, input: Annotated[SetCampaignStepsInput, What]) -> CampaignResult:
        id, steps = _campaign(input), [_step(step) for step in input.steps]
        return making(CAMPAIGNS, lambda session: set_campaign_steps(session, id, steps, given(input.expected_version)))

    @strawberry.mutation(description=f"Makes a draft with the same steps and policy, and nobody's tag. {_NEEDS}")
    def copy_campaign(self, input: Annotated[CopyCampaignInput, What]) -> CampaignResult:
        return making(CAMPAIGNS, lambda session: copy_campaign(session, _campaign(input), input.name))

    @strawberry.mutation(description=f"Lets a campaign begin; from then on its steps stay as they are. {_NEEDS}")
    def activate_campaign(self, input: Annotated[CampaignInput, What]) -> CampaignResult:
        return _turning(input, CampaignStatus.ACTIVE)

    @strawberry.mutation(description=f"Lets a campaign rest: nothing of it is sent until it is resumed. {_NEEDS}")
    def pause_campaign(self, input: Annotated[CampaignInput, What]) -> CampaignResult:
        return _turning(input, CampaignStatus.PAUSED)

    @strawberry.mutation(description=f"Lets a campaign that rests go on. {_NEEDS}")
    def resume_campaign(self, input: Annotated[CampaignInput, What]) -> CampaignResult:
        return _turning(input, CampaignStatus.ACTIVE)

    @strawberry.mutation(description=f"Ends a campaign: nothing of it is sent any more. {_NEEDS}")
    def complete_campaign(self, input: Annotated[CampaignInput, What]) -> CampaignResult:
        return _turning(input, CampaignStatus.COMPLETED)

    @strawberry.mutation(description=f"Puts a draft away, or a campaign that is over. {_NEEDS}")
    def archive_campaign(self, input: Annotated[CampaignInput, What]) -> CampaignResult:
        return making(CAMPAIGNS, lambda session: archive_campaign(session, _campaign(input)))


def _turning(input: CampaignInput, to: CampaignStatus) -> Any:
    return making(CAMPAIGNS, lambda session: turn_campaign(session, _campaign(input), to))


def _campaign(input: Any) -> UUID:
    return read_id("campaign", input.campaign_id, "campaignId")


def _facts(input: Any) -> dict[str, Any]:
    facts = said(input)
    for name, kind, field in (
        ("dataset_id", "dataset", "datasetId"),
        ("campaign_policy_id", "campaign_policy", "campaignPolicyId"),
    ):
        if facts.get(name):
            facts[name] = read_id(kind, facts[name], field)
    return facts


def _step(input: CampaignStepInput) -> StepDraft:
    timing = StepTiming(
        input.anchor,
        given(input.day_number),
        input.delay_days,
        input.delay_hours,
        input.delay_type,
        input.delay_respect_sending_hours,
        input.jitter_seconds,
        given(input.expires_after_hours),
    )
    return StepDraft(input.channel, input.body, timing, given(input.subject), input.only_without_reply)
