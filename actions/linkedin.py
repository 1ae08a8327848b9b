"""What an organization writes over LinkedIn with: its credential of PhantomBuster, opened for the carrier alone."""

from collections.abc import Mapping
from uuid import UUID

import structlog

from actions.credentials import place_of
from db.session import Session
from domain.credentials import CredentialProvider, read_secrets
from domain.linkedin import SECRETS, Phantom, phantom_of
from domain.troubles import Trouble

log = structlog.get_logger()


async def find_account(session: Session) -> str | None:
    """What the organization calls what it writes with; None where there is nothing."""
    found = await _find(session)
    return found[0] if found else None


async def find_phantom(session: Session, message_id: UUID) -> Phantom | None:
    """What carries a message; None where the organization has nothing to write with any more."""
    found = await _find(session)
    if found is None:
        return None
    return phantom_of(found[1], is_invitation=await session.value("sending", "is_invitation", message_id))


async def _find(session: Session) -> tuple[str, Mapping[str, str]] | None:
    """The credential's name and its secrets. What does not open is told to operators alone."""
    row = await session.row("credentials", "find_of_provider", CredentialProvider.PHANTOMBUSTER)
    if row is None:
        return None
    try:
        secrets = read_secrets(session.ring.open(place_of(session, row["id"]), row["sealed"]))
    except Trouble as trouble:
        log.warning("a credential cannot be opened", credential=str(row["id"]), reason=str(trouble))
        return None
    return (row["name"], secrets) if secrets.keys() >= set(SECRETS) else None
