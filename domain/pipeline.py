"""The stages of a pipeline: how they are called, and which there are at first."""

import re
from typing import NamedTuple

from domain.refusals import bad_input
from domain.texts import check_characters

MOST_STAGES = 50
_LONGEST_NAME = 100


class Stage(NamedTuple):
    name: str
    color: str


# S0.20 and S0.21, in their order; the first is where new leads stand.
USUAL_STAGES = (
    Stage("New Contact", "#3b82f6"),
    Stage("Working Lead", "#f59e0b"),
    Stage("Needs A Call", "#8b5cf6"),
    Stage("I Accept", "#22c55e"),
)


def check_stage_name(text: str | None) -> str:
    name = check_characters((text or "").strip(), "name")
    if not 1 <= len(name) <= _LONGEST_NAME:
        raise bad_input(f"The name of a stage has between 1 and {_LONGEST_NAME} characters.", "name")
    return name


def check_stage_color(text: str | None) -> str | None:
    if text is None:
        return None
    if not re.fullmatch("#[0-9a-fA-F]{6}", text):
        raise bad_input("A colour is written like #8cc63f.", "color")
    return text.lower()
