"""Dates in the spellings of people and of Excel, and which of two readings a column means (S1.5)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.imports.dates import DateOrder, OrderEvidence, OrderReason, read_date

DAY, MONTH = DateOrder.DAY_FIRST, DateOrder.MONTH_FIRST
MARCH = date(2024, 3, 4)


@pytest.mark.parametrize(
    "text",
    [
        "2024-03-04", "2024/3/4", "2024.03.04", "20240304", "2024-03-04 10:30", "2024-03-04T10:30:00Z",
        "2024-03-04T10:30:00.123+01:00", "4.3.2024", "04.03.24", "4. 3. 2024", "04.03.2024, 10:30 Uhr",
        "4 March 2024", "4 Mar 2024", "4-Mar-24", "04-MAR-2024", "4th March 2024", "4. März 2024", "4. Mrz. 2024",
        "March 4, 2024", "Mar 4th 2024", "Monday, 4 March 2024", "Mon, 4 Mar 2024 10:30:00 GMT", "4 mars 2024",
        "4 marzo 2024", "45355", "45355.4375",
    ],
)  # fmt: skip
@pytest.mark.parametrize("order", DateOrder)
def test_a_spelling_with_one_reading_is_read_so(text: str, order: DateOrder) -> None:
    assert read_date(text, order) == MARCH


@pytest.mark.parametrize("between", ["/", "-"])
def test_a_spelling_with_two_readings_is_read_in_the_order_of_its_column(between: str) -> None:
    text = between.join(["3", "4", "2024"])
    assert read_date(text, DAY) == date(2024, 4, 3)
    assert read_date(text, MONTH) == date(2024, 3, 4)
    certain = between.join(["31", "12", "24"])
    assert read_date(certain, DAY) == read_date(certain, MONTH) == date(2024, 12, 31)
    other = between.join(["12", "31", "24"])
    assert read_date(other, DAY) == read_date(other, MONTH) == date(2024, 12, 31)


@pytest.mark.parametrize(
    "text",
    ["", "tomorrow", "31.2.2024", "2024-13-01", "0/0/2024", "32/1/2024", "13/13/2024", "1/1/0024", "2024", "12345",
     "99999", "1/2", "4 Foo 2024", "1.1.1800", "07700 900123", "4/3/2024" + " " * 100],
)  # fmt: skip
def test_what_is_no_date_is_none(text: str) -> None:
    assert read_date(text, DAY) is None


def test_two_digits_are_of_this_century_or_the_last() -> None:
    assert [read_date(f"1.1.{year}", DAY) for year in ("00", "68", "69", "99")] == [
        date(2000, 1, 1), date(2068, 1, 1), date(1969, 1, 1), date(1999, 1, 1),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("texts", "region", "decided"),
    [
        (["1/2/2024", "13/2/2024"], "US", (DAY, OrderReason.COLUMN)),
        (["1/2/2024", "2/13/2024"], "GB", (MONTH, OrderReason.COLUMN)),
        (["1/2/2024", "3/4/2024"], "GB", (DAY, OrderReason.REGION)),
        (["1/2/2024", "3/4/2024"], "US", (MONTH, OrderReason.REGION)),
        (["13/2/2024", "2/13/2024"], "GB", (DAY, OrderReason.MIXED)),
        (["13.2.2024", "2024-02-13", "n/a", "99/99/9999"], None, (DAY, OrderReason.REGION)),
    ],
)
def test_the_whole_column_decides_and_else_the_country(
    texts: list[str], region: str | None, decided: tuple[DateOrder, OrderReason]
) -> None:
    evidence = OrderEvidence()
    for text in texts:
        evidence.weigh(text)
    assert evidence.decide(region) == decided


_WRITTEN = ["%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%d.%m.%Y", "%d %B %Y", "%d-%b-%Y", "%B %d, %Y", "%Y-%m-%dT%H:%M:%S"]


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)), st.sampled_from(_WRITTEN), st.sampled_from(DateOrder))
def test_any_day_survives_any_plain_spelling(day: date, written: str, order: DateOrder) -> None:
    assert read_date(day.strftime(written), order) == day


@given(st.dates(date(1970, 1, 1), date(2060, 1, 1)))
def test_any_day_survives_excel(day: date) -> None:
    assert read_date(str((day - date(1899, 12, 30)).days), DAY) == day


@given(st.dates(date(1970, 1, 1), date(2060, 1, 1)), st.sampled_from(DateOrder))
def test_a_column_tells_its_own_order(first: date, order: DateOrder) -> None:
    """Any thirty days in a row hold one that can be read in one way only."""
    days = [first + timedelta(days=number) for number in range(30)]
    written = "%d/%m/%Y" if order is DAY else "%m/%d/%Y"
    evidence = OrderEvidence()
    for day in days:
        evidence.weigh(day.strftime(written))
    found, reason = evidence.decide("GB" if order is MONTH else "US")
    assert (found, reason) == (order, OrderReason.COLUMN)
    assert [read_date(day.strftime(written), found) for day in days] == days


@given(st.text(max_size=80), st.sampled_from(DateOrder))
def test_any_text_is_a_day_or_none(text: str, order: DateOrder) -> None:
    found = read_date(text, order)
    assert found is None or 1900 <= found.year <= 2100
