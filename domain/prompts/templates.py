"""Templates of prompts: what they have to say, and those that come with the product."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from domain.people import Industry
from domain.prompts.sections import Part, PartSource, SectionName, check_parts
from domain.refusals import bad_input
from domain.texts import check_characters, field_of

_LONGEST = {"name": 200, "description": 2_000, "category": 100, "use_case": 200, "best_for": 500}
_NEEDED = ("name", "description", "category")


def check_prompt_template(facts: Mapping[str, Any]) -> dict[str, Any]:
    """A template as it is to be stored, whole. `sections` are words by the name of the section."""
    whole = dict(facts) | {name: _words(facts[name], name) for name in _LONGEST}
    for name in _NEEDED:
        if whole[name] is None:
            raise bad_input("This cannot be left out.", name)
    whole["sections"] = {part.section.value: part.content for part in parts_of_template(facts["sections"])}
    return whole


def _words(text: str | None, name: str) -> str | None:
    if text is None:
        return None
    kept = check_characters(text.strip(), field_of(name))
    if not 1 <= len(kept) <= _LONGEST[name]:
        raise bad_input(f"This needs between 1 and {_LONGEST[name]:,} characters.", field_of(name))
    return kept


def parts_of_template(sections: Mapping[str, str], why: str | None = None) -> list[Part]:
    return check_parts(Part(SectionName(name), text, PartSource.TEMPLATE, why) for name, text in sections.items())


@dataclass(frozen=True, slots=True)
class SystemTemplate:
    """One that comes with the product. `answers` are what its wizard begins with."""

    name: str
    description: str
    category: str
    industry: Industry | None
    use_case: str
    best_for: str
    sections: Mapping[SectionName, str]
    answers: Mapping[str, str]


_TONE = (
    "Friendly, plain and short: at most two sentences and one question. British spelling. Use the first name once, at"
    " most. No emoji, no capitals for emphasis, no exclamation marks in rows."
)
_OBJECTIONS = (
    "Whatever is objected, first say in a few words that you understood, then answer in one sentence, then ask one"
    " question. Of the price say only that it depends on the home and that a call settles it. Who is not interested is"
    " thanked and left alone."
)
_BOUNDARIES = (
    "Promise no savings in figures, no dates and no discounts. Send no links but the booking link. Never argue. Never"
    " pretend to be a person when asked. Who asks to be left alone is not asked why."
)
_SOLAR = (
    "Solar panels and batteries for homes. A survey comes first and costs nothing; what a system costs depends on the"
    " roof, and on what is used when. Panels work on cloudy days, with less."
)


def _solar(category: str, name: str, use_case: str, best_for: str, context: str, goal: str) -> SystemTemplate:
    sections = {
        SectionName.CONTEXT: context,
        SectionName.GOAL: goal,
        SectionName.TONE: _TONE,
        SectionName.KNOWLEDGE: _SOLAR,
        SectionName.OBJECTIONS: _OBJECTIONS,
        SectionName.BOUNDARIES: _BOUNDARIES,
    }
    answers = {"tone": _TONE, "knowledge": _SOLAR, "objections": _OBJECTIONS, "never": _BOUNDARIES, "goal": goal}
    return SystemTemplate(name, f"{best_for}: {goal}", category, Industry.SOLAR, use_case, best_for, sections, answers)


SYSTEM_TEMPLATES = (
    _solar(
        "solar_dbr_recent",
        "Solar: recent enquiries",
        "recent_leads",
        "Leads who enquired within the last three months",
        "You write for a company that fits solar panels on homes, to people who asked about it within the last three"
        " months and have not been spoken to. They remember asking.",
        "Find out whether they still want a quote, and whether the home is theirs; then book a call.",
    ),
    _solar(
        "solar_dbr_old",
        "Solar: old enquiries",
        "old_database",
        "Leads who enquired longer than three months ago",
        "You write for a company that fits solar panels on homes, to people who asked about it long ago. They may have"
        " forgotten, moved, or bought elsewhere: remind them in half a sentence where you have their name from.",
        "Find out whether it is still of interest. Where it is, book a call; where it is not, thank them and stop.",
    ),
    _solar(
        "solar_quote_followup",
        "Solar: after a quote",
        "quote_followup",
        "Leads who have had a quote and not decided",
        "You write for a company that fits solar panels on homes, to people who have had its quote and have not"
        " decided.",
        "Find out what holds them back, answer it in one sentence, and offer a call with who wrote the quote.",
    ),
    SystemTemplate(
        "Any business: old enquiries",
        "A plain beginning for any business that writes to people who once asked about it.",
        "general",
        None,
        "old_database",
        "Anybody who once enquired",
        {
            SectionName.CONTEXT: "You write for a company, to people who once asked about what it offers.",
            SectionName.GOAL: "Find out whether it is still of interest, and book a call where it is.",
            SectionName.TONE: _TONE,
            SectionName.KNOWLEDGE: "You know nothing beyond what is said here: what you are asked besides, a colleague"
            " answers.",
            SectionName.OBJECTIONS: _OBJECTIONS,
            SectionName.BOUNDARIES: _BOUNDARIES,
        },
        {"tone": _TONE, "objections": _OBJECTIONS, "never": _BOUNDARIES},
    ),
)
