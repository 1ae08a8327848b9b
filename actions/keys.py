"""API keys: how programs are let in."""

from datetime import UTC, datetime
from uuid import UUID

from actions.datasets import check_datasets
from db.session import Session
from domain.ids import new_id
from domain.people import Permission, Rights
from domain.refusals import bad_input, not_found
from domain.texts import check_characters
from domain.tokens import hash_token, new_token

KEY_PREFIX = "rk_"
_LONGEST_NAME = 100


async def create_api_key(
    session: Session,
    name: str,
    permissions: frozenset[Permission],
    expires_at: datetime | None = None,
    dataset_ids: frozenset[UUID] | None = None,
) -> tuple[UUID, str]:
    """Makes a key for a program, which sees only leads of these datasets (None: every lead).

    Answers its id and the key itself, the only time it is seen.
    """
    session.actor.require(Permission.KEYS_WRITE)
    session.actor.require_cover(Rights(permissions=permissions, dataset_ids=dataset_ids))
    await check_datasets(session, dataset_ids or (), "allowedDatasetIds")
    words = check_characters(name.strip(), "name")
    if not 1 <= len(words) <= _LONGEST_NAME:
        raise bad_input(f"Say what the key is for, in at most {_LONGEST_NAME} characters.", "name")
    if not permissions:
        raise bad_input("A key without permissions opens nothing: name at least one.", "permissions")
    if expires_at and expires_at <= datetime.now(UTC):
        raise bad_input("This key would have expired before it is made.", "expiresAt")
    key_id = new_id()
    key = new_token(KEY_PREFIX, session.actor.organization_id)
    given = (key_id, words, key[-6:], hash_token(key), sorted(permissions), expires_at, dataset_ids is not None)
    await session.execute("people", "add_api_key", *given)
    if dataset_ids:
        await session.rows("people", "limit_api_key", key_id, dataset_ids)
    return key_id, key


async def revoke_api_key(session: Session, key_id: UUID) -> UUID:
    """Whoever uses it is sent away within a second. Revoking it again changes nothing."""
    session.actor.require(Permission.KEYS_WRITE)
    if not await session.value("people", "revoke_api_key", key_id):
        raise not_found("API key", "apiKeyId")
    return key_id
