"""Social connections: claimed to be refreshed, what became of it, and their end (S4.4). A worker asks the networks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from actions.credentials import place_of
from db.session import Row, Session
from domain.analytics import EventKind
from domain.credentials import CredentialProvider, encode_secrets, last_characters, read_secrets
from domain.refreshing import LEASE, LONGEST_PAUSE, RefreshFailure, refresh_due
from domain.troubles import Trouble

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Claim:
    """A connection that one worker refreshes; nobody else does before its lease ends.

    `secrets` is None where they do not open. `refreshed_at` tells them from what is stored in their place meanwhile.
    """

    id: UUID
    provider: CredentialProvider
    at: datetime
    refreshed_at: datetime | None
    secrets: Mapping[str, str] | None = field(repr=False)


async def claim_refresh(
    session: Session, providers: Iterable[CredentialProvider], now: datetime | None = None
) -> Claim | None:
    """The organization's next connection that is due, with its attempt counted and the next one timed."""
    at = now or await session.value("credentials", "get_time")
    row = await session.row("credentials", "claim_refresh", at, list(providers), LEASE, LONGEST_PAUSE)
    if row is None:
        return None
    return Claim(row["id"], CredentialProvider(row["provider"]), at, row["refreshed_at"], _opened(session, row))


def _opened(session: Session, row: Row) -> Mapping[str, str] | None:
    try:
        return read_secrets(session.ring.open(place_of(session, row["id"]), row["sealed"]))
    except Trouble as trouble:
        log.warning("a credential does not open", credential=str(row["id"]), reason=str(trouble))
        return None


async def record_refresh(session: Session, claim: Claim, tokens: Mapping[str, str], lives: timedelta) -> bool:
    """Keeps the new tokens beside what else was stored; False where somebody has replaced or deleted that meanwhile."""
    kept = {**(claim.secrets or {}), **tokens}
    sealed = session.ring.seal(place_of(session, claim.id), encode_secrets(kept))
    expires_at = claim.at + lives
    due = max(refresh_due(claim.at, expires_at), claim.at + LEASE)  # tokens of seconds are not asked for without end
    value = (sealed, session.ring.require_key(), last_characters(kept), expires_at, due)
    return bool(await session.value("credentials", "record_refresh", claim.id, claim.refreshed_at, *value))


async def record_refresh_failure(session: Session, claim: Claim, failure: RefreshFailure) -> None:
    """It is tried again later; but where the network refuses for good, this is the end."""
    if failure is not RefreshFailure.REFUSED:
        await session.execute("credentials", "record_refresh_failure", claim.id, claim.refreshed_at, failure)
    elif await session.value("credentials", "end_refused", claim.id, claim.refreshed_at):
        session.announce(EventKind.CREDENTIAL_EXPIRED, subject_id=claim.id)


async def end_expired(session: Session, now: datetime | None = None) -> int:
    """Connections whose time is up are switched off, and that is told; how many there were."""
    at = now or await session.value("credentials", "get_time")
    ended = await session.rows("credentials", "end_expired", at, at - LEASE)
    for row in ended:
        session.announce(EventKind.CREDENTIAL_EXPIRED, subject_id=row["id"])
    return len(ended)
