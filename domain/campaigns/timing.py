"""How far a step of a campaign is from what went before."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from domain.refusals import bad_input

_LONGEST_DELAY = timedelta(days=365)
_LONGEST_JITTER = 3600  # seconds


class StepAnchor(StrEnum):
    """What the delay of a step counts from."""

    ENROLLED_AT = "ENROLLED_AT"
    PREVIOUS_STEP = "PREVIOUS_STEP"
    DATE = "DATE"


class DelayType(StrEnum):
    """Whether the clock of a delay runs always, or only while the lead may be written to."""

    REAL_HOURS = "REAL_HOURS"
    BUSINESS_HOURS = "BUSINESS_HOURS"


@dataclass(frozen=True, slots=True)
class StepTiming:
    """When a step of a campaign is to be sent.

    DATE is day `day_number` of the lead's calendar at the time of day of the enrolment, which is day 1 itself; a delay
    comes on top. In BUSINESS_HOURS a day is 24 hours of a clock that stands still while nothing may be sent. Jitter is
    at most so many seconds; `expires_after_hours` count from when the step is due, None is for ever.
    """

    anchor: StepAnchor = StepAnchor.PREVIOUS_STEP
    day_number: int | None = None
    delay_days: int = 0
    delay_hours: int = 0
    delay_type: DelayType = DelayType.REAL_HOURS
    delay_respect_sending_hours: bool = True
    jitter_seconds: int = 0
    expires_after_hours: int | None = None

    @property
    def delay(self) -> timedelta:
        return timedelta(days=self.delay_days, hours=self.delay_hours)


def check_timing(timing: StepTiming) -> StepTiming:
    """The timing itself; refuses what cannot be."""
    if (timing.day_number is None) != (timing.anchor is not StepAnchor.DATE):
        raise bad_input("A day number goes with the anchor DATE, and with no other.", "dayNumber")
    if timing.day_number is not None and not 1 <= timing.day_number <= _LONGEST_DELAY.days:
        raise bad_input(f"A day number lies between 1, the enrolment's, and {_LONGEST_DELAY.days}.", "dayNumber")
    if min(timing.delay_days, timing.delay_hours) < 0 or timing.delay > _LONGEST_DELAY:
        raise bad_input(f"A delay is at most {_LONGEST_DELAY.days} days, and never less than none.", "delayHours")
    if not 0 <= timing.jitter_seconds <= _LONGEST_JITTER:
        raise bad_input("A step is spread over at most an hour.", "jitterSeconds")
    if timing.expires_after_hours is not None and timing.expires_after_hours < 1:
        raise bad_input("A step is worth sending for an hour at least; null is for ever.", "expiresAfterHours")
    return timing
