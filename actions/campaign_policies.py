"""Policies of campaigns: when and how often is written, and what becomes of replies."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from actions.recalling import begin_recall
from db.session import Row, Session
from domain.campaigns.drafts import HotLeadAssignment, check_facts, check_policy
from domain.campaigns.windows import Weekday
from domain.ids import new_id
from domain.leads import normalize_phone
from domain.people import Permission
from domain.refusals import Refusal, RefusalCode, not_found
from domain.versions import check_version

# In the order of the statements' parameters, with what is usual (S1.3).
_FACTS: dict[str, Any] = {
    "name": None,
    "description": None,
    "sending_enabled": True,
    "sending_days": [],
    "sending_start": None,
    "sending_end": None,
    "sending_time_zone": None,
    "keeps_holidays": True,
    "messages_per_minute": 1,
    "messages_per_hour": 30,
    "messages_per_day": 500,
    "messages_per_person": None,
    "person_days": 7,
    "allow_international": False,
    "sender": None,
    "cal_booking_link": None,
    "ai_response_enabled": True,
    "ai_response_delay_seconds": 60,
    "ai_response_delay_random": False,
    "ai_grouping_seconds": 60,
    "responds_at_any_hour": True,
    "is_schedule_strict": False,
    "silence_timeout_days": 28,
    "silence_nudge_days": None,
    "silence_nudge_body": None,
    "notifies_of_hot_leads": True,
    "hot_lead_assignment": HotLeadAssignment.MANUAL,
    "updates_status": True,
}
_OF_SILENCE = ("silence_timeout_days", "silence_nudge_days")


async def add_campaign_policy(session: Session, facts: Mapping[str, Any]) -> UUID:
    """What is not said is as usual."""
    session.actor.require(Permission.CAMPAIGNS_WRITE)
    whole = await _checked(session, _FACTS, facts)
    policy_id = new_id()
    await session.execute("campaigns", "add_policy", policy_id, *(whole[name] for name in _FACTS))
    return policy_id


async def change_campaign_policy(
    session: Session, policy_id: UUID, changes: Mapping[str, Any], expected_version: int | None
) -> UUID:
    """Changes what is named, for every campaign under it, from now on."""
    found = await _lock(session, policy_id)
    check_version(expected_version, found["version"], "policy")
    whole = await _checked(session, {name: found[name] for name in _FACTS}, changes)
    await session.execute("campaigns", "change_policy", policy_id, *(whole[name] for name in _FACTS))
    if any(whole[name] != found[name] for name in _OF_SILENCE):
        await begin_recall(session)
    return policy_id


async def archive_campaign_policy(session: Session, policy_id: UUID) -> UUID:
    """Puts it away; refused while a campaign keeps to it."""
    await _lock(session, policy_id)
    if not await session.value("campaigns", "archive_policy", policy_id):
        raise Refusal(
            RefusalCode.CONFLICT, "A campaign keeps to this policy: give it another first.", "campaignPolicyId"
        )
    return policy_id


async def _checked(session: Session, before: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    whole = {**before, **check_facts(changes)}
    check_policy(whole)
    whole["sending_days"] = [day for day in Weekday if day in whole["sending_days"]]
    if whole["sender"] and "sender" in changes:
        whole["sender"] = normalize_phone(whole["sender"])
        if not await session.value("campaigns", "is_number_of_organization", whole["sender"]):
            raise not_found("number of yours", "sender")
    return whole


async def _lock(session: Session, policy_id: UUID) -> Row:
    session.actor.require(Permission.CAMPAIGNS_WRITE)
    found = await session.row("campaigns", "lock_policy", policy_id)
    if found is None:
        raise not_found("campaign policy", "campaignPolicyId")
    return found
