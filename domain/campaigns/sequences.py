"""The order of a campaign's steps."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from domain.campaigns.timing import StepAnchor, StepTiming
from domain.refusals import bad_input

MOST_STEPS = 30


def check_sequence(steps: Sequence[tuple[int, StepTiming]]) -> list[tuple[int, StepTiming]]:
    """Steps by their number, in order; refuses numbers that are not 1, 2, 3 …, and days that do not follow one another.

    The original asks that no two messages have the same day (S0.16); that the numbers agree with the days it forgot.
    """
    ordered = sorted(steps, key=lambda step: step[0])
    if not 1 <= len(ordered) <= MOST_STEPS:
        raise bad_input(f"A campaign has between 1 and {MOST_STEPS} steps.", "steps")
    if [number for number, _ in ordered] != list(range(1, len(ordered) + 1)):
        raise bad_input("Steps are numbered 1, 2, 3 and so on, each number once.", "stepNumber")
    days = [timing.day_number for _, timing in ordered if timing.anchor is StepAnchor.DATE and timing.day_number]
    if any(later <= earlier for earlier, later in pairwise(days)):
        raise bad_input("Each step has a later day than the one before it.", "dayNumber")
    return ordered


def number_by_day(days: Iterable[int]) -> dict[int, int]:
    """Day → number of the step, for who knows only the days; refuses a day that is named twice."""
    named = list(days)
    if len(set(named)) != len(named):
        raise bad_input("Two messages have the same day.", "dayNumber")
    return {day: number for number, day in enumerate(sorted(named), 1)}


def next_day(days: Iterable[int], last_message_day: int) -> int | None:
    """The day whose message comes next; None once the last was sent (S0.19)."""
    return min((day for day in days if day > last_message_day), default=None)
