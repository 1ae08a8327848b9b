"""What a campaign, its steps and its policy may be: checked when they are written down, not when they are sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from enum import StrEnum
from typing import Any

from domain.campaigns.sequences import check_sequence
from domain.campaigns.templates import check_template
from domain.campaigns.timing import StepTiming, check_timing
from domain.campaigns.windows import Weekday, WindowChoice, check_window
from domain.linkedin import LONGEST_NOTE
from domain.refusals import bad_input
from domain.texts import check_characters

_LONGEST = {
    "name": 200,
    "description": 2000,
    "tag": 100,
    "category": 100,
    "subject": 200,
    "silence_nudge_body": 1600,
    "cal_booking_link": 500,
    "sender": 40,
}
_LEAST_AND_MOST = {
    "messages_per_minute": (1, 1_000),
    "messages_per_hour": (1, 100_000),
    "messages_per_day": (1, 1_000_000),
    "messages_per_person": (1, 100),
    "person_days": (1, 365),
    "ai_response_delay_seconds": (0, 3_600),
    "ai_grouping_seconds": (0, 3_600),
    "silence_timeout_days": (1, 3_650),
    "silence_nudge_days": (1, 365),
}
_LAST_YEAR = 2100
_CLEARABLE = frozenset(
    [
        "description",
        "tag",
        "category",
        "subject",
        "dataset_id",
        "campaign_policy_id",
        "starts_at",
        "sending_start",
        "sending_end",
        "sending_time_zone",
        "messages_per_person",
        "sender",
        "cal_booking_link",
        "silence_timeout_days",
        "silence_nudge_days",
        "silence_nudge_body",
    ]
)


class CampaignKind(StrEnum):
    """S0's drips, S1's reactivations, S3's sequences, S4's broadcasts."""

    DRIP = "DRIP"
    REACTIVATION = "REACTIVATION"
    SEQUENCE = "SEQUENCE"
    BROADCAST = "BROADCAST"


class StepChannel(StrEnum):
    SMS = "SMS"
    WHATSAPP = "WHATSAPP"
    EMAIL = "EMAIL"
    LINKEDIN = "LINKEDIN"
    CALL = "CALL"


class HotLeadAssignment(StrEnum):
    """Who is given a lead who turns hot."""

    MANUAL = "MANUAL"
    ROUND_ROBIN = "ROUND_ROBIN"
    TERRITORY = "TERRITORY"


@dataclass(frozen=True, slots=True)
class StepDraft:
    """One step as it was said: what is sent where, and when."""

    channel: StepChannel
    body: str
    timing: StepTiming
    subject: str | None = None
    only_without_reply: bool = True


def check_facts(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts of a campaign or a policy as they are to be stored; refuses what cannot be."""
    return {name: _check(name, value) for name, value in facts.items()}


def _check(name: str, value: Any) -> Any:
    field = _field(name)
    if value is None:
        if name not in _CLEARABLE:
            raise bad_input("This cannot be cleared: leave it out to keep it.", field)
        return None
    if name == "starts_at" and value.year > _LAST_YEAR:
        raise bad_input("That is too far ahead.", field)
    if name in _LONGEST:
        kept = check_characters(value.strip(), field)
        if not 1 <= len(kept) <= _LONGEST[name]:
            raise bad_input(f"This needs between 1 and {_LONGEST[name]} characters.", field)
        return kept
    if name in _LEAST_AND_MOST:
        least, most = _LEAST_AND_MOST[name]
        if not least <= value <= most:
            raise bad_input(f"Between {least} and {most}.", field)
    return value


def check_policy(whole: Mapping[str, Any]) -> None:
    """What must hold of a policy as a whole; refuses one by which nothing could ever be sent."""
    if (whole["silence_nudge_days"] is None) != (whole["silence_nudge_body"] is None):
        raise bad_input("Say both after how many days to nudge and with which words, or neither.", "silenceNudgeBody")
    check_window(window_of(whole))


def window_of(policy: Mapping[str, Any]) -> WindowChoice:
    """The window of a policy's row."""
    days = frozenset(map(Weekday, policy["sending_days"])) or None
    start: time | None = policy["sending_start"]
    return WindowChoice(days, start, policy["sending_end"], policy["sending_time_zone"])


def check_steps(kind: CampaignKind, steps: Sequence[StepDraft]) -> None:
    """Refuses what could not be sent, or not in this order."""
    check_sequence([(number, step.timing) for number, step in enumerate(steps, start=1)])
    if kind is CampaignKind.BROADCAST and len(steps) > 1:
        raise bad_input("A broadcast is one step: make a sequence of several.", "steps")
    for step in steps:
        _check_step(step)
    invitation = next((step for step in steps if step.channel is StepChannel.LINKEDIN), None)
    if invitation and len(invitation.body) > LONGEST_NOTE:
        words = f"The first step on LINKEDIN is an invitation, whose note has at most {LONGEST_NOTE} characters."
        raise bad_input(words, "body")


def _check_step(step: StepDraft) -> None:
    check_timing(step.timing)
    check_template(step.body, "body", step.channel)
    if step.channel is not StepChannel.CALL and (step.subject is None) != (step.channel is not StepChannel.EMAIL):
        raise bad_input("A subject goes with EMAIL, may go with CALL, and with no other channel.", "subject")
    if step.subject is not None:
        _check("subject", step.subject)
        check_template(step.subject, "subject")


def _field(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)
