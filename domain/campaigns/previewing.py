"""Previewing: what a campaign would send somebody who was enrolled at a time, and what would keep each step then.

The rules are those that enrol and dispatch. Nobody is enrolled yet, so what spreads steps by chance is drawn with the
lead's id in the place of an enrolment's.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from domain.campaigns.clock import Due, PlannedStep, plan
from domain.campaigns.dispatching import Run, ask, say
from domain.campaigns.enrolling import Step, begin
from domain.campaigns.gate import Decision
from domain.campaigns.metering import Meter
from domain.campaigns.reasons import NEVER_OPENS, GateReason, Verdict
from domain.campaigns.states import CampaignStatus, EnrollmentStatus, Standing
from domain.campaigns.templates import Rendered
from domain.campaigns.terms import Terms, schedule_for
from domain.conversations import Channel
from domain.refusals import bad_input

MOST_COUNTED = 10_000
_NEVER = Decision(Verdict.HOLD, GateReason.OUTSIDE_WINDOW, None, NEVER_OPENS)
_PAST, _AHEAD = timedelta(days=1), timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Play:
    """A campaign as it would run at a time: what the dispatcher knows, without a turn."""

    campaign: Mapping[str, Any]  # as `get_terms` reads it
    steps: Sequence[Step]
    terms: Terms
    meter: Meter
    channels: frozenset[Channel]  # that there is something to send from
    at: datetime

    @property
    def status(self) -> CampaignStatus:
        """A draft and a campaign that rests are asked of as if they ran; one that is over does not begin again."""
        is_over = self.campaign["status"] == CampaignStatus.COMPLETED or self.campaign["archived_at"]
        return CampaignStatus.COMPLETED if is_over else CampaignStatus.ACTIVE


@dataclass(frozen=True, slots=True)
class PlayedStep:
    """A step as it would be sent to one lead: what it says, when it is due (None: never), and the gate's answer."""

    step: Step
    subject: str | None
    text: Rendered
    due: Due | None
    decision: Decision


@dataclass(frozen=True, slots=True)
class Played:
    """How somebody would begin, and each step."""

    lead_id: UUID
    standing: Standing
    steps: Sequence[PlayedStep]


@dataclass(slots=True)
class Tally:
    """How many there are by what the gate says of their first step."""

    verdicts: Counter[Verdict] = field(default_factory=Counter)
    reasons: Counter[tuple[Verdict, GateReason]] = field(default_factory=Counter)

    def count(self, decision: Decision) -> None:
        self.verdicts[decision.verdict] += 1
        if decision.reason:
            self.reasons[decision.verdict, decision.reason] += 1


def check_time(at: datetime | None, now: datetime) -> datetime:
    """When it is looked at: now unless told otherwise."""
    if at and not now - _PAST <= at <= now + _AHEAD:
        raise bad_input("A preview is of a time between yesterday and a year from now.", "at")
    return at or now


def play(play: Play, person: Mapping[str, Any]) -> Played:
    """All that somebody would get who was enrolled then."""
    id = UUID(int=person["id"].int)
    if not play.steps:
        return Played(id, Standing(EnrollmentStatus.ACTIVE), ())
    beginning = begin(id, play.steps, play.terms, person, play.at)
    return Played(id, beginning.standing, [_played(play, person, *one) for one in beginning.steps])


def decide_first(play: Play, person: Mapping[str, Any]) -> Decision:
    """The gate's answer to the first step alone, for counting."""
    step, id = play.steps[0], UUID(int=person["id"].int)
    [due] = plan([PlannedStep(step.id, step.timing)], schedule_for(play.terms, person), id, play.terms.begins(play.at))
    return _decide(play, person, step, due, say(step.body, step.channel, person, play.campaign))


def _played(play: Play, person: Mapping[str, Any], step: Step, due: Due | None) -> PlayedStep:
    subject = say(step.subject, step.channel, person, play.campaign).body if step.subject else None
    text = say(step.body, step.channel, person, play.campaign)
    return PlayedStep(step, subject, text, due, _decide(play, person, step, due, text))


def _decide(play: Play, person: Mapping[str, Any], step: Step, due: Due | None, text: Rendered) -> Decision:
    """What is never due waits for nothing, whatever is open at this moment."""
    id = UUID(int=person["id"].int)
    run = Run(
        id=id,
        enrollment_id=id,
        enrolled_at=play.at,
        enrollment_status=EnrollmentStatus.ACTIVE,
        step=step,
        person=person,
        subject=None,
        text=text,
        scheduled_at=due.scheduled_at if due else play.at,
        expires_at=due.expires_at if due else None,
        held_at=None,
        message_id=id,
    )
    decision = ask(run, play.terms, play.status, play.meter, play.channels, play.at)
    passes = decision.verdict in (Verdict.SEND, Verdict.WAIT)
    return _NEVER if due is None and passes else decision
