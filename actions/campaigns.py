"""Campaigns: drafted, changed, given their steps, and led from draft to end."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson

from actions.campaign_tending import begin_for_dataset, end_for_all
from actions.datasets import check_open
from actions.recalling import begin_recall
from db.session import Row, Session
from domain.analytics import EventKind
from domain.campaigns.drafts import CampaignKind, StepChannel, StepDraft, check_facts, check_steps
from domain.campaigns.predefined import PREDEFINED
from domain.campaigns.states import CampaignStatus, move_campaign
from domain.ids import new_id
from domain.people import Permission
from domain.refusals import Refusal, RefusalCode, bad_input, not_found
from domain.versions import check_version

# In the order of the statements' parameters.
_FACTS = ("name", "description", "tag", "dataset_id", "campaign_policy_id", "starts_at")
_LOCKED = frozenset({"tag"})  # of those that came with the product (S0.15)
_OF_TEMPLATES = frozenset({"campaign_policy_id"})  # all that changes of one by itself that sends a template


async def draft_campaign(session: Session, kind: CampaignKind, facts: Mapping[str, Any]) -> UUID:
    """A campaign that nobody is in yet. Its tag is nobody else's."""
    session.actor.require(Permission.CAMPAIGNS_WRITE)
    whole = dict.fromkeys(_FACTS) | check_facts(facts)
    await _check_references(session, whole)
    campaign_id = new_id()
    values = [whole[name] for name in _FACTS]
    await session.execute("campaigns", "add_campaign", campaign_id, session.actor.member_id, kind, *values)
    tell_of_campaign(session, campaign_id)
    return campaign_id


async def add_predefined_campaigns(session: Session) -> list[UUID]:
    """Drafts of those that come with the product, whose tags no campaign has; each with its four texts (S0.20)."""
    session.actor.require(Permission.CAMPAIGNS_WRITE)
    added = []
    for one in PREDEFINED:
        values = (new_id(), session.actor.member_id, one.name, one.tag)
        campaign_id = await session.value("campaigns", "add_predefined", *values)
        if campaign_id:
            await _add_steps(session, campaign_id, [StepDraft(StepChannel.SMS, s.body, s.timing) for s in one.steps])
            tell_of_campaign(session, campaign_id)
            added.append(campaign_id)
    return added


async def change_campaign(
    session: Session, campaign_id: UUID, changes: Mapping[str, Any], expected_version: int | None
) -> UUID:
    """Changes what is named. What it is about changes in a draft alone; how it is called, until it is put away."""
    found = await _lock(session, campaign_id)
    check_version(expected_version, found["version"], "campaign")
    checked = check_facts(changes)
    if found["is_predefined"] and any(checked[name] != found[name] for name in _LOCKED & checked.keys()):
        raise Refusal(
            RefusalCode.CONFLICT, "This campaign came with the product: copy it for a tag of your own.", "tag"
        )
    if found["message_template_id"] and checked.keys() - _OF_TEMPLATES:
        raise _belongs("change")
    if found["status"] != CampaignStatus.DRAFT and checked.keys() & {"tag", "dataset_id", "starts_at"}:
        raise _conflict(found, "what it is about")
    whole = {name: found[name] for name in _FACTS} | checked
    await _check_references(session, {name: whole[name] for name in checked})
    await session.execute("campaigns", "change_campaign", campaign_id, *(whole[name] for name in _FACTS))
    if found["status"] != CampaignStatus.DRAFT and whole["campaign_policy_id"] != found["campaign_policy_id"]:
        await begin_recall(session)
    tell_of_campaign(session, campaign_id)
    return campaign_id


async def _check_references(session: Session, facts: Mapping[str, Any]) -> None:
    if facts.get("dataset_id"):
        found = await session.row("datasets", "lock_dataset", facts["dataset_id"])
        if found is None:
            raise not_found("dataset", "datasetId")
        check_open(found)
    policy = facts.get("campaign_policy_id")
    if policy and not await session.value("campaigns", "hold_policy", policy):
        raise not_found("campaign policy", "campaignPolicyId")


async def set_campaign_steps(
    session: Session, campaign_id: UUID, steps: Sequence[StepDraft], expected_version: int | None
) -> UUID:
    """Takes the place of the whole list, in a draft alone: who is on the way keeps the steps they were promised."""
    found = await _lock(session, campaign_id)
    check_version(expected_version, found["version"], "campaign")
    if found["status"] != CampaignStatus.DRAFT:
        raise _conflict(found, "its steps")
    check_steps(CampaignKind(found["kind"]), steps)
    await session.execute("campaigns", "clear_steps", campaign_id)
    await _add_steps(session, campaign_id, steps)
    await session.execute("campaigns", "change_campaign", campaign_id, *(found[name] for name in _FACTS))
    tell_of_campaign(session, campaign_id)
    return campaign_id


async def _add_steps(session: Session, campaign_id: UUID, steps: Sequence[StepDraft]) -> None:
    rows = [_row(position, step) for position, step in enumerate(steps, start=1)]
    await session.rows("campaigns", "add_steps", campaign_id, orjson.dumps(rows).decode())


def _row(position: int, step: StepDraft) -> dict[str, Any]:
    plain = {name: value for name, value in asdict(step).items() if name != "timing"}
    return {"id": new_id(), "position": position, **plain, **asdict(step.timing)}


async def copy_campaign(session: Session, campaign_id: UUID, name: str) -> UUID:
    """A draft with the same steps and policy, and nobody's tag or dataset."""
    found = await _lock(session, campaign_id)
    facts = {"name": name, "description": found["description"], "campaign_policy_id": found["campaign_policy_id"]}
    copy = await draft_campaign(session, CampaignKind(found["kind"]), facts)
    await session.rows("campaigns", "copy_steps", campaign_id, copy)
    return copy


async def turn_campaign(session: Session, campaign_id: UUID, to: CampaignStatus) -> UUID:
    """Activates, pauses, resumes or completes. What is so already stays, and nobody is told."""
    found = await _lock(session, campaign_id)
    if found["message_template_id"] and to is CampaignStatus.COMPLETED:
        raise _belongs("put away")
    await _turn(session, found, to)
    return campaign_id


async def end_campaign_of_template(session: Session, template_id: UUID) -> None:
    """The campaign that sends a template, where there is one; what waits is not sent."""
    found = await session.row("message_templates", "lock_campaign_of", template_id)
    if found:
        await _turn(session, found, CampaignStatus.COMPLETED)
        await session.execute("campaigns", "archive_campaign", found["id"])


async def _turn(session: Session, found: Row, to: CampaignStatus) -> None:
    if found["status"] == to:
        return
    if move_campaign(CampaignStatus(found["status"]), to) is CampaignStatus.ACTIVE:
        await _check_ready(session, found)
    await session.execute("campaigns", "turn_campaign", found["id"], to)
    await _turn_enrollments(session, found, to)
    tell_of_campaign(session, found["id"])


async def _turn_enrollments(session: Session, found: Row, to: CampaignStatus) -> None:
    """What is planned begins, rests, goes on or ends with the campaign. First its turn: nobody dispatches meanwhile."""
    campaign_id = found["id"]
    if to is not CampaignStatus.ACTIVE:
        await session.execute("enrollments", "rest_campaign", campaign_id)
    elif found["paused_at"]:
        now = datetime.now(UTC)
        is_ahead = found["starts_at"] and found["starts_at"] > now  # then it has lost no time
        paused_at = now if is_ahead else found["paused_at"]
        await session.execute("enrollments", "take_time")
        await session.execute("enrollments", "resume_campaign", campaign_id, paused_at, now)
    elif found["dataset_id"]:
        await begin_for_dataset(session, campaign_id)
    if to is CampaignStatus.COMPLETED:
        await end_for_all(session, campaign_id)


async def archive_campaign(session: Session, campaign_id: UUID) -> UUID:
    """Puts a draft away, or what is completed; its tag is free again. What was sent stays."""
    found = await _lock(session, campaign_id)
    if found["status"] not in (CampaignStatus.DRAFT, CampaignStatus.COMPLETED):
        raise Refusal(RefusalCode.CONFLICT, "This campaign is not over: complete it first.", "campaignId")
    await session.execute("campaigns", "archive_campaign", campaign_id)
    tell_of_campaign(session, campaign_id)
    return campaign_id


async def _check_ready(session: Session, found: Row) -> None:
    if not await session.value("campaigns", "count_steps", found["id"]):
        raise bad_input("This campaign has no steps: say first what is to be sent.", "steps")
    await _check_references(session, found)


async def _lock(session: Session, campaign_id: UUID) -> Row:
    session.actor.require(Permission.CAMPAIGNS_WRITE)
    found = await session.row("campaigns", "lock_campaign", campaign_id)
    if found is None:
        raise not_found("campaign", "campaignId")
    if found["archived_at"]:
        raise Refusal(RefusalCode.CONFLICT, "This campaign was put away: copy it to go on with it.", "campaignId")
    return found


def _belongs(verb: str) -> Refusal:
    words = f"This campaign sends a template: {verb} that instead."
    return Refusal(RefusalCode.CONFLICT, words, "campaignId")


def _conflict(found: Row, what: str) -> Refusal:
    return Refusal(
        RefusalCode.CONFLICT, f"This campaign is {found['status']}: {what} cannot be done now.", "campaignId"
    )


def tell_of_campaign(session: Session, campaign_id: UUID) -> None:
    session.announce(EventKind.CAMPAIGN_CHANGED, subject_id=campaign_id)
