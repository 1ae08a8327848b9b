"""What leads may score points for (S4.10)."""

from dataclasses import replace

import pytest

from domain.refusals import Refusal, RefusalCode
from domain.scoring import MOST_REASONS, USUAL_REASONS, LeadField, Reason, ScoreCondition, check_reasons

TAGGED = Reason("Is a VIP", 20, ScoreCondition.TAG_PRESENT, value="vip")
SOLAR = Reason("Solar", -5, ScoreCondition.FIELD_EQUALS, LeadField.INDUSTRY, "solar")


def test_the_usual_reasons_are_ten_for_a_company_and_five_for_a_phone_number() -> None:
    """S4.10."""
    assert [(reason.points, reason.field) for reason in USUAL_REASONS] == [(10, "COMPANY"), (5, "PHONE")]
    assert check_reasons(USUAL_REASONS) == [*USUAL_REASONS]


def test_what_is_kept() -> None:
    assert check_reasons([replace(TAGGED, label=" Is a VIP ", value=" vip ")]) == [TAGGED]
    assert check_reasons([]) == []


@pytest.mark.parametrize(
    "wrong",
    [
        replace(TAGGED, label=" "),
        replace(TAGGED, label="x" * 101),
        replace(TAGGED, points=0),
        replace(TAGGED, points=1001),
        replace(TAGGED, points=-1001),
        replace(TAGGED, value=None),
        replace(TAGGED, value="  "),
        replace(TAGGED, value="x" * 101),
        replace(TAGGED, field=LeadField.COMPANY),
        replace(SOLAR, field=None),
        replace(SOLAR, value=None),
        Reason("Has a company", 1, ScoreCondition.FIELD_PRESENT, LeadField.COMPANY, "x"),
        Reason("Has replied", 1, ScoreCondition.REPLIED, value="x"),
        Reason("Has replied", 1, ScoreCondition.REPLIED, LeadField.PHONE),
        replace(TAGGED, value="a\x00"),
    ],
)
def test_what_makes_no_sense_is_refused(wrong: Reason) -> None:
    with pytest.raises(Refusal) as refused:
        check_reasons([TAGGED, wrong])
    assert (refused.value.code, refused.value.field) == (RefusalCode.BAD_INPUT, "reasons")


def test_there_are_not_too_many() -> None:
    assert len(check_reasons([TAGGED] * MOST_REASONS)) == MOST_REASONS
    with pytest.raises(Refusal):
        check_reasons([TAGGED] * (MOST_REASONS + 1))
