"""Policies of campaigns: when and how often is written, and what becomes of replies."""

from datetime import time
from typing import Annotated

import strawberry

from actions.campaign_policies import add_campaign_policy, archive_campaign_policy, change_campaign_policy
from db.campaigns import CAMPAIGN_POLICIES
from domain.campaigns.drafts import HotLeadAssignment
from domain.campaigns.windows import Weekday
from domain.ids import read_id
from resolvers.answers import What, fact, making, many, one, said
from schema.campaigns import CampaignPolicy
from schema.paging import Connection
from schema.refusals import Refused


@strawberry.type
class CampaignPoliciesQuery:
    campaign_policies: Connection[CampaignPolicy] = many(
        CAMPAIGN_POLICIES, "Every policy at hand, the newest first. Needs INBOX_READ."
    )
    campaign_policy: CampaignPolicy | None = one(
        CAMPAIGN_POLICIES, "One policy; null when there is none with this id. Needs INBOX_READ."
    )


@strawberry.input(description="What a policy says; what is left out is as usual, or as it was.")
class PolicyFacts:
    description: str | None = fact("What it is for.")
    sending_enabled: bool | None = fact("Whether anything is sent under it.")
    sending_days: list[Weekday] | None = fact("On which days; an empty list: on the usual ones.")
    sending_start: time | None = fact("From when.")
    sending_end: time | None = fact("Until when; on the next day where that is earlier.")
    sending_time_zone: str | None = fact("IANA name of the zone the times are of; null: wherever the lead is.")
    keeps_holidays: bool | None = fact("Whether nothing is sent on public holidays where the lead is.")
    messages_per_minute: int | None = fact("Segments a minute at most.")
    messages_per_hour: int | None = fact("Segments an hour at most.")
    messages_per_day: int | None = fact("Segments in twenty-four hours at most.")
    messages_per_person: int | None = fact("Messages of campaigns to one person at most in personDays; null: no limit.")
    person_days: int | None = fact("In how many days that is counted.")
    allow_international: bool | None = fact("Whether numbers of other countries are written to.")
    sender: str | None = fact("The number it is sent from, one of yours.")
    cal_booking_link: str | None = fact("Where leads book a call.")
    ai_response_enabled: bool | None = fact("Whether replies are answered by the machine.")
    ai_response_delay_seconds: int | None = fact("How long it waits before it answers.")
    ai_response_delay_random: bool | None = fact("Whether it waits up to five minutes more, by chance.")
    ai_grouping_seconds: int | None = fact("How long it waits for more texts of a burst.")
    responds_at_any_hour: bool | None = fact("Whether replies are answered outside the window too.")
    is_schedule_strict: bool | None = fact("Whether they are not, whatever else is said.")
    silence_timeout_days: int | None = fact("After how many days of silence a conversation is archived; null: never.")
    silence_nudge_days: int | None = fact("After how many it is nudged once; null: never.")
    silence_nudge_body: str | None = fact("With which words.")
    notifies_of_hot_leads: bool | None = fact("Whether people are told when a lead turns hot.")
    hot_lead_assignment: HotLeadAssignment | None = fact("Who is then given the lead.")
    updates_status: bool | None = fact("Whether the machine sets the facts of a lead who replied.")


@strawberry.input(description="A policy to make.")
class AddCampaignPolicyInput(PolicyFacts):
    name: str = strawberry.field(description="What it is called.")


@strawberry.input(description="What changes of a policy: what is left out stays, null clears.")
class ChangeCampaignPolicyInput(PolicyFacts):
    campaign_policy_id: strawberry.ID = strawberry.field(description="Which.")
    name: str | None = fact("What it is called.")
    expected_version: int | None = fact("The version you read: if it has changed since, nothing is done.")


@strawberry.input(description="Which policy is meant.")
class CampaignPolicyInput:
    campaign_policy_id: strawberry.ID = strawberry.field(description="Which.")


CampaignPolicyResult = Annotated[
    CampaignPolicy | Refused,
    strawberry.union("CampaignPolicyResult", description="The policy, or why nothing was changed."),
]
_NEEDS = "Needs INBOX_READ and CAMPAIGNS_WRITE."


@strawberry.type
class CampaignPoliciesMutation:
    @strawberry.mutation(description=f"Makes a policy that campaigns can keep to. {_NEEDS}")
    def add_campaign_policy(self, input: Annotated[AddCampaignPolicyInput, What]) -> CampaignPolicyResult:
        facts = said(input)
        return making(CAMPAIGN_POLICIES, lambda session: add_campaign_policy(session, facts))

    @strawberry.mutation(description=f"Changes a policy for every campaign under it, from now on. {_NEEDS}")
    def change_campaign_policy(self, input: Annotated[ChangeCampaignPolicyInput, What]) -> CampaignPolicyResult:
        changes = said(input)
        policy, expected = changes.pop("campaign_policy_id"), changes.pop("expected_version", None)
        id = read_id("campaign_policy", policy, "campaignPolicyId")
        return making(CAMPAIGN_POLICIES, lambda session: change_campaign_policy(session, id, changes, expected))

    @strawberry.mutation(description=f"Puts a policy away that no campaign keeps to. {_NEEDS}")
    def archive_campaign_policy(self, input: Annotated[CampaignPolicyInput, What]) -> CampaignPolicyResult:
        id = read_id("campaign_policy", input.campaign_policy_id, "campaignPolicyId")
        return making(CAMPAIGN_POLICIES, lambda session: archive_campaign_policy(session, id))
