"""REKINDLE_ISSUERS: what can be set, what cannot, and what the doctor finds behind it."""

import json
from pathlib import Path
from typing import Any

import pytest

from cli.issuers import describe
from cli.providers import Provider
from cli.settings import SettingsError, read_settings
from tests.play.provider import Mood, SigningKey, open_provider

CLERK: dict[str, Any] = {"issuer": "https://clerk.example.com"}
SECRET: dict[str, Any] = {"issuer": "https://x.supabase.co/auth/v1", "secret": "x" * 32}


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Away from the `.env` of whoever runs the tests."""
    monkeypatch.chdir(tmp_path)


def read(*providers: Any) -> tuple[Provider, ...]:
    return read_settings(issuers=json.dumps(providers)).issuers


def test_nobody_is_trusted_unless_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_settings().issuers == ()
    monkeypatch.setenv("REKINDLE_ISSUERS", "")
    assert read_settings().issuers == ()


def test_it_is_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REKINDLE_ISSUERS", json.dumps([CLERK, SECRET]))
    clerk, supabase = read_settings().issuers
    assert clerk.keys_url == "https://clerk.example.com/.well-known/jwks.json"
    assert (clerk.signs_with, supabase.signs_with) == (("ES256", "RS256"), ("HS256",))


def test_the_address_of_the_keys_may_be_another() -> None:
    [provider] = read(CLERK | {"issuer": "any name", "jwks_url": "http://[::1]:9/keys", "algorithms": ["RS256"]})
    assert (provider.keys_url, provider.signs_with) == ("http://[::1]:9/keys", ("RS256",))


def test_a_secret_is_not_shown() -> None:
    assert SECRET["secret"] not in repr(read(SECRET))


WRONG: dict[str, tuple[Any, str]] = {
    "no list": ([{}], "no. 1 issuer Field required"),
    "an algorithm nobody has": ([CLERK | {"algorithms": ["RS1"]}], "no. 1 cannot sign with RS1"),
    "no algorithm at all": ([CLERK | {"algorithms": ["none"]}], "no. 1 cannot sign with none"),
    "a secret's algorithm for keys": (
        [CLERK | {"algorithms": ["RS256", "HS256"]}],
        "no. 1 cannot sign with HS256: with published keys it is ES256 or RS256",
    ),
    "a key's algorithm for a secret": (
        [SECRET | {"algorithms": ["RS256"]}],
        "no. 1 cannot sign with RS256: with a secret it is HS256",
    ),
    "both": ([SECRET | {"jwks_url": "https://a.b/c"}], "no. 1 has both secret and jwks_url"),
    "the same twice": ([CLERK, SECRET, CLERK], "https://clerk.example.com is named twice"),
    "ourselves": ([SECRET | {"issuer": "rekindle"}], "rekindle is named twice"),
    "a short secret": ([CLERK, SECRET | {"secret": "short"}], "no. 2 secret must have 32 characters or more"),
    "an empty secret": ([SECRET | {"secret": ""}], "no. 1 secret must have 32 characters or more"),
    "a key for a secret": (
        [SECRET | {"secret": json.dumps(SigningKey("ES256", 1).jwk)}],
        "no. 1 secret is a key, not a secret",
    ),
    "keys anybody could change": ([CLERK | {"jwks_url": "http://a.b/c"}], "no. 1 jwks_url must begin with https://"),
    "keys from a file": ([CLERK | {"jwks_url": "file:///etc/passwd"}], "no. 1 jwks_url must begin with https://"),
    "keys from nowhere": ([CLERK | {"jwks_url": "https://"}], "no. 1 jwks_url must begin with https://"),
    "keys from a name like loopback": ([CLERK | {"jwks_url": "http://localhost.evil.com"}], "no. 1 jwks_url must"),
    "no way to the keys": ([{"issuer": "clerk"}], "no. 1 needs a secret, a jwks_url, or an https address"),
    "an issuer without a lock": ([{"issuer": "http://clerk.example.com"}], "no. 1 needs a secret, a jwks_url, or"),
    "a setting nobody knows": ([CLERK | {"jwks": "https://a.b/c"}], "no. 1 jwks Extra inputs are not permitted"),
}


@pytest.mark.parametrize("fault", WRONG)
def test_what_cannot_be_is_told_in_a_sentence(fault: str) -> None:
    providers, words = WRONG[fault]
    with pytest.raises(SettingsError) as wrong:
        read(*providers)
    [sentence] = str(wrong.value).splitlines()
    assert sentence.startswith(f"REKINDLE_ISSUERS: {words}") and sentence.endswith(".")
    assert SECRET["secret"] not in sentence


@pytest.mark.parametrize("text", ["clerk", "[", "{}", "7", '["clerk"]'])
def test_what_is_no_list_is_told_too(text: str) -> None:
    with pytest.raises(SettingsError, match=r"^REKINDLE_ISSUERS: .+\.$"):
        read_settings(issuers=text)


async def test_the_doctor_asks_every_provider() -> None:
    async with open_provider(SigningKey("RS256", 1)) as provider:
        [shared, ours] = read(SECRET, {"issuer": provider.issuer, "algorithms": ["RS256"]})
        assert await describe(shared) == (True, f"{SECRET['issuer']}, by a secret we share")
        assert await describe(ours) == (True, f"{provider.issuer}, with the keys it publishes (RS256-1)")
        provider.feel(Mood.FAILING)
        is_well, finding = await describe(ours)
        assert not is_well and "answers 503" in finding
        provider.feel(Mood.WELL)
        provider.publish(SigningKey("ES256", 1))
        assert await describe(ours) == (False, f"{provider.issuer}: {provider.url} lists no key for RS256")
