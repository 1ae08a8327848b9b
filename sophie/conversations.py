"""How a conversation stands: how well it is led, whether somebody should look at it, and what it is about."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from domain.conversations import MessageDirection
from domain.leads import Sentiment
from sophie import objection_words as said
from sophie.questions import questions_in
from sophie.reading import calm, words

_FADES = Decimal("0.8")  # how much less each text counts than the one after it
_LOW = Decimal("0.50")
_RECENT = 3  # of the lead's texts say how they feel now
_LONGEST = 90  # characters of what is quoted
_GLAD = words(
    r"yes(?: please)?|yeah|great|perfect|lovely|brilliant|excellent|amazing|wonderful|fantastic|thanks|thank you|"
    r"cheers|"
    r"love|happy|keen|interested|sure|looking forward|pleased|delighted|awesome|nice|"
    r"good(?! (?:time|day))|helpful|ideal|works for me|sounds good"
)
_SOUR = words(
    r"no|not|never|stop|don't|can't|won't|unfortunately|annoy\w*|disappoint\w*|bad|poor|slow|late|problem|wrong|"
    r"expensive|unhappy|upset"
)
# In this order: what the lead's last words are about.
_MATTERS = (
    (said.PERSON, "says this is the wrong person"),
    (said.ANGER, "is not happy with us"),
    (said.A_PERSON, "asks for a person"),
    (said.NO, "is not interested"),
    (said.DONE, "has it already, or is bound elsewhere"),
    (said.NOT_OURS, "says it is not theirs to decide"),
    (said.PRICE, "finds it too expensive"),
    (said.THINKING, "wants time to think"),
    (said.LATER, "wants to be asked later"),
)


@dataclass(frozen=True, slots=True)
class Said:
    """A line of a conversation; `score` and `is_critical` are what the review of a text of ours has found."""

    direction: MessageDirection
    text: str
    score: Decimal | None = None
    is_critical: bool = False

    @property
    def is_inbound(self) -> bool:
        return self.direction == MessageDirection.INBOUND


@dataclass(frozen=True, slots=True)
class Standing:
    quality_score: Decimal | None
    needs_review: bool
    sentiment: Sentiment
    summary: str


def stand(lines: Sequence[Said], name: str) -> Standing:
    """`lines` are the latest of a conversation, the oldest first; `name` is what the lead is called."""
    score = quality_of([line.score for line in lines if line.score is not None])
    heard = [calm(line.text) for line in lines if line.is_inbound]
    last = heard[-1] if heard else ""
    is_asked_for = bool(said.A_PERSON.search(last) or said.ANGER.search(last))
    is_low = score is not None and score < _LOW
    needs_review = is_asked_for or is_low or any(line.is_critical for line in lines)
    return Standing(score, needs_review, sentiment_of(heard), summarise(lines, name))


def quality_of(scores: Sequence[Decimal]) -> Decimal | None:
    """The mean of the scores, the oldest first; each counts four fifths of the one after it."""
    if not scores:
        return None
    weights = [_FADES**age for age in reversed(range(len(scores)))]
    mean = sum((score * weight for score, weight in zip(scores, weights, strict=True)), Decimal(0)) / sum(weights)
    return mean.quantize(Decimal("0.01"))


def sentiment_of(heard: Sequence[str]) -> Sentiment:
    """How the lead feels, by their latest words alone."""
    if not heard:
        return Sentiment.UNKNOWN
    recent = " \n".join(heard[-_RECENT:])
    if said.ANGER.search(heard[-1]) or said.NO.search(heard[-1]):
        return Sentiment.NEGATIVE
    glad, sour = len(_GLAD.findall(recent)), len(_SOUR.findall(recent))
    if glad and sour:
        return Sentiment.UNCLEAR if glad == sour else (Sentiment.POSITIVE if glad > sour else Sentiment.NEGATIVE)
    return Sentiment.POSITIVE if glad else Sentiment.NEGATIVE if sour > 1 else Sentiment.NEUTRAL


def summarise(lines: Sequence[Said], name: str) -> str:
    """One line: what the lead wants, and who had the last word."""
    if not lines:
        return ""
    heard = next((calm(line.text) for line in reversed(lines) if line.is_inbound), None)
    who = name if lines[-1].is_inbound else "us"
    return f"{name} {_matter(heard)}. Last word from {who}: “{_shortened(lines[-1].text)}”"


def _matter(heard: str | None) -> str:
    if heard is None:
        return "has not answered"
    matter = next((words for pattern, words in _MATTERS if pattern.search(heard)), None)
    asked = questions_in(heard)
    return matter or (f"asks “{_shortened(asked[-1])}”" if asked else "is in touch")


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1].rstrip()}…"
