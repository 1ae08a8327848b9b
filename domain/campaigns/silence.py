"""Silence: when a conversation in which a campaign wrote is nudged, and when it is put away (S1.3, S1.22)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

USUAL_TIMEOUT_DAYS = 28  # where a campaign has no policy
# How long at most a conversation is not looked at that may be nudged: what is planned for a lead ends at any time.
HEARD_AGAIN = timedelta(days=1)
# And one that only its end is awaited of. A policy that changes has all of them looked at at once.
_ENDS_AGAIN = timedelta(days=7)


class Outlook(StrEnum):
    """What is to be done about it now."""

    REST = "REST"
    NUDGE = "NUDGE"
    ARCHIVE = "ARCHIVE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """A conversation, and what the policy says. Nobody is nudged who wrote last, or before all was said."""

    last_at: datetime  # when either side wrote last
    is_ours: bool  # whether that was us
    nudged_at: datetime | None
    last_replied_at: datetime | None
    is_left_alone: bool  # the campaign rests or has more to say, or nothing is wanted of the lead any more
    nudge_days: int | None
    timeout_days: int | None

    @property
    def nudges_at(self) -> datetime | None:
        """Once in a silence: who has replied since may be nudged again."""
        was_nudged = self.nudged_at and not (self.last_replied_at and self.last_replied_at > self.nudged_at)
        if self.nudge_days is None or was_nudged or not self.is_ours or self.is_left_alone:
            return None
        return self.last_at + timedelta(days=self.nudge_days)

    @property
    def ends_at(self) -> datetime | None:
        return None if self.timeout_days is None else self.last_at + timedelta(days=self.timeout_days)


def look(silence: Silence, now: datetime) -> tuple[Outlook, datetime]:
    """What is due, and when to look again where nothing is."""
    ends_at, nudges_at = silence.ends_at, silence.nudges_at
    latest = now + (_ENDS_AGAIN if silence.nudge_days is None else HEARD_AGAIN)
    again_at = min(at for at in (ends_at, nudges_at, latest) if at)
    if ends_at and ends_at <= now:
        return Outlook.ARCHIVE, again_at
    return (Outlook.NUDGE if nudges_at and nudges_at <= now else Outlook.REST), again_at
