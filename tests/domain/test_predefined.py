"""The campaigns every organization begins with: complete, short, lawful, and as any template has to be (S0.20)."""

from itertools import chain

import pytest

from actions.organizations import DEFAULT_BLACKLIST
from domain.campaigns.predefined import DAYS, PREDEFINED, REACTIVATION, PredefinedStep
from domain.campaigns.sequences import check_sequence
from domain.campaigns.templates import blocked_words, check_template, fields_of, render
from domain.campaigns.timing import StepAnchor, check_timing
from domain.conversations import Channel, Encoding
from sophie.reading import Reading
from sophie.review import review

# Longer than most: what fits with these fits with everybody's.
LONG = {"first_name": "Maximiliana-Josefine", "organization": "Brightwater & Sons Family Motors (Leeds)"}
STEPS = [pytest.param(campaign.tag, step, id=f"{campaign.tag} {step.step_number}")
         for campaign in PREDEFINED for step in campaign.steps]  # fmt: skip
STEPS += [pytest.param("reactivation", step, id=f"M{step.step_number}") for step in REACTIVATION]


def test_fourteen_campaigns_of_four_messages() -> None:
    """S0.20: by the listed names, on days 1, 2, 4 and 6; the one tag that is given."""
    assert [campaign.name for campaign in PREDEFINED] == [
        "Ghosted / No Response", "Payment Too High", "Credit Declined Previously", "Waiting / Timing Not Right",
        "Couldn't Find the Right Vehicle", "Needed More Info / Confusion About Terms", "Process Took Too Long",
        "Bought Elsewhere", "Wanted to Improve Credit First", "Negative Equity / Trade-In Issue", "Needed a Cosigner",
        "Didn't Like the Approved Vehicle", "Rate Too High", "Missing Documents",
    ]  # fmt: skip
    assert PREDEFINED[0].tag == "Ghosted"
    assert len({campaign.tag.lower() for campaign in PREDEFINED}) == 14
    for campaign in PREDEFINED:
        assert [step.timing.day_number for step in campaign.steps] == list(DAYS) == [1, 2, 4, 6]
    bodies = [step.body for step in chain.from_iterable(campaign.steps for campaign in PREDEFINED)]
    assert len(bodies) == len(set(bodies)) == 56


def test_three_messages_two_and_three_days_apart() -> None:
    """S1.3, S1.4."""
    assert [step.kind for step in REACTIVATION] == ["M1", "M2", "M3"]
    assert [step.timing.delay_hours for step in REACTIVATION] == [0, 48, 72]
    assert {step.timing.anchor for step in REACTIVATION} == {StepAnchor.PREVIOUS_STEP}


@pytest.mark.parametrize("steps", [campaign.steps for campaign in PREDEFINED] + [REACTIVATION])
def test_their_steps_are_in_order(steps: tuple[PredefinedStep, ...]) -> None:
    """S0.16."""
    given = [(step.step_number, check_timing(step.timing)) for step in steps]
    assert check_sequence(given) == given


@pytest.mark.parametrize(("tag", "step"), STEPS)
def test_every_text_can_be_sent(tag: str, step: PredefinedStep) -> None:
    """Within two segments of GSM-7 whatever people are called, with who writes, and first of all how to stop it."""
    assert check_template(step.body) == step.body
    assert "organization" in fields_of(step.body) and set(fields_of(step.body)) <= {"first_name", "organization"}
    for facts in (LONG, {"organization": "Sun"}):
        rendered = render(step.body, facts)
        assert not rendered.missing, "everybody has a name or a default"
        assert (rendered.encoding, rendered.segments <= 2) == (Encoding.GSM_7, True), rendered.body
    assert ("Reply STOP to opt out." in step.body) is (step.step_number == 1)


@pytest.mark.parametrize(("tag", "step"), STEPS)
def test_sophie_finds_nothing_to_say_about_them(tag: str, step: PredefinedStep) -> None:
    said = render(step.body, LONG)
    reading = Reading(said.body, first_name="Christopher", blacklisted_words=DEFAULT_BLACKLIST)
    assert review(reading).faults == () and blocked_words(said, Channel.SMS, DEFAULT_BLACKLIST) == ()
