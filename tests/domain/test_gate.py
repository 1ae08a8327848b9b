"""The gate: what may be sent, and of what may not, why, until when, and whether somebody can change it."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.campaigns.gate import Decision, decide
from domain.campaigns.rates import Allowance, FrequencyCap, Rates, Sent
from domain.campaigns.reasons import ASKED, SENTENCES, GateReason, Verdict
from domain.campaigns.schedules import Schedule
from domain.campaigns.sendings import Enrolled, Outgoing, Purpose, Recipient, Sender, Sending
from domain.campaigns.states import CampaignStatus, EnrollmentStatus, StepRunStatus
from domain.campaigns.windows import USUAL_WINDOW, Weekday, Window
from domain.conversations import Channel
from domain.datasets import LawfulBasis
from domain.people import OrganizationStatus
from tests.domain.test_schedules import INSTANTS, LONDON, london, may_be_written_to, schedules

R, V = GateReason, Verdict
NOON = london("2026-06-02 12:00")
LONG_AGO = NOON - timedelta(days=30)
FULL = Allowance(Rates(1, 30, 500), (Sent(NOON - timedelta(seconds=20), 1),))
NIGHTLY = Window(frozenset(Weekday), time(22), time(6))

STEP = Sending(
    outgoing=Outgoing(purpose=Purpose.STEP),
    sender=Sender(country="GB"),
    recipient=Recipient(address="+447911123456", lawful_basis=LawfulBasis.CONSENT),
    schedule=Schedule(LONDON, USUAL_WINDOW),
    enrolled=Enrolled(
        campaign_status=CampaignStatus.ACTIVE,
        status=EnrollmentStatus.ACTIVE,
        enrolled_at=NOON - timedelta(days=2),
    ),
)


def with_facts(sending: Sending = STEP, **facts: Any) -> Sending:
    """The sending with some facts of its parts changed, each named once among them all."""
    for part in ("outgoing", "sender", "recipient", "enrolled", "traffic"):
        known = getattr(sending, part)
        named = {name: facts.pop(f"{part}__{name}") for name in list(known.__slots__) if f"{part}__{name}" in facts}
        sending = replace(sending, **{part: replace(known, **named)})
    return replace(sending, **facts)


# For each reason facts that make it true, all else being well, and what it means for a step.
CASES: dict[tuple[GateReason, Verdict], list[dict[str, Any]]] = {
    (R.ALREADY_SENT, V.END): [{"outgoing__was_sent": True}, {"enrolled__step_run_status": StepRunStatus.SENT}],
    (R.SUPPRESSED, V.END): [{"recipient__is_suppressed": True}],
    (R.REPLIED_SINCE, V.END): [{"recipient__last_replied_at": NOON - timedelta(hours=1)}],
    (R.ENROLLMENT_NOT_ACTIVE, V.END): [
        {"enrolled__status": EnrollmentStatus.COMPLETED},
        {"enrolled__status": EnrollmentStatus.QUALIFIED},
        {"enrolled__status": EnrollmentStatus.CANCELLED},
        {"enrolled__step_run_status": StepRunStatus.CANCELED},
    ],
    (R.ENROLLMENT_NOT_ACTIVE, V.HOLD): [{"enrolled__status": EnrollmentStatus.PAUSED}],
    (R.CAMPAIGN_NOT_ACTIVE, V.END): [{"enrolled__campaign_status": CampaignStatus.COMPLETED}],
    (R.CAMPAIGN_NOT_ACTIVE, V.HOLD): [
        {"enrolled__campaign_status": CampaignStatus.PAUSED},
        {"enrolled__campaign_status": CampaignStatus.DRAFT},
    ],
    (R.NO_SENDER, V.HOLD): [{"outgoing__has_sender": False}],
    (R.LEAD_ARCHIVED, V.END): [{"recipient__archived_at": LONG_AGO}],
    (R.INVALID_ADDRESS, V.END): [{"recipient__address": None}, {"recipient__is_address_invalid": True}],
    (R.INTERNATIONAL_BLOCKED, V.END): [{"recipient__address": "+33612345678"}, {"sender__country": "US"}],
    (R.NO_CONSENT, V.END): [{"recipient__consent_withdrawn_at": LONG_AGO}],
    (R.NO_CONSENT, V.HOLD): [{"recipient__lawful_basis": None}],
    (R.CONTENT_BLOCKED, V.END): [{"outgoing__blocked_words": ("cheap",)}],
    (R.ORGANIZATION_INACTIVE, V.HOLD): [
        {"sender__status": OrganizationStatus.PAUSED},
        {"sender__status": OrganizationStatus.CANCELLED},
    ],
    (R.SENDING_DISABLED, V.HOLD): [{"sender__sending_enabled": False}],
    (R.MANUAL_MODE, V.HOLD): [{"recipient__manual_mode_at": LONG_AGO}],
    (R.EXPIRED, V.END): [{"outgoing__expires_at": NOON}],
    (R.OUTSIDE_WINDOW, V.WAIT): [
        {"schedule": Schedule(LONDON, replace(USUAL_WINDOW, sending_start=time(13)))},
        {"schedule": Schedule(LONDON, replace(USUAL_WINDOW, sending_days=frozenset({Weekday.FRIDAY})))},
    ],
    (R.OUTSIDE_WINDOW, V.HOLD): [{"schedule": Schedule(LONDON, NIGHTLY)}],
    (R.QUIET_HOURS, V.WAIT): [{"schedule": Schedule(replace(LONDON, zones=("America/New_York",)), USUAL_WINDOW)}],
    (R.RATE_LIMITED, V.WAIT): [{"traffic__allowances": (FULL,)}],
    (R.RATE_LIMITED, V.HOLD): [{"traffic__allowances": (Allowance(Rates(0)),)}],
    (R.FREQUENCY_CAP, V.WAIT): [
        {"traffic__frequency_cap": FrequencyCap(1), "traffic__contacted_at": (NOON - timedelta(days=1),)}
    ],
}
EXAMPLES = [(reason, verdict, facts) for (reason, verdict), many in CASES.items() for facts in many]


def test_a_step_with_nothing_against_it_is_sent() -> None:
    """S0.19, S1.4."""
    decision = decide(STEP, NOON)
    assert decision.may_send and decision == Decision(V.SEND)


def test_every_reason_has_an_example_and_a_sentence() -> None:
    assert {reason for reason, _ in CASES} == set(GateReason) == set(SENTENCES)


@pytest.mark.parametrize(("reason", "verdict", "facts"), EXAMPLES)
def test_why_a_step_is_not_sent(reason: GateReason, verdict: Verdict, facts: dict[str, Any]) -> None:
    """S0.18, S0.19, S1.4, S1.1, S3.3, S3.6: one reason, what it means, and until when."""
    decision = decide(with_facts(**facts), NOON)
    assert (decision.reason, decision.verdict) == (reason, verdict)
    assert (decision.retry_at is not None) is (verdict is V.WAIT)
    assert decision.message.endswith(".") and not decision.may_send


@pytest.mark.parametrize("purpose", [one for one in Purpose if one is not Purpose.STEP])
@pytest.mark.parametrize(("reason", "verdict", "facts"), EXAMPLES)
def test_what_else_is_sent_is_kept_by_what_is_asked_of_it_alone(
    purpose: Purpose, reason: GateReason, verdict: Verdict, facts: dict[str, Any]
) -> None:
    """S1.3, S1.6: answers at any hour unless the schedule is strict; STOP and HELP are always answered."""
    for strict in (False, True):
        sending = with_facts(outgoing__purpose=purpose, sender__respect_schedule_strictly=strict, **facts)
        is_asked = reason in ASKED[purpose]
        if reason in (R.OUTSIDE_WINDOW, R.QUIET_HOURS):
            is_asked = purpose is Purpose.NUDGE or (purpose is Purpose.ANSWER and strict)
        assert decide(sending, NOON).reason == (reason if is_asked else None)


def test_strict_wins_over_around_the_clock() -> None:
    """S1.3, ruling 23."""
    night = london("2026-06-02 23:00")
    for around, strict, waits in [(True, False, False), (True, True, True), (False, False, True), (False, True, True)]:
        sending = with_facts(
            outgoing__purpose=Purpose.ANSWER,
            sender__respond_to_inbound_24_7=around,
            sender__respect_schedule_strictly=strict,
        )
        decision = decide(sending, night)
        assert decision.retry_at == (london("2026-06-03 09:00") if waits else None)
        assert decision.may_send is not waits


RANKS = {V.END: 0, V.HOLD: 1, V.WAIT: 3}


@given(st.lists(st.sampled_from(EXAMPLES), min_size=1, max_size=5, unique_by=lambda example: example[0]))
def test_what_is_over_is_told_before_what_passes(examples: list[tuple[GateReason, Verdict, dict[str, Any]]]) -> None:
    facts: dict[str, Any] = {}
    for _, _, more in examples:
        facts |= more
    decision = decide(with_facts(**facts), NOON)
    told = {(reason, verdict) for reason, verdict, more in examples if all(facts[name] == more[name] for name in more)}

    def rank(reason: GateReason, verdict: Verdict) -> int:
        # Where nothing passes by itself any more, the clock's reasons are to be mended, and are still told last.
        clocked = reason in (R.OUTSIDE_WINDOW, R.QUIET_HOURS, R.RATE_LIMITED, R.FREQUENCY_CAP)
        return 2 if reason is R.EXPIRED else 3 if clocked else RANKS[verdict]

    assert decision.reason
    assert rank(decision.reason, decision.verdict) <= min(rank(reason, verdict) for reason, verdict in told)


@settings(max_examples=150)
@given(schedules(), INSTANTS, st.lists(st.integers(0, 90_000), max_size=12), st.integers(1, 4), st.integers(0, 4))
def test_what_waits_is_sent_when_it_was_told_to_ask_again(
    schedule: Schedule, now: datetime, ago: list[int], segments: int, cap: int
) -> None:
    sent = tuple(Sent(now - timedelta(seconds=seconds), 1) for seconds in ago)
    sending = with_facts(
        schedule=schedule,
        outgoing__segments=segments,
        traffic__allowances=(Allowance(Rates(2, 4, 8), sent),),
        traffic__frequency_cap=FrequencyCap(cap, 2),
        traffic__contacted_at=tuple(one.at for one in sent[:2]),
    )
    decision = decide(sending, now)
    if decision.may_send:
        assert may_be_written_to(schedule, now)
    if decision.retry_at:
        assert decision.retry_at > now and may_be_written_to(schedule, decision.retry_at)
        assert decide(sending, decision.retry_at).may_send
        assert not decide(sending, decision.retry_at - timedelta(seconds=1)).may_send


def test_what_rests_is_not_told_to_be_too_late() -> None:
    """S3.4: a pause re-times its steps, so they must not expire in it."""
    late = with_facts(outgoing__expires_at=LONG_AGO, enrolled__campaign_status=CampaignStatus.PAUSED)
    assert decide(late, NOON).reason is R.CAMPAIGN_NOT_ACTIVE


@pytest.mark.parametrize(
    ("address", "country", "channel", "allowed", "blocked"),
    [
        ("+447911123456", "GB", Channel.SMS, False, False),
        ("+447781123456", "GB", Channel.SMS, False, False),  # Guernsey shares the numbers, and the tariff
        ("+447700900123", "GB", Channel.SMS, False, False),  # made up, but no other country's
        ("+12125550123", "GB", Channel.SMS, False, True),
        ("+12125550123", "GB", Channel.SMS, True, False),
        ("+14165550123", "US", Channel.WHATSAPP, False, True),
        ("ann@example.com", "GB", Channel.EMAIL, False, False),
    ],
)
def test_what_is_abroad(address: str, country: str, channel: Channel, allowed: bool, blocked: bool) -> None:
    """S1.3's allow_international."""
    sending = with_facts(
        recipient__address=address,
        sender__country=country,
        outgoing__channel=channel,
        sender__allow_international=allowed,
    )
    assert (decide(sending, NOON).reason is R.INTERNATIONAL_BLOCKED) is blocked


def test_a_reply_from_before_the_enrolment_does_not_end_it() -> None:
    """S1.4: only if no reply was received; S0.14."""
    assert decide(with_facts(recipient__last_replied_at=LONG_AGO), NOON).may_send
    goes_on = with_facts(recipient__last_replied_at=NOON, enrolled__stops_on_reply=False)
    assert decide(goes_on, NOON).may_send


def test_a_step_without_an_enrolment_is_not_sent() -> None:
    assert decide(replace(STEP, enrolled=None), NOON).reason is R.CAMPAIGN_NOT_ACTIVE


def test_the_sentence_names_the_words() -> None:
    blocked = decide(with_facts(outgoing__blocked_words=("cheap", "act now")), NOON)
    assert blocked.message == "The text contains what the organization wants in no text: “cheap”, “act now”."


def test_when_it_may_be_sent_after_all() -> None:
    """Of two reasons that pass the later decides, and then the window (S1.3)."""
    late = london("2026-06-05 16:59").astimezone(UTC)
    sending = with_facts(traffic__allowances=(Allowance(Rates(1), (Sent(late, 1),)),))
    assert decide(sending, late).retry_at == london("2026-06-08 09:00")
