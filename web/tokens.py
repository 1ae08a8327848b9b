"""Tokens: minted with our own secret, and read by the rules of whoever has issued them."""

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jwt

from web.issuers import Identity, Issuer, Rejected, Secret

_ALGORITHM = "HS256"
_LONGEST = 16_384  # characters
_COMPACT = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class TokenRules:
    """How our own tokens are signed: HS256 with one secret, for one audience, by one issuer."""

    secret: str
    issuer: str
    audience: str

    def mint(self, subject: str, lifetime_seconds: int) -> str:
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": self.audience, "sub": subject, "iat": now, "exp": now + lifetime_seconds}
        return jwt.encode(claims, self.secret, algorithm=_ALGORITHM)

    def as_issuer(self) -> Issuer:
        return Issuer(self.issuer, (_ALGORITHM,), Secret(self.secret), self.audience)


class Tokens:
    """Several issuers side by side. The one a token names chooses the rules; by them everything is then verified."""

    def __init__(self, issuers: Sequence[Issuer]) -> None:
        self._issuers = {issuer.name: issuer for issuer in issuers}

    async def read(self, token: str) -> Identity:
        """Raises Rejected, or Trouble where the issuer's keys cannot be fetched."""
        if len(token) > _LONGEST or not _COMPACT.fullmatch(token):
            raise Rejected("This is neither a token nor a key.")
        header, claims = _open(token)
        name = claims.get("iss")
        issuer = self._issuers.get(name) if isinstance(name, str) else None
        if issuer is None:
            raise Rejected(f"This token is by nobody who is trusted here: sign in with {' or '.join(self._issuers)}.")
        return await issuer.verify(token, header)


def _open(token: str) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Header and claims as anybody may have written them."""
    try:
        opened = jwt.decode_complete(token, options={"verify_signature": False})
    except jwt.PyJWTError as error:
        raise Rejected(f"This is no token: {error}.") from None
    return opened["header"], opened["payload"]
