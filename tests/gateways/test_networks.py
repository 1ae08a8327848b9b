"""The four networks against their likeness on loopback: what is asked and believed, and what is a no for good."""

import logging
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from domain.credentials import CredentialProvider
from domain.refreshing import RefreshFailure
from gateways.graph import Facebook, Instagram
from gateways.networks import App, Network, NotRefreshed
from gateways.oauth import LinkedIn, Twitter
from tests.play.networks import (
    ALL,
    CLIENT_ID,
    CLIENT_SECRET,
    FACEBOOK,
    INSTAGRAM,
    LINKEDIN,
    TWITTER,
    Mood,
    Networks,
    graph,
    open_social_networks,
)

MADE: dict[CredentialProvider, type[Twitter | LinkedIn | Facebook | Instagram]] = {
    TWITTER: Twitter,
    LINKEDIN: LinkedIn,
    FACEBOOK: Facebook,
    INSTAGRAM: Instagram,
}
EACH = pytest.mark.parametrize("provider", ALL)


@pytest.fixture
async def networks() -> AsyncIterator[Networks]:
    async with open_social_networks() as opened:
        yield opened


async def refreshed(networks: Networks, provider: CredentialProvider, token: str, secret: str = CLIENT_SECRET) -> Any:
    """The tokens, or the failure in a word."""
    network: Network = MADE[provider](App(networks.url, CLIENT_ID, secret), timeout_seconds=0.3)
    try:
        return await network.refresh(token)
    except NotRefreshed as failed:
        assert token not in str(failed) and CLIENT_SECRET not in str(failed)
        return failed.failure
    finally:
        await network.close()


@EACH
async def test_a_good_token_brings_newer_ones(networks: Networks, provider: CredentialProvider) -> None:
    """S4.4: each network is asked in its own way; what comes goes by the names it is stored under."""
    token = networks.grant()
    tokens = await refreshed(networks, provider, token)
    assert tokens.lives == timedelta(hours=2)
    assert tokens.secrets["access_token"] != token
    wanted = {"access_token", "refresh_token"} if provider in (TWITTER, LINKEDIN) else {"access_token"}
    assert set(tokens.secrets) == wanted and len(networks.told[provider]) == 1
    again = await refreshed(networks, provider, tokens.secrets.get("refresh_token", tokens.secrets["access_token"]))
    assert again.secrets["access_token"] != tokens.secrets["access_token"]


async def test_x_takes_a_refresh_token_once_and_the_others_again(networks: Networks) -> None:
    for provider in ALL:
        token = networks.grant()
        assert await refreshed(networks, provider, token)
        second = await refreshed(networks, provider, token)
        assert (second is RefreshFailure.REFUSED) == (provider is TWITTER)


@EACH
async def test_a_dead_token_is_refused_for_good(networks: Networks, provider: CredentialProvider) -> None:
    assert await refreshed(networks, provider, "revoked") is RefreshFailure.REFUSED


@pytest.mark.parametrize("provider", [TWITTER, LINKEDIN, FACEBOOK])
async def test_a_wrong_app_is_the_operators_and_ends_nothing(networks: Networks, provider: CredentialProvider) -> None:
    assert await refreshed(networks, provider, networks.grant(), "another") is RefreshFailure.APP_REFUSED


@EACH
@pytest.mark.parametrize(
    ("life", "lives"),
    [
        (None, None),
        ("5183944", timedelta(seconds=5_183_944)),
        (60.5, timedelta(seconds=60.5)),
        (0, None),
        (-7200, None),
        ("soon", None),
        (True, None),
        ([7200], None),
        (10**30, timedelta(days=3650)),
    ],
)
async def test_a_life_is_as_said_or_as_usual(
    networks: Networks, provider: CredentialProvider, life: Any, lives: timedelta | None
) -> None:
    networks.life = life
    tokens = await refreshed(networks, provider, networks.grant())
    usual = timedelta(hours=2) if provider is TWITTER else timedelta(days=60)
    assert tokens.lives == (lives or usual)


@EACH
@pytest.mark.parametrize(
    ("mood", "failure"),
    [
        (Mood.SILENT, RefreshFailure.UNREACHABLE),
        (Mood.HUGE, RefreshFailure.UNREACHABLE),
        (Mood.GARBAGE, RefreshFailure.UNCLEAR),
        (Mood.REDIRECTING, RefreshFailure.UNCLEAR),
    ],
)
async def test_a_bad_day_ends_nothing(
    networks: Networks, provider: CredentialProvider, mood: Mood, failure: RefreshFailure
) -> None:
    networks.feel(mood)
    assert await refreshed(networks, provider, networks.grant()) is failure


@EACH
async def test_a_network_that_is_away_ends_nothing(networks: Networks, provider: CredentialProvider) -> None:
    await networks.shut()
    assert await refreshed(networks, provider, networks.grant()) is RefreshFailure.UNREACHABLE


NOT_TOKENS: list[Any] = [
    {"token_type": "bearer"},
    {"access_token": ""},
    {"access_token": 7},
    {"access_token": "with a\nline break"},
    {"access_token": "é"},
    {"access_token": "x" * 5000},
    {"access_token": "good", "refresh_token": ["good"]},
    ["access_token"],
    None,
]


@EACH
async def test_what_is_no_token_is_not_believed(networks: Networks, provider: CredentialProvider) -> None:
    for body in NOT_TOKENS:
        networks.says = (200, body)
        assert await refreshed(networks, provider, networks.grant()) is RefreshFailure.UNCLEAR, body


ANSWERS: list[tuple[tuple[CredentialProvider, ...], int, Any, RefreshFailure]] = [
    (ALL, 429, {"title": "Too Many Requests"}, RefreshFailure.UNREACHABLE),
    (ALL, 503, "Soon back", RefreshFailure.UNREACHABLE),
    (ALL, 400, {"error": ["odd"]}, RefreshFailure.UNCLEAR),
    (ALL, 400, {}, RefreshFailure.UNCLEAR),
    (ALL, 403, "Not from here", RefreshFailure.UNCLEAR),
    ((TWITTER, LINKEDIN), 400, {"error": "invalid_grant"}, RefreshFailure.REFUSED),
    ((TWITTER, LINKEDIN), 401, {"error": "invalid_grant"}, RefreshFailure.REFUSED),
    ((TWITTER, LINKEDIN), 400, {"error": "invalid_request"}, RefreshFailure.UNCLEAR),
    ((TWITTER, LINKEDIN), 400, {"error": "unauthorized_client"}, RefreshFailure.APP_REFUSED),
    ((LINKEDIN,), 401, {"message": "Invalid client"}, RefreshFailure.APP_REFUSED),
    ((FACEBOOK, INSTAGRAM), *graph(190), RefreshFailure.REFUSED),
    ((FACEBOOK, INSTAGRAM), *graph(102), RefreshFailure.REFUSED),
    ((FACEBOOK, INSTAGRAM), *graph(190, is_transient=True), RefreshFailure.UNREACHABLE),
    ((FACEBOOK, INSTAGRAM), *graph(190, error_subcode=459), RefreshFailure.UNCLEAR),
    ((FACEBOOK, INSTAGRAM), *graph(4), RefreshFailure.UNREACHABLE),
    ((FACEBOOK, INSTAGRAM), *graph(101), RefreshFailure.APP_REFUSED),
    ((FACEBOOK, INSTAGRAM), *graph(100), RefreshFailure.UNCLEAR),
    ((FACEBOOK, INSTAGRAM), 400, {"error": {"code": {"odd": 1}, "message": 1}}, RefreshFailure.UNCLEAR),
]


@pytest.mark.parametrize(("providers", "status", "body", "failure"), ANSWERS)
async def test_only_a_clear_no_is_one_for_good(
    networks: Networks, providers: tuple[CredentialProvider, ...], status: int, body: Any, failure: RefreshFailure
) -> None:
    networks.says = (status, body)
    for provider in providers:
        assert await refreshed(networks, provider, networks.grant()) is failure, provider


@EACH
async def test_no_secret_is_in_a_log_or_an_error(
    networks: Networks, provider: CredentialProvider, caplog: pytest.LogCaptureFixture
) -> None:
    """Not even at the chattiest, nor where a network tells what it was told."""
    caplog.set_level(logging.DEBUG)
    token = networks.grant()
    said = f"{token} {CLIENT_SECRET}"
    echo = {"error": said, "error_description": said, "message": said}
    for answer in (None, (400, echo), (400, {"error": echo | {"code": said, "error_subcode": said}})):
        networks.says = answer
        result = await refreshed(networks, provider, token)
        assert token not in repr(result) and CLIENT_SECRET not in repr(result)
    ours = " ".join(record.getMessage() for record in caplog.records if not record.name.startswith("uvicorn"))
    assert "HTTP Request" in ours, "httpx says nothing: the test proves nothing"
    assert token not in ours and CLIENT_SECRET not in ours


def test_an_app_does_not_show_its_secret() -> None:
    assert CLIENT_SECRET not in repr(App("https://example.com", CLIENT_ID, CLIENT_SECRET))
