"""REKINDLE_SOCIAL_APPS: what can be set, what cannot, and what the doctor says of it (S4.4)."""

import json
from pathlib import Path
from typing import Any

import pytest

from cli.settings import SettingsError, read_settings
from cli.social_apps import SocialApp, describe, open_networks
from domain.credentials import PROVIDERS_BY_KIND, CredentialKind
from domain.refreshing import TOKEN_OF
from tests.play.networks import ALL, Networks, open_social_networks

SECRET = "nobody's business"
X: dict[str, Any] = {"provider": "TWITTER", "client_id": "x", "client_secret": SECRET}
INSTAGRAM: dict[str, Any] = {"provider": "INSTAGRAM"}


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Away from the `.env` of whoever runs the tests."""
    monkeypatch.chdir(tmp_path)


def read(*apps: Any) -> tuple[SocialApp, ...]:
    return read_settings(social_apps=json.dumps(apps)).social_apps


def test_no_network_is_asked_unless_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_settings().social_apps == ()
    monkeypatch.setenv("REKINDLE_SOCIAL_APPS", "")
    assert read_settings().social_apps == ()


def test_they_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REKINDLE_SOCIAL_APPS", json.dumps([X, INSTAGRAM | {"base_url": "https://proxy.example.com"}]))
    twitter, instagram = read_settings().social_apps
    assert (twitter.app.base_url, twitter.app.client_id) == ("https://api.x.com", "x")
    assert instagram.app.base_url == "https://proxy.example.com"


def test_a_secret_is_not_shown() -> None:
    [app] = read(X)
    assert app.app.client_secret == SECRET
    assert SECRET not in repr(app) + repr(app.app) + str(describe([app]))


WRONG: dict[str, tuple[Any, str]] = {
    "no network": ([{}], "no. 1 provider Field required"),
    "one nobody knows": (
        [X | {"provider": "MYSPACE"}],
        "no. 1 provider must be one of FACEBOOK, INSTAGRAM, LIN",
    ),
    "one that is no network": ([X | {"provider": "GMAIL"}], "no. 1 provider must be one of FACEBOOK"),
    "no secret": (
        [{"provider": "LINKEDIN", "client_id": "x"}],
        "no. 1 needs client_id and client_secret: those",
    ),
    "an empty secret": ([INSTAGRAM, X | {"client_secret": ""}], "no. 2 client_secret String should have at least 1"),
    "a secret that nobody needs": (
        [INSTAGRAM | {"client_secret": SECRET}],
        "no. 1 needs no client_id and no client_secret",
    ),
    "the same twice": ([X, INSTAGRAM, X], "TWITTER is named twice"),
    "an address without a lock": ([X | {"base_url": "http://api.x.com"}], "no. 1 base_url must begin with https://"),
    "a setting nobody knows": ([X | {"scope": "tweet.read"}], "no. 1 scope Extra inputs are not permitted"),
}


@pytest.mark.parametrize("fault", WRONG)
def test_what_cannot_be_is_told_in_a_sentence(fault: str) -> None:
    apps, words = WRONG[fault]
    with pytest.raises(SettingsError) as wrong:
        read(*apps)
    [sentence] = str(wrong.value).splitlines()
    assert sentence.startswith(f"REKINDLE_SOCIAL_APPS: {words}") and sentence.endswith(".")
    assert SECRET not in sentence


@pytest.mark.parametrize("text", ["twitter", "[", "{}", "7", '["TWITTER"]'])
def test_what_is_no_list_is_told_too(text: str) -> None:
    with pytest.raises(SettingsError, match=r"^REKINDLE_SOCIAL_APPS: .+\.$"):
        read_settings(social_apps=text)


def test_the_doctor_says_whose_connections_are_refreshed_and_whose_are_not() -> None:
    assert describe(read(X)) == [
        (True, "connections to TWITTER are refreshed at https://api.x.com"),
        (False, "connections to FACEBOOK, INSTAGRAM, LINKEDIN only expire: name your apps in REKINDLE_SOCIAL_APPS"),
    ]
    assert all(is_refreshed for is_refreshed, _ in describe(_all(Networks())))


async def test_each_is_asked_at_its_address() -> None:
    async with open_social_networks() as networks, open_networks(_all(networks)) as gateways:
        assert set(gateways) == set(TOKEN_OF) == set(ALL)
        for provider in ALL:
            assert await gateways[provider].refresh(networks.grant())
            assert len(networks.told[provider]) == 1


def _all(networks: Networks) -> tuple[SocialApp, ...]:
    return read(*networks.setting())


def test_every_network_of_a_social_connection_can_be_named() -> None:
    assert PROVIDERS_BY_KIND[CredentialKind.SOCIAL] == set(TOKEN_OF) == set(ALL)
