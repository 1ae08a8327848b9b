"""Credentials: sealed when they are stored, opened for gateways alone, and shown to nobody."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import structlog

from db.database import Database
from db.session import Session
from domain.credentials import (
    WEBHOOK_SECRET,
    CredentialKind,
    CredentialProvider,
    check_name,
    check_provided,
    check_provider,
    check_secrets,
    last_characters,
    read_secrets,
    write_secrets,
)
from domain.ids import new_id
from domain.people import Permission
from domain.refreshing import plan_refresh
from domain.refusals import Refusal, RefusalCode, bad_input, not_found
from domain.sealing import Place
from domain.troubles import Trouble

log = structlog.get_logger()
_AT_ONCE = 50
_SLUG = re.compile("[a-z0-9-]{1,63}")


@dataclass(frozen=True, slots=True)
class Naming:
    """What a credential is told by among those of its organization; without an owner it is the organization's."""

    kind: CredentialKind
    provider: CredentialProvider
    name: str
    owner_id: UUID | None = None


async def store_credential(
    session: Session,
    naming: Naming,
    secrets: list[tuple[str, str]],
    expires_at: datetime | None = None,
    expected_version: int | None = None,
) -> UUID:
    """Keeps the secrets under this name, in the place of those that were there."""
    session.actor.require(Permission.CREDENTIALS_WRITE)
    check_provider(naming.kind, naming.provider)
    named = (naming.kind, naming.provider, check_name(naming.name), naming.owner_id)
    kept = check_secrets(naming.kind, secrets)
    check_provided(naming.provider, kept)
    now = datetime.now(UTC)
    if expires_at and expires_at <= now:
        raise bad_input("These secrets have expired already.", "expiresAt")
    if naming.owner_id and not await session.value("people", "is_active_member", naming.owner_id):
        raise not_found("member", "ownerId")
    await session.row("people", "lock_organization")  # of two who store under a new name, one makes and one replaces
    found = await session.row("credentials", "lock_credential_by_name", *named)
    _check_version(expected_version, found["version"] if found else None)
    credential_id = found["id"] if found else new_id()
    sealed = session.ring.seal(place_of(session, credential_id), write_secrets(kept))
    plan = plan_refresh(naming.kind, naming.provider, kept, now, expires_at)
    value = (sealed, session.ring.require_key(), last_characters(kept), expires_at, *plan)
    if found:
        await session.execute("credentials", "replace_credential", credential_id, *value)
    else:
        await session.execute("credentials", "add_credential", credential_id, *named, *value)
    return credential_id


def _check_version(expected: int | None, found: int | None) -> None:
    if expected not in (None, found):
        now = f"it has version {found} now" if found else "there is none under this name"
        raise Refusal(
            RefusalCode.CONFLICT, f"Somebody else has changed this credential: {now}. Read it anew.", "expectedVersion"
        )


async def delete_credential(session: Session, credential_id: UUID) -> UUID:
    session.actor.require(Permission.CREDENTIALS_WRITE)
    if not await session.value("credentials", "delete_credential", credential_id):
        raise not_found("credential", "credentialId")
    return credential_id


async def deactivate_credential(session: Session, credential_id: UUID) -> UUID:
    """It stays, and is not used until it is activated."""
    return await _turn(session, credential_id, is_active=False)


async def activate_credential(session: Session, credential_id: UUID) -> UUID:
    return await _turn(session, credential_id, is_active=True)


async def _turn(session: Session, credential_id: UUID, *, is_active: bool) -> UUID:
    session.actor.require(Permission.CREDENTIALS_WRITE)
    found = await session.row("credentials", "lock_credential", credential_id)
    if found is None:
        raise not_found("credential", "credentialId")
    if is_active and found["is_expired"]:
        raise Refusal(RefusalCode.CONFLICT, "This credential has expired: store it anew.", "credentialId")
    if found["is_active"] != is_active:
        await session.execute("credentials", "turn_credential", credential_id, is_active)
    return credential_id


async def open_credential(session: Session, credential_id: UUID) -> Mapping[str, str]:
    """The secrets, for a gateway that acts with them; they go nowhere else. Reads, and changes nothing."""
    session.actor.require(Permission.CREDENTIALS_WRITE)
    found = await session.row("credentials", "get_sealed", credential_id)
    if found is None:
        raise not_found("credential", "credentialId")
    if found["is_expired"]:
        raise Refusal(RefusalCode.CONFLICT, f"The credential {found['name']} has expired: store it anew.")
    if not found["is_active"]:
        raise Refusal(RefusalCode.CONFLICT, f"The credential {found['name']} is switched off: activate it first.")
    return read_secrets(session.ring.open(place_of(session, credential_id), found["sealed"]))


async def find_signing_secrets(database: Database, provider: CredentialProvider, key: str) -> list[tuple[UUID, str]]:
    """What an organization of this id or slug may have given a provider to sign webhooks with, with the organization.

    Nothing where there is no such organization, or none such secret; what does not open is told to operators alone.
    """
    slug = key if _SLUG.fullmatch(key) else None
    found = []
    for row in await database.look_up("find_signing_credentials", _organization_id(key), slug, provider):
        try:
            secrets = read_secrets(
                database.ring.open(Place(row["organization_id"], row["id"], "sealed"), row["sealed"])
            )
        except Trouble as trouble:
            log.warning("a credential cannot be opened", credential=str(row["id"]), reason=str(trouble))
            continue
        if WEBHOOK_SECRET in secrets:
            found.append((row["organization_id"], secrets[WEBHOOK_SECRET]))
    return found


def _organization_id(key: str) -> UUID | None:
    try:
        return UUID(key.removeprefix("organization_"))
    except ValueError:
        return None


async def reseal_credentials(session: Session, after: UUID) -> tuple[int, UUID | None]:
    """Seals some of the organization's that are under older keys with the first; how many, and where to go on.

    What does not open is left as it is: another key may come, and a damaged one is nobody's to throw away.
    """
    first, resealed, last = session.ring.require_key(), 0, None
    for row in await session.rows("credentials", "lock_sealed_otherwise", first, after, _AT_ONCE):
        last, place = row["id"], place_of(session, row["id"])
        try:
            value = session.ring.open(place, row["sealed"])
        except Trouble as trouble:
            log.warning("a credential cannot be resealed", credential=str(last), reason=str(trouble))
            continue
        await session.execute("credentials", "reseal_credential", last, session.ring.seal(place, value), first)
        resealed += 1
    return resealed, last


def place_of(session: Session, credential_id: UUID) -> Place:
    """Where the value of a credential stands: sealed for there, it opens nowhere else."""
    return Place(session.actor.organization_id, credential_id, "sealed")
