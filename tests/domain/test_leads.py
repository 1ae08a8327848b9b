"""What a phone number is."""

import pytest

from domain.leads import normalize_phone
from domain.refusals import Refusal, RefusalCode


@pytest.mark.parametrize(
    ("text", "region", "number"),
    [
        ("+447700900123", None, "+447700900123"),
        ("+44 7700 900123", None, "+447700900123"),
        ("+44 (0)7700 900123", None, "+447700900123"),
        ("07700 900123", "GB", "+447700900123"),
        ("07700-900-123", "GB", "+447700900123"),
        ("(07700) 900123", "GB", "+447700900123"),
        ("0044 7700 900123", "GB", "+447700900123"),
        ("tel:+44-7700-900123", None, "+447700900123"),
        ("+1 (415) 555-2671", "GB", "+14155552671"),
        ("(415) 555-2671", "US", "+14155552671"),
        ("0171 1234567", "DE", "+491711234567"),
        ("\u200e+447700900123\u00a0", None, "+447700900123"),
        ("＋４４７７００９００１２３", None, "+447700900123"),
    ],
)
def test_any_usual_spelling(text: str, region: str | None, number: str) -> None:
    assert normalize_phone(text, region) == number


def test_a_number_stays_what_it_has_become() -> None:
    once = normalize_phone("07700 900123", "GB")
    assert normalize_phone(once) == normalize_phone(once, "US") == once


@pytest.mark.parametrize(("text", "region"), [("900123", "GB"), ("01234", "GB"), ("555-2671", "US")])
def test_a_number_that_only_its_town_reaches_is_refused(text: str, region: str) -> None:
    with pytest.raises(Refusal):
        normalize_phone(text, region)


def test_a_number_longer_than_the_standard_allows_is_refused() -> None:
    """Germany has such numbers on paper; no table and no carrier takes them."""
    assert normalize_phone("+49" + "2" * 13) == "+49" + "2" * 13
    with pytest.raises(Refusal):
        normalize_phone("+49" + "2" * 14)


@pytest.mark.parametrize(
    "text", ["", "   ", "Ann", "07700 900123", "+44", "+4477", "+447700900123456789", "+999123456789"]
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        normalize_phone(text)
    assert refused.value.code is RefusalCode.BAD_INPUT
    assert refused.value.message.endswith(".")
