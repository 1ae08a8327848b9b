"""An issuer of tokens: which keys, algorithms and claims make one of theirs good, and what is read from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import jwt
from jwt.utils import base64url_encode

from domain.people import Person

_LEEWAY_SECONDS = 5
_YEAR_3000 = 32_503_680_000  # what ends later ends then: a clock must be able to show it
_LONGEST_SUBJECT = 255


class Rejected(Exception):
    """The credentials are not good; the sentence says what is wrong with them."""


class Keys(Protocol):
    async def find(self, algorithm: str, key_id: str) -> jwt.PyJWK | None:
        """The key that signs so under this id; None where there is none."""


@dataclass(frozen=True, slots=True)
class Secret:
    """One secret, shared with the issuer, whatever id its key may go by."""

    secret: str

    async def find(self, algorithm: str, key_id: str) -> jwt.PyJWK:
        return jwt.PyJWK({"kty": "oct", "k": base64url_encode(self.secret.encode()).decode()}, algorithm)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a good token speaks of, and until when (seconds since 1970)."""

    person: Person
    expires_at: float


@dataclass(frozen=True, slots=True)
class Issuer:
    """Where no audience is set, a token must name none. Where authorized parties are, it must come from one of them."""

    name: str
    algorithms: tuple[str, ...]
    keys: Keys
    audience: str | None = None
    authorized_parties: frozenset[str] = frozenset()
    trusts_email: bool = False

    async def verify(self, token: str, header: Mapping[str, Any]) -> Identity:
        """Believes nothing but the key and the signature. Of the header only algorithm and key id are looked at."""
        algorithm, key_id = header.get("alg"), header.get("kid", "")
        if algorithm not in self.algorithms or not isinstance(key_id, str):
            raise Rejected(f"This token is not signed as {self.name} signs: with {' or '.join(self.algorithms)}.")
        key = await self.keys.find(algorithm, key_id)
        if key is None:
            raise Rejected(f"This token is signed with a key that {self.name} does not list.")
        return self._read(self._decode(token, key))

    def _decode(self, token: str, key: jwt.PyJWK) -> dict[str, Any]:
        try:
            return jwt.decode(
                token,
                key,
                algorithms=self.algorithms,
                issuer=self.name,
                audience=self.audience,
                options={"require": ["exp", "iss", "sub", *(["aud"] if self.audience else [])]},
                leeway=_LEEWAY_SECONDS,
            )
        except jwt.ExpiredSignatureError:
            raise Rejected("This token has expired: sign in again.") from None
        except jwt.PyJWTError as error:
            raise Rejected(f"This token is not valid here: {error}.") from None

    def _read(self, claims: Mapping[str, Any]) -> Identity:
        if self.authorized_parties and _text(claims.get("azp")) not in self.authorized_parties:
            raise Rejected("This token was made for a page that is not one of ours (azp).")
        subject = _text(claims["sub"])
        if not subject or len(subject) > _LONGEST_SUBJECT:
            raise Rejected("This token is not valid here: its subject is no name.")
        # Supabase's user_metadata may claim a verified address too, but its owner can write there what they like.
        is_verified = self.trusts_email or claims.get("email_verified") is True
        email = _text(claims.get("email")) if is_verified else None
        expires_at = float(min(int(claims["exp"]), _YEAR_3000))
        return Identity(Person(self.name, subject, email, _text(claims.get("name"))), expires_at)


def _text(claim: object) -> str | None:
    """What is written in a claim, where it can be printed, stored and compared."""
    return claim if isinstance(claim, str) and claim.strip() and claim.isprintable() else None
