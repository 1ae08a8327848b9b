"""Sophie reads one text and says how good it is, and why. A model may join the rules behind the same function."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from domain.learning import Finding, InsightCategory, InsightSeverity
from sophie.grammar import GRAMMAR
from sophie.objections import OBJECTIONS
from sophie.patterns import PATTERNS
from sophie.reading import Reading
from sophie.timing import TIMING
from sophie.tone import TONE

_FAULTS = (*TONE, *OBJECTIONS, *TIMING, *GRAMMAR)
_GRAVITY = list(InsightSeverity)
# A text without a fault has 0.90; what succeeds adds to it, each fault takes from it.
_FAULTLESS = Decimal("0.90")
_SUCCESS = Decimal("0.05")
_COST = {
    InsightSeverity.INFO: Decimal("0.03"),
    InsightSeverity.SUGGESTION: Decimal("0.10"),
    InsightSeverity.WARNING: Decimal("0.25"),
    InsightSeverity.CRITICAL: Decimal("0.60"),
}
CRITICAL_SCORE = _FAULTLESS - _COST[InsightSeverity.CRITICAL]  # of a text with a critical fault, at most
_LOWEST, _HIGHEST = Decimal("0.00"), Decimal("1.00")


@dataclass(frozen=True, slots=True)
class Review:
    """`findings` has the gravest first, and what succeeded last."""

    score: Decimal
    findings: tuple[Finding, ...]

    @property
    def faults(self) -> tuple[Finding, ...]:
        return tuple(found for found in self.findings if found.category is not InsightCategory.SUCCESS_PATTERN)


# Of what is not read, because it says what it must.
FAULTLESS = Review(_FAULTLESS, ())


def review(reading: Reading) -> Review:
    faults = sorted(
        (found for rule in _FAULTS for found in rule(reading)), key=lambda found: -_GRAVITY.index(found.severity)
    )
    successes = [] if faults else [found for rule in PATTERNS for found in rule(reading)]
    findings = (*faults, *successes)
    return Review(score_of(findings), findings)


def score_of(findings: Sequence[Finding]) -> Decimal:
    """Between 0.00 and 1.00: 0.90, and 0.05 more for each success, less 0.03, 0.10, 0.25 or 0.60 for each fault that is
    an INFO, SUGGESTION, WARNING or CRITICAL."""
    score = _FAULTLESS
    for finding in findings:
        is_success = finding.category is InsightCategory.SUCCESS_PATTERN
        score += _SUCCESS if is_success else -_COST[finding.severity]
    return min(_HIGHEST, max(_LOWEST, score))
