"""Numbers by the thousand are read exactly as one by one (S0.4, S0.7): the quick way has no opinions of its own."""

import string
import time

import phonenumbers
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from domain.leads import normalize_phone
from domain.phones import Phones
from domain.refusals import Refusal

REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)
BEFORE = ["", "+", "0", "1", "00", "011", "0011", "+0", "8", "80", "180020", "000", "06", "15"]
BETWEEN = [" ", "-", "(", ")", ".", "/", "\u00a0", "–", "x", "#", ";", "+", "０", "٣", "²", ","]


def one_by_one(text: str, region: str | None) -> str | None:
    try:
        return normalize_phone(text, region)
    except Refusal:
        return None


def by_the_thousand(text: str, region: str | None) -> str | None:
    try:
        return Phones(region).normalize(text)
    except Refusal:
        return None


@st.composite
def numbers(draw: st.DrawFn, region: str) -> str:
    """An example number of some country, changed in some digits, with something before it and between."""
    country = draw(st.sampled_from([region, region, draw(st.sampled_from(REGIONS))]))
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(country)
    assert metadata
    kinds = (metadata.general_desc, metadata.fixed_line, metadata.mobile, metadata.toll_free, metadata.voip)
    examples = [kind.example_number for kind in kinds if kind and kind.example_number]
    digits = list(draw(st.sampled_from(examples)) if examples else "123456")
    for place in draw(st.lists(st.integers(0, len(digits) - 1), max_size=4)):
        digits[place] = draw(st.sampled_from(string.digits))
    digits = digits[: draw(st.integers(3, len(digits)))] if draw(st.integers(0, 5)) == 0 else digits
    code, trunk = str(metadata.country_code), metadata.national_prefix or ""
    before = draw(
        st.sampled_from([*BEFORE, trunk, trunk, code, f"+{code}", f"+{code}", f"+{code}{trunk}", f"00{code}"])
    )
    return _strewn(before + "".join(digits), draw(st.lists(st.tuples(st.integers(0, 20), st.sampled_from(BETWEEN)))))


def _strewn(digits: str, between: list[tuple[int, str]]) -> str:
    for place, character in between:
        digits = digits[:place] + character + digits[place:]
    return digits


@pytest.mark.parametrize("region", REGIONS)
def test_for_every_country_both_ways_read_alike(region: str) -> None:
    @settings(max_examples=20)
    @given(numbers(region))
    def read_alike(text: str) -> None:
        assert by_the_thousand(text, region) == one_by_one(text, region)

    read_alike()


@given(st.text(max_size=60) | st.text(string.digits + "+ -()", max_size=60), st.sampled_from([*REGIONS, None, "XX"]))
@example("(07700) 900123", "GB")
@example("+44 (0)7700 900123", "GB")
@example("1" * 250, "US")
@example("4477009001234", "GB")
def test_for_any_text_both_ways_read_alike(text: str, region: str | None) -> None:
    assert by_the_thousand(text, region) == one_by_one(text, region)


@pytest.mark.parametrize("region", ["GB", "IE", "DE", "AT", "CH", "FR", "US", "CA", "AU", "NL", "ES", "IT", "PL"])
def test_what_people_usually_write_goes_the_quick_way(region: str) -> None:
    """Otherwise the two would be alike because there is only one."""
    number = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
    assert number
    spelt = [phonenumbers.format_number(number, style) for style in (0, 1, 2)]
    phones = Phones(region)
    for text in spelt:
        phones.normalize(text)
    quick, slow = _seconds(phones.normalize, spelt), _seconds(lambda text: normalize_phone(text, region), spelt)
    assert quick < slow / 2


def _seconds(read: object, texts: list[str]) -> float:
    assert callable(read)
    began = time.process_time()
    for _ in range(500):
        for text in texts:
            read(text)
    return time.process_time() - began
