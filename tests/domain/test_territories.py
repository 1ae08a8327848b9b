"""Which territory somebody is in by where they are (S1.3)."""

import pytest

from domain.refusals import Refusal
from domain.territories import areas_of, check_countries, check_prefixes


def codes(postcode: str | None, country: str | None = None, home: str = "GB") -> list[str]:
    return [area.code for area in areas_of(postcode, country, home)]


@pytest.mark.parametrize(
    ("postcode", "wanted"),
    [
        ("SO14 3AB", ["SO14", "SO"]),
        ("so143ab", ["SO14", "SO"]),
        (" So14-3Ab ", ["SO14", "SO"]),
        ("SO14", ["SO14", "SO"]),
        ("SO 14", ["SO14", "SO"]),
        ("SO14 3", ["SO14", "SO"]),
        ("SO1 4AB", ["SO1", "SO"]),
        ("SO14AB", ["SO1", "SO"]),
        ("M1 4", ["M1", "M"]),
        ("M14", ["M14", "M"]),
        ("M1 4WP", ["M1", "M"]),
        ("S1 2HE", ["S1", "S"]),
        ("EC1A 1BB", ["EC1A", "EC1", "EC"]),
        ("W1A 0AX", ["W1A", "W1", "W"]),
        ("K1A 0B1", []),
        ("n/a", []),
        ("", []),
        (None, []),
    ],
)
def test_a_british_postcode_is_in_whole_districts_and_areas(postcode: str | None, wanted: list[str]) -> None:
    """Nothing in SO is in S, nor in SO1 what is in SO14, whichever way a postcode is written."""
    assert codes(postcode) == wanted


@pytest.mark.parametrize(
    ("postcode", "country", "home", "wanted"),
    [
        ("90210", "US", "GB", ["90210", "9021", "902", "90", "9", "US"]),
        ("90210-1234", "US", "US", ["9021012", "902101", "90210", "9021", "902", "90", "9", "US"]),
        ("10115", "DE", "US", ["DE"]),
        ("10115", "DE", "DE", ["10115", "1011", "101", "10", "1", "DE"]),
        ("00901", None, "US", ["00901", "0090", "009", "00", "0"]),
        ("SO14 3AB", "US", "US", ["SO14", "SO", "US"]),
        ("12", "US", "US", ["US"]),
    ],
)
def test_digits_are_of_the_us_or_of_home(postcode: str, country: str | None, home: str, wanted: list[str]) -> None:
    """A Berliner is not in New York because both write five digits; the country follows the postcode."""
    assert codes(postcode, country, home) == wanted


def test_what_is_in_a_territory_is_written_in_one_way() -> None:
    assert [area.code for area in check_prefixes([" so14", "SO", "so14", "902", "EC1A"])] == [
        "902",
        "EC1A",
        "SO",
        "SO14",
    ]
    assert [area.code for area in check_countries(["gb", "FR", "GB "])] == ["FR", "GB"]
    assert check_prefixes(None) == check_countries(None) == []


@pytest.mark.parametrize("text", ["", "SO14 3", "SO14 3AB", "SO143AB", "ABC", "1A", "SO-14", "12345678", "ß", "٣٤"])
def test_what_no_postcode_begins_with_is_refused(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        check_prefixes(["SO", text])
    assert refused.value.field == "postcodePrefixes"


@pytest.mark.parametrize("text", ["", "UK", "XX", "GBR", "Germany", "4Q"])
def test_what_is_no_country_is_refused(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        check_countries(["GB", text])
    assert refused.value.field == "countries"
