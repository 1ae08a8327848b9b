"""Links that open one thing for a while, signed so that nobody can make another."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import UUID


class Purpose(StrEnum):
    UPLOAD = "uploads"
    OUTCOME = "outcomes"
    EXPORT = "exports"
    UNSUBSCRIBE = "unsubscribe"


@dataclass(frozen=True, slots=True)
class Link:
    """An address, and until when it opens something."""

    url: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Links:
    """Made and read with one secret. What a link is for is signed too, so that none opens another door."""

    secret: str
    origin: str

    def make(self, purpose: Purpose, organization_id: UUID, id: UUID, lifetime: timedelta) -> Link:
        ends = datetime.now(UTC).replace(microsecond=0) + lifetime
        said = f"{organization_id.hex}.{id.hex}.{int(ends.timestamp())}"
        return Link(f"{self.origin}/{purpose}/{said}.{self._sign(purpose, said)}", ends)

    def read(self, purpose: Purpose, token: str) -> tuple[UUID, UUID] | None:
        """The organization and the thing; None where the link was not made here, or has ended."""
        said, _, signature = token.rpartition(".")
        if not hmac.compare_digest(self._sign(purpose, said).encode(), signature.encode(errors="replace")):
            return None
        organization, id, ends = said.split(".")
        return (UUID(organization), UUID(id)) if int(ends) > datetime.now(UTC).timestamp() else None

    def _sign(self, purpose: Purpose, said: str) -> str:
        return hmac.new(self.secret.encode(), f"{purpose} {said}".encode(errors="replace"), hashlib.sha256).hexdigest()
