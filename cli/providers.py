"""REKINDLE_ISSUERS: the identity providers whose tokens are good here, each with its keys and its rules."""

import json
from collections import Counter
from collections.abc import Sequence
from ipaddress import ip_address
from urllib.parse import urlsplit

import jwt
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from gateways.jwks import ALGORITHMS as BY_KEYS

_BY_SECRET = frozenset({"HS256"})
_SHORTEST_SECRET = 32
_WELL_KNOWN = "/.well-known/jwks.json"


class Provider(BaseModel):
    """One issuer: its tokens are signed either with keys that it publishes, or with a secret it shares with us."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    issuer: str = Field(min_length=1)
    jwks_url: str | None = None
    secret: str | None = Field(None, repr=False)
    algorithms: tuple[str, ...] = ()
    audience: str | None = Field(None, min_length=1)
    authorized_parties: frozenset[str] = frozenset()
    trusts_email: bool = False

    @field_validator("jwks_url")
    @classmethod
    def _is_safe(cls, url: str | None) -> str | None:
        if url and not is_safe(url):
            raise ValueError("must begin with https:// (http:// is for loopback only)")
        return url

    @field_validator("secret")
    @classmethod
    def _is_strong(cls, secret: str | None) -> str | None:
        if secret is not None and len(secret) < _SHORTEST_SECRET:
            raise ValueError(f"must have {_SHORTEST_SECRET} characters or more")
        if secret is not None and _is_key(secret):
            raise ValueError("is a key, not a secret: give the address of the published keys as jwks_url")
        return secret

    @model_validator(mode="after")
    def _is_of_one_kind(self) -> "Provider":
        if self.secret and self.jwks_url:
            raise ValueError("has both secret and jwks_url: tokens are signed with one or the other")
        if not self.secret and not is_safe(self.keys_url):
            raise ValueError(f"needs a secret, a jwks_url, or an https address as issuer (its keys: {self.keys_url})")
        possible = _BY_SECRET if self.secret else BY_KEYS
        if wrong := sorted(set(self.algorithms) - possible):
            how = "a secret" if self.secret else "published keys"
            raise ValueError(f"cannot sign with {' or '.join(wrong)}: with {how} it is {_either(possible)}")
        return self

    @property
    def keys_url(self) -> str:
        return self.jwks_url or self.issuer.rstrip("/") + _WELL_KNOWN

    @property
    def signs_with(self) -> tuple[str, ...]:
        """Fixed here, so that no token can choose: those named, or all that such keys can be used for."""
        return self.algorithms or tuple(sorted(_BY_SECRET if self.secret else BY_KEYS))


def read_json(text: object) -> object:
    """What the setting's text says; anything else (in tests) is taken as it is."""
    if not isinstance(text, str):
        return text
    try:
        return json.loads(text or "[]")
    except ValueError as error:
        raise ValueError(f"is not JSON ({error})") from None


def check_distinct(providers: Sequence[Provider], ours: str) -> None:
    """Two sets of rules for one issuer would let a token choose the weaker."""
    named = Counter([ours, *(provider.issuer for provider in providers)])
    for name, times in named.items():
        if times > 1:
            raise ValueError(f"REKINDLE_ISSUERS: {name} is named twice (REKINDLE_JWT_ISSUER counts): name it once")


def is_safe(url: str) -> bool:
    """Whether nobody on the way can put other keys in the place of the provider's."""
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and (
            parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(parts.hostname or ""))
        )
    except ValueError:
        return False


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _is_key(secret: str) -> bool:
    """PyJWT takes no published key for a secret; better said at the start than at the first token."""
    try:
        jwt.encode({}, secret, "HS256")
    except jwt.InvalidKeyError:
        return True
    return False


def _either(names: frozenset[str]) -> str:
    return " or ".join(sorted(names))
