"""What is said of a window, and where leads are."""

from datetime import time

import pytest

from domain.campaigns.windows import USUAL_WINDOW, Weekday, Window, WindowChoice, check_window, settle_window
from domain.campaigns.zones import Whereabouts, country_of_phone, whereabouts
from domain.refusals import Refusal

SUNDAY = frozenset({Weekday.SUNDAY})
NINE, FIVE = time(9), time(17)


@pytest.mark.parametrize(
    ("policy", "organization", "window"),
    [
        (WindowChoice(), None, USUAL_WINDOW),
        (WindowChoice(SUNDAY), None, Window(SUNDAY, NINE, FIVE)),
        (WindowChoice(), WindowChoice(SUNDAY, time(10), time(12)), Window(SUNDAY, time(10), time(12))),
        # One time alone says nothing: with the other of somebody else it would be another window.
        (
            WindowChoice(sending_start=time(18)),
            WindowChoice(sending_start=time(10), sending_end=time(12)),
            Window(USUAL_WINDOW.sending_days, time(10), time(12)),
        ),
        (
            WindowChoice(sending_time_zone="Europe/London"),
            WindowChoice(SUNDAY, sending_time_zone="Europe/Paris"),
            Window(SUNDAY, NINE, FIVE, "Europe/London"),
        ),
    ],
)
def test_what_is_missing_is_the_organizations_or_as_usual(
    policy: WindowChoice, organization: WindowChoice | None, window: Window
) -> None:
    """S1.3, which has no default hours; ruling 22 gives them."""
    assert settle_window(policy, organization) == window


@pytest.mark.parametrize(
    ("choice", "field"),
    [
        (WindowChoice(sending_start=NINE), "sendingStart"),
        (WindowChoice(sending_end=NINE), "sendingStart"),
        (WindowChoice(frozenset()), "sendingDays"),
        (WindowChoice(sending_start=time(21), sending_end=time(8)), "sendingStart"),
        (WindowChoice(sending_start=time(6), sending_end=time(8)), "sendingStart"),
    ],
)
def test_a_window_in_which_nothing_can_be_sent_is_refused(choice: WindowChoice, field: str) -> None:
    with pytest.raises(Refusal) as refused:
        check_window(choice)
    assert refused.value.field == field


@pytest.mark.parametrize("times", [(time(20), time(2)), (time(22), time(9)), (time(), time()), (None, None)])
def test_a_window_that_leaves_an_hour_of_the_day_is_taken(times: tuple[time | None, time | None]) -> None:
    choice = WindowChoice(sending_start=times[0], sending_end=times[1])
    assert check_window(choice) == choice


HOME = {"organization_time_zone": "Europe/London", "organization_country": "GB"}
PARIS = Whereabouts(("Europe/Paris",), "FR")


@pytest.mark.parametrize(
    ("time_zone", "phone", "country", "found"),
    [
        ("Europe/Paris", "+12125550123", "FR", PARIS),
        ("Nowhere/Land", "+12125550123", "FR", Whereabouts(("America/New_York",), "FR")),
        (None, "+12125550123", None, Whereabouts(("America/New_York",), "US")),
        (None, None, "FR", PARIS),
        (None, "+882161234567", "FR", PARIS),  # a satellite is in no country
        (None, "+882161234567", None, Whereabouts(("Europe/London",), "GB")),
        (None, "+447700900123", "FR", PARIS),  # made up, so no prefix tells where
        (None, "not a number", None, Whereabouts(("Europe/London",), "GB")),
        (None, None, None, Whereabouts(("Europe/London",), "GB")),
        (None, None, "ZZ", Whereabouts(("Europe/London",), "ZZ")),
    ],
)
def test_where_a_lead_is(time_zone: str | None, phone: str | None, country: str | None, found: Whereabouts) -> None:
    """Ruling 31: given, else by the phone's prefix, else the country's, else the organization's."""
    assert whereabouts(time_zone, phone, country, **HOME) == found


def test_a_mobile_of_a_large_country_may_be_in_any_of_its_zones() -> None:
    zones = whereabouts(None, "+61412345678", None, **HOME).zones
    assert {"Australia/Perth", "Australia/Sydney"} <= set(zones)
    assert country_of_phone("+61412345678") == "AU" and country_of_phone(None) is None
