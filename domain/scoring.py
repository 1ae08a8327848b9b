"""What leads score points for."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from domain.refusals import bad_input
from domain.texts import check_characters

MOST_REASONS = 30
_LONGEST_TEXT = 100
_MOST_POINTS = 1000


class ScoreCondition(StrEnum):
    FIELD_PRESENT = "FIELD_PRESENT"
    FIELD_EQUALS = "FIELD_EQUALS"
    TAG_PRESENT = "TAG_PRESENT"
    REPLIED = "REPLIED"


class LeadField(StrEnum):
    """Facts of a lead that a condition can look at: the columns of the same names."""

    FIRST_NAME = "FIRST_NAME"
    LAST_NAME = "LAST_NAME"
    COMPANY = "COMPANY"
    TITLE = "TITLE"
    INDUSTRY = "INDUSTRY"
    LOCATION = "LOCATION"
    POSTCODE = "POSTCODE"
    COUNTRY = "COUNTRY"
    PHONE = "PHONE"
    EMAIL = "EMAIL"
    LINKEDIN_URL = "LINKEDIN_URL"
    SOURCE = "SOURCE"
    UTM_SOURCE = "UTM_SOURCE"
    UTM_MEDIUM = "UTM_MEDIUM"
    UTM_CAMPAIGN = "UTM_CAMPAIGN"
    LIFECYCLE = "LIFECYCLE"
    TEMPERATURE = "TEMPERATURE"
    SENTIMENT = "SENTIMENT"


@dataclass(frozen=True, slots=True)
class Reason:
    """A lead that meets the condition scores so many points."""

    label: str
    points: int
    condition: ScoreCondition
    field: LeadField | None = None
    value: str | None = None


# S4.10, until an organization says otherwise.
USUAL_REASONS = (
    Reason("Works for a company", 10, ScoreCondition.FIELD_PRESENT, LeadField.COMPANY),
    Reason("Has a phone number", 5, ScoreCondition.FIELD_PRESENT, LeadField.PHONE),
)
_OF_FIELDS = (ScoreCondition.FIELD_PRESENT, ScoreCondition.FIELD_EQUALS)
_WITH_VALUE = (ScoreCondition.FIELD_EQUALS, ScoreCondition.TAG_PRESENT)


def check_reasons(reasons: Sequence[Reason]) -> list[Reason]:
    if len(reasons) > MOST_REASONS:
        raise bad_input(f"There may be {MOST_REASONS} reasons.", "reasons")
    return [_check(reason) for reason in reasons]


def _check(reason: Reason) -> Reason:
    label = check_characters(reason.label.strip(), "reasons")
    if not 1 <= len(label) <= _LONGEST_TEXT:
        raise bad_input(f"The label of a reason has between 1 and {_LONGEST_TEXT} characters.", "reasons")
    if not 1 <= abs(reason.points) <= _MOST_POINTS:
        raise bad_input(f"A reason gives or takes between 1 and {_MOST_POINTS} points.", "reasons")
    value = check_characters(reason.value.strip(), "reasons") if reason.value is not None else None
    if (reason.field is not None) != (reason.condition in _OF_FIELDS):
        raise bad_input(f"{reason.condition} {_wants(reason.condition in _OF_FIELDS)} field.", "reasons")
    if bool(value) != (reason.condition in _WITH_VALUE):
        raise bad_input(f"{reason.condition} {_wants(reason.condition in _WITH_VALUE)} value.", "reasons")
    if value and len(value) > _LONGEST_TEXT:
        raise bad_input(f"The value of a reason has at most {_LONGEST_TEXT} characters.", "reasons")
    return replace(reason, label=label, value=value or None)


def _wants(is_needed: bool) -> str:
    return "needs a" if is_needed else "takes no"
