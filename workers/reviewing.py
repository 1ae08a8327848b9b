"""Lets Sophie read what was sent."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from actions.reviewing import Unreviewed, find_unreviewed, record_review
from db.database import Database
from db.session import Row
from domain.campaigns.zones import whereabouts
from domain.conversations import Carriage, MessageDirection, MessagePurpose
from domain.people import Actor
from sophie.reading import Line, Reading
from sophie.review import FAULTLESS, Review, review

_MOST_LINES = 10  # before a text, that it is read with


async def take_review(database: Database, organization_id: UUID) -> bool:
    """One text. The rules are quick; when a model joins them, it is asked before the transaction opens."""
    async with database.work(Actor(organization_id)) as session:
        unreviewed = await find_unreviewed(session)
        if unreviewed is None:
            return False
        await record_review(session, unreviewed, _review(unreviewed))
    return True


def _review(unreviewed: Unreviewed) -> Review:
    """What must be answered (who this is, that somebody will get no more texts) says what it must."""
    if unreviewed.text["purpose"] == MessagePurpose.COMPLIANCE:
        return FAULTLESS
    return review(read(unreviewed.text, unreviewed.lines))


def read(text: Row, lines: Sequence[Row]) -> Reading:
    """An e-mail is read with what it says it is about; no carrier bills it by its length."""
    words = f"{text['subject']}\n{text['body']}" if text["subject"] else text["body"]
    written: tuple[datetime, UUID] = (text["created_at"], text["id"])
    before = [line for line in lines if (line["created_at"], line["id"]) < written][-_MOST_LINES:]
    return Reading(
        words,
        text["channel"],
        [_line(line, written[0]) for line in before],
        text["first_name"],
        _hour(text),
        text["blacklisted_words"],
        is_billed=text["carriage"] == Carriage.TEXT,
    )


def _line(line: Row, written: datetime) -> Line:
    ago = (written - line["created_at"]).total_seconds() / 3600
    return Line(MessageDirection(line["direction"]), line["body"], ago)


def _hour(text: Row) -> int | None:
    """The hour where the lead is, unless they may be where it is another."""
    places = whereabouts(
        text["time_zone"],
        text["phone"],
        text["country"],
        organization_time_zone=text["organization_time_zone"],
        organization_country=text["organization_country"],
    )
    hours = {text["at"].astimezone(ZoneInfo(zone)).hour for zone in places.zones}
    return hours.pop() if len(hours) == 1 else None
