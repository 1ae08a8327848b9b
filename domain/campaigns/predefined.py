"""The campaigns every organization begins with: fourteen for dealers in cars, and one to wake up old leads."""

from dataclasses import dataclass

from domain.campaigns.predefined_texts import HELLO, STOP, TEXTS
from domain.campaigns.timing import StepAnchor, StepTiming
from domain.conversations import MessageKind

DAYS = (1, 2, 4, 6)
# A weekend is no reason not to be sent; after that, what is said of last week is stale.
_EXPIRES_AFTER_HOURS = 72

# Tag → name. The names are given, and of the tags the first; the others are the names made short.
_NAMES = {
    "Ghosted": "Ghosted / No Response",
    "Payment Too High": "Payment Too High",
    "Credit Declined": "Credit Declined Previously",
    "Timing Not Right": "Waiting / Timing Not Right",
    "Right Vehicle Not Found": "Couldn't Find the Right Vehicle",
    "Needed More Info": "Needed More Info / Confusion About Terms",
    "Process Took Too Long": "Process Took Too Long",
    "Bought Elsewhere": "Bought Elsewhere",
    "Improving Credit": "Wanted to Improve Credit First",
    "Negative Equity": "Negative Equity / Trade-In Issue",
    "Needed a Cosigner": "Needed a Cosigner",
    "Disliked Approved Vehicle": "Didn't Like the Approved Vehicle",
    "Rate Too High": "Rate Too High",
    "Missing Documents": "Missing Documents",
}


@dataclass(frozen=True, slots=True)
class PredefinedStep:
    step_number: int
    timing: StepTiming
    body: str
    kind: MessageKind = MessageKind.NURTURE


@dataclass(frozen=True, slots=True)
class PredefinedCampaign:
    """A campaign whose tag nobody changes and which nobody deletes (S0.15)."""

    tag: str
    name: str
    steps: tuple[PredefinedStep, ...]


def _steps(texts: tuple[str, ...]) -> tuple[PredefinedStep, ...]:
    return tuple(
        PredefinedStep(number, _on_day(day), body)
        for number, (day, body) in enumerate(zip(DAYS, texts, strict=True), 1)
    )


def _on_day(day: int) -> StepTiming:
    return StepTiming(StepAnchor.DATE, day_number=day, expires_after_hours=_EXPIRES_AFTER_HOURS)


PREDEFINED = tuple(PredefinedCampaign(tag, name, _steps(TEXTS[tag])) for tag, name in _NAMES.items())

# S1.3 and S1.4: M1 at once, M2 and M3 so many hours after the one before, each only without a reply.
REACTIVATION = (
    PredefinedStep(
        1,
        StepTiming(),
        f"{HELLO} You asked us for a quote some time ago. Is that still of interest to you? {STOP}",
        MessageKind.M1,
    ),
    PredefinedStep(
        2,
        StepTiming(delay_hours=48),
        "Hi {{first_name|there}}, {{organization}} again. It has been a while: would an up-to-date quote help?",
        MessageKind.M2,
    ),
    PredefinedStep(
        3,
        StepTiming(delay_hours=72),
        "Hi {{first_name|there}}, we won't write about your enquiry again. If you'd like to talk it over, reply and"
        " {{organization}} will ring you.",
        MessageKind.M3,
    ),
)
