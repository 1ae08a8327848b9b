"""Credentials: what an organization gives us to act elsewhere in its name."""

import json
import re
from collections.abc import Mapping
from enum import StrEnum

from domain.linkedin import SECRETS as PHANTOM_SECRETS
from domain.refusals import bad_input
from domain.texts import check_characters


class CredentialKind(StrEnum):
    INTEGRATION = "INTEGRATION"
    SOCIAL = "SOCIAL"
    SECRET = "SECRET"


class CredentialProvider(StrEnum):
    GMAIL = "GMAIL"
    OUTLOOK = "OUTLOOK"
    LINKEDIN = "LINKEDIN"
    PHANTOMBUSTER = "PHANTOMBUSTER"
    ZOOMINFO = "ZOOMINFO"
    APOLLO = "APOLLO"
    TWILIO = "TWILIO"
    SMTP = "SMTP"
    CAL = "CAL"
    TWITTER = "TWITTER"
    FACEBOOK = "FACEBOOK"
    INSTAGRAM = "INSTAGRAM"
    OTHER = "OTHER"


_SOCIAL = frozenset(
    {
        CredentialProvider.TWITTER,
        CredentialProvider.FACEBOOK,
        CredentialProvider.INSTAGRAM,
        CredentialProvider.LINKEDIN,
    }
)
_OTHER = frozenset({CredentialProvider.OTHER})
PROVIDERS_BY_KIND = {
    CredentialKind.INTEGRATION: (frozenset(CredentialProvider) - _SOCIAL - _OTHER) | {CredentialProvider.LINKEDIN},
    CredentialKind.SOCIAL: _SOCIAL,
    CredentialKind.SECRET: _OTHER,
}

LARGEST_VALUE = 16 * 1024  # bytes of all secrets of a credential together, with their names
_LONGEST_NAME, _MOST_SECRETS = 100, 20
_SECRET_NAME = re.compile(r"[a-z][a-z0-9_]{0,49}")
ONLY = "value"  # how the one text of a SECRET is called
WEBHOOK_SECRET = "webhook_secret"  # how the one is called that a provider signs its webhooks with
# Which of several secrets people tell a credential by, the first there is.
_TOLD_BY = ("access_token", "api_key", "auth_token", "password", "refresh_token", ONLY)
_SHOWN, _SHORTEST_SHOWN = 4, 16


def check_provider(kind: CredentialKind, provider: CredentialProvider) -> None:
    if provider not in PROVIDERS_BY_KIND[kind]:
        possible = ", ".join(sorted(PROVIDERS_BY_KIND[kind]))
        raise bad_input(f"A credential of kind {kind} is for one of these: {possible}.", "provider")


def check_name(name: str) -> str:
    words = check_characters(name.strip(), "name")
    if not 1 <= len(words) <= _LONGEST_NAME:
        raise bad_input(f"Give the credential a name of at most {_LONGEST_NAME} characters.", "name")
    return words


def check_secrets(kind: CredentialKind, secrets: list[tuple[str, str]]) -> dict[str, str]:
    """The secrets by their names. What is refused is told without a value."""
    names = [name for name, _ in secrets]
    if kind is CredentialKind.SECRET and names != [ONLY]:
        raise bad_input(f"A credential of kind SECRET holds one secret, called {ONLY}.", "secrets")
    if not 1 <= len(names) <= _MOST_SECRETS:
        raise bad_input(f"A credential holds 1 to {_MOST_SECRETS} secrets.", "secrets")
    if len(set(names)) < len(names):
        raise bad_input("Two of the secrets have the same name.", "secrets")
    if not all(_SECRET_NAME.fullmatch(name) for name in names):
        raise bad_input("A secret is called like access_token: lower-case letters, digits and underscores.", "secrets")
    if not all(value for _, value in secrets):
        raise bad_input("One of the secrets is empty.", "secrets")
    return dict(secrets)


def check_provided(provider: CredentialProvider, secrets: Mapping[str, str]) -> None:
    """What is used by name must be there by name."""
    missing = [name for name in PHANTOM_SECRETS if name not in secrets]
    if provider is CredentialProvider.PHANTOMBUSTER and missing:
        raise bad_input(f"A credential of PHANTOMBUSTER also holds: {', '.join(missing)}.", "secrets")


def write_secrets(secrets: Mapping[str, str]) -> bytes:
    """As somebody hands them in to be sealed."""
    written = encode_secrets(secrets)
    if len(written) > LARGEST_VALUE:
        raise bad_input(f"The secrets have {len(written)} bytes; at most {LARGEST_VALUE} can be kept.", "secrets")
    return written


def encode_secrets(secrets: Mapping[str, str]) -> bytes:
    """As they are sealed, whatever their size; every character survives, half ones too."""
    return json.dumps(secrets, ensure_ascii=False).encode("utf-8", "surrogatepass")


def read_secrets(written: bytes) -> dict[str, str]:
    found: dict[str, str] = json.loads(written.decode("utf-8", "surrogatepass"))
    return found


def last_characters(secrets: Mapping[str, str]) -> str:
    """What people tell a credential by; empty where the secret is so short that its end would give it away."""
    main = next((secrets[name] for name in _TOLD_BY if name in secrets), next(iter(secrets.values())))
    end = main[-_SHOWN:]
    return end if len(main) >= _SHORTEST_SHOWN and end.isascii() and end.isprintable() else ""
