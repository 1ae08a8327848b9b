"""The numbers an organization sends from: those that rest send nothing of campaigns."""

import re
from datetime import timedelta
from uuid import UUID

from actions.reviewing import raise_insights
from db.session import Row, Session
from domain.learning import Finding, InsightCategory, InsightSeverity
from domain.people import Permission
from domain.refusals import bad_input, not_found

_MOST_FILTERED = 10  # texts, after which carriers begin to filter all that a number sends
_WITHIN = timedelta(hours=1)
_SERVICE = re.compile(r"MG[0-9a-f]{32}")


async def note_filtered(session: Session, sent: Row) -> None:
    """A carrier took a text for spam. Of many in a short time the number rests, and people are told."""
    if await session.value("phone_numbers", "pause_filtered", sent["sender"], _MOST_FILTERED, _WITHIN):
        await raise_insights(session, sent, [_found(sent)])


def _found(sent: Row) -> Finding:
    """Each time anew: that a number rests again is news, whatever was decided about the last time."""
    number = sent["sender"]
    return Finding(
        rule=f"sender-filtered:{sent['id']}",
        severity=InsightSeverity.CRITICAL,
        category=InsightCategory.TONE,
        title=f"Carriers filter what {number} sends",
        description=f"They took {_MOST_FILTERED} of its texts for spam in an hour: campaigns send nothing from it now.",
        suggestion="Say who you are, leave out shortened links and words that promise much; then resume it.",
    )


async def pause_number(session: Session, number_id: UUID) -> UUID:
    """Campaigns send nothing from it until it is resumed. One that rests already keeps its reason."""
    return await _turn(session, number_id, "pause_number")


async def resume_number(session: Session, number_id: UUID) -> UUID:
    """Campaigns send from it again, and what was filtered before is forgotten."""
    return await _turn(session, number_id, "resume_number")


async def set_service(session: Session, number_id: UUID, service: str | None) -> UUID:
    """Which of Twilio's messaging services the number is one of; None for none."""
    if service is not None and not _SERVICE.fullmatch(service):
        raise bad_input("A messaging service is MG and thirty-two hexadecimal digits.", "messagingService")
    return await _turn(session, number_id, "set_service", service)


async def _turn(session: Session, number_id: UUID, verb: str, *values: str | None) -> UUID:
    session.actor.require(Permission.CAMPAIGNS_WRITE)
    if await session.row("phone_numbers", "lock_number", number_id) is None:
        raise not_found("phone number", "phoneNumberId")
    await session.execute("phone_numbers", verb, number_id, *values)
    return number_id
