"""The wizard: questions whose answers make the six sections of a prompt."""

from collections.abc import Mapping
from dataclasses import dataclass

from domain.prompts.sections import Part, PartSource, SectionName, check_parts
from domain.refusals import bad_input
from domain.texts import check_characters

_LONGEST_ANSWER = 2_000


@dataclass(frozen=True, slots=True)
class Question:
    """One thing to be answered. What is not required may be left out, and has a default that says nothing false."""

    key: str
    section: SectionName
    text: str
    example: str
    is_required: bool = False
    default: str = ""


QUESTIONS = (
    Question(
        "company",
        SectionName.CONTEXT,
        "What does your company do, and where?",
        "We fit solar panels on homes in the south of England.",
        is_required=True,
    ),
    Question(
        "leads",
        SectionName.CONTEXT,
        "Whom do you write to, and how do they know you?",
        "People who asked for a quote in the last two years and never had one.",
        is_required=True,
    ),
    Question(
        "writer",
        SectionName.CONTEXT,
        "In whose name do the texts come?",
        "Sophie, from the customer team.",
        default="the customer team",
    ),
    Question(
        "goal",
        SectionName.GOAL,
        "What should a conversation end with?",
        "A call of fifteen minutes in the calendar.",
        is_required=True,
    ),
    Question(
        "qualifies",
        SectionName.GOAL,
        "What do you have to know before that?",
        "That they own the home, and roughly what their electricity bill is.",
        default="Nothing in particular.",
    ),
    Question(
        "tone",
        SectionName.TONE,
        "How do you talk to people?",
        "Friendly and plain, never pushy; British spelling, no emoji.",
        default="Friendly, plain and short. No emoji, no capitals for emphasis.",
    ),
    Question(
        "knowledge",
        SectionName.KNOWLEDGE,
        "What may be told: products, prices, times, areas?",
        "Surveys are free. An installation takes two days. We work within 60 miles of Southampton.",
        is_required=True,
    ),
    Question(
        "objections",
        SectionName.OBJECTIONS,
        "What do people object most, and what do you say then?",
        "“Too expensive”: most customers pay monthly less than they save; offer to work it out for them.",
        default="Where somebody objects, say that you understand, answer in one sentence, and ask one question.",
    ),
    Question(
        "never",
        SectionName.BOUNDARIES,
        "What must never be said or promised?",
        "No savings in figures, no dates of installation.",
        default="Promise nothing that is not written here.",
    ),
)
_BY_KEY = {question.key: question for question in QUESTIONS}
# What every prompt of the wizard's keeps to, whatever is answered.
_ALWAYS = {
    SectionName.GOAL: "Ask one question at a time. Where somebody wants to speak to a person, hand over at once.",
    SectionName.BOUNDARIES: "Never argue with somebody who declines. Never pretend to be human when asked. Where you "
    "do not know, say so and offer that a colleague answers.",
}
_WAYS = {
    SectionName.CONTEXT: "You write for this company: {company}\nYou write to: {leads}\nIn the name of: {writer}",
    SectionName.GOAL: "The conversation should end with: {goal}\nBefore that, find out: {qualifies}",
    SectionName.TONE: "{tone}",
    SectionName.KNOWLEDGE: "{knowledge}",
    SectionName.OBJECTIONS: "{objections}",
    SectionName.BOUNDARIES: "{never}",
}


def check_known(answers: Mapping[str, str]) -> dict[str, str]:
    """Those that were given; refuses a question nobody asks."""
    for key, answer in answers.items():
        if key not in _BY_KEY:
            raise bad_input(f"There is no question {key!r}: promptWizard lists them.", "answers")
        if len(check_characters(answer, "answers")) > _LONGEST_ANSWER:
            raise bad_input(f"An answer has at most {_LONGEST_ANSWER:,} characters: {key} is longer.", "answers")
    return {key: answer.strip() for key, answer in answers.items() if answer.strip()}


def check_answers(answers: Mapping[str, str]) -> dict[str, str]:
    """The answers as they are kept; refuses those that leave a required question open."""
    kept = check_known(answers)
    for question in QUESTIONS:
        if question.is_required and question.key not in kept:
            raise bad_input(f"Answer {question.key!r} as well: {question.text}", "answers")
    return kept


def parts_of(answers: Mapping[str, str]) -> list[Part]:
    """The six sections that checked answers make."""
    said = {question.key: answers.get(question.key, question.default) for question in QUESTIONS}
    parts = []
    for name, way in _WAYS.items():
        asked = [question.text for question in QUESTIONS if question.section is name and question.key in answers]
        why = f"Answered in the wizard: {' '.join(asked)}" if asked else "The usual, where the wizard was told nothing."
        content = "\n".join(text for text in (way.format(**said), _ALWAYS.get(name)) if text)
        parts.append(Part(name, content, PartSource.WIZARD, why))
    return check_parts(parts)
