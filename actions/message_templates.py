"""Templates of messages: written once, used by hand, and sent to whoever is given their tag."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from actions.campaigns import end_campaign_of_template, tell_of_campaign
from db.session import Row, Session
from domain.campaigns.dispatching import say
from domain.campaigns.message_templates import check_message_template
from domain.campaigns.templates import Rendered
from domain.ids import new_id
from domain.people import Permission
from domain.refusals import Refusal, RefusalCode, not_found
from domain.versions import check_version

_FACTS = ("name", "channel", "subject", "body", "category", "tag")
# In the order of the statements' parameters.
_STORED = (*_FACTS, "fields", "sample", "encoding", "segments")


@dataclass(frozen=True, slots=True)
class Wording:
    """A template as it reads for a lead."""

    subject: str | None
    text: Rendered
    missing: tuple[str, ...]


async def add_message_template(session: Session, facts: Mapping[str, Any]) -> UUID:
    """One with a tag is sent to whoever is given the tag from now on."""
    session.actor.require(Permission.CAMPAIGNS_WRITE)
    whole = check_message_template(dict.fromkeys(_FACTS) | dict(facts))
    id = new_id()
    values = [whole[name] for name in _STORED]
    await session.execute("message_templates", "add_template", id, session.actor.member_id, *values)
    await _follow(session, id, whole)
    return id


async def change_message_template(
    session: Session, template_id: UUID, changes: Mapping[str, Any], expected_version: int | None
) -> UUID:
    """Changes what is named; what waits to be sent by its tag reads as the template does then."""
    found = await _lock(session, template_id)
    check_version(expected_version, found["version"], "template")
    whole = check_message_template({name: found[name] for name in _FACTS} | dict(changes))
    await session.execute("message_templates", "change_template", template_id, *(whole[name] for name in _STORED))
    await _follow(session, template_id, whole)
    return template_id


async def _follow(session: Session, template_id: UUID, whole: Mapping[str, Any]) -> None:
    """The campaign by which it is sent says what it says; the first tag begins one."""
    said = (whole["channel"], whole["subject"], whole["body"])
    campaign_id = await session.value("message_templates", "change_campaign_of", template_id, whole["name"], *said)
    if campaign_id is None and whole["tag"] is not None:
        campaign_id = new_id()
        added = (campaign_id, template_id, whole["name"])
        if await session.value("message_templates", "add_campaign_of", *added):
            await session.execute("message_templates", "add_step_of", new_id(), campaign_id, *said)
    if campaign_id:
        tell_of_campaign(session, campaign_id)


async def archive_message_template(session: Session, template_id: UUID) -> UUID:
    """Puts it away: its tag is free again, and to whom it was still to be sent it is not."""
    await _lock(session, template_id)
    await end_campaign_of_template(session, template_id)
    await session.execute("message_templates", "archive_template", template_id)
    return template_id


async def _lock(session: Session, template_id: UUID) -> Row:
    """With the campaign that sends it, which is locked first: whoever sends has that before it counts a use."""
    session.actor.require(Permission.CAMPAIGNS_WRITE)
    await session.row("message_templates", "lock_campaign_of", template_id)
    found = await session.row("message_templates", "lock_template", template_id)
    if found is None:
        raise not_found("message template", "messageTemplateId")
    if found["archived_at"]:
        raise Refusal(RefusalCode.CONFLICT, "This template was put away: write another.", "messageTemplateId")
    return found


async def render_message_template(session: Session, template_id: UUID, lead_id: UUID) -> Wording:
    """How it reads for a lead. Nothing is stored, and it is not counted as used."""
    session.actor.require(Permission.INBOX_READ)
    template = await find_template(session, template_id)
    facts = await session.row("message_templates", "get_facts", lead_id)
    if facts is None:
        raise not_found("lead", "leadId")
    text = say(template["body"], template["channel"], facts, facts)
    about = say(template["subject"], template["channel"], facts, facts) if template["subject"] else None
    missing = (*(about.missing if about else ()), *text.missing)
    return Wording(about.body if about else None, text, tuple(dict.fromkeys(missing)))


async def find_template(session: Session, template_id: UUID) -> Row:
    """One that is at hand."""
    found = await session.row("message_templates", "find_template", template_id)
    if found is None or found["archived_at"]:
        raise not_found("message template", "messageTemplateId")
    return found


async def note_use(session: Session, template_id: UUID) -> None:
    """Somebody has sent what they wrote by it."""
    await session.execute("message_templates", "note_use", template_id, 1, datetime.now(UTC))
