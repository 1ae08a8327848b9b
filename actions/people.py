"""Organizations and who acts in them."""

import hashlib
import secrets
from datetime import datetime
from uuid import UUID

from db.session import Session
from domain.ids import new_id
from domain.leads import normalize_phone
from domain.people import LeadScope, Permission, Role, usual_scope

DEFAULT_BLACKLIST = ["guarantee", "guaranteed", "risk-free", "no obligation", "act now", "last chance", "cheap"]
KEY_PREFIX = "rk_"


async def add_organization(
    session: Session, slug: str, name: str, *, country: str = "GB", time_zone: str = "Europe/London"
) -> UUID:
    """Makes the organization the session acts for; its id is the actor's."""
    await session.execute("people", "add_organization", slug, name, country, time_zone, DEFAULT_BLACKLIST)
    await session.execute("analytics", "add_event_counter")
    return session.actor.organization_id


async def add_member(
    session: Session, user_id: UUID, name: str, email: str, role: Role, scope: LeadScope | None = None
) -> UUID:
    """With the scope that is usual for the role unless told otherwise."""
    member_id, scope = new_id(), scope or usual_scope(role)
    await session.execute("people", "add_member", member_id, user_id, name, email.lower(), role, scope)
    return member_id


async def add_phone_number(session: Session, number: str) -> str:
    """Registers a number to send from. What came for it while nobody had it is taken over, and then worked off."""
    normalized = normalize_phone(number)
    await session.execute("people", "add_phone_number", new_id(), normalized)
    await session.value("people", "adopt_webhooks", normalized)
    return normalized


async def add_api_key(
    session: Session, name: str, permissions: frozenset[Permission], expires_at: datetime | None = None
) -> str:
    """Makes a key for a program and returns it, the only time it is seen."""
    key = f"{KEY_PREFIX}{session.actor.organization_id.hex}_{secrets.token_urlsafe(32)}"
    await session.execute(
        "people", "add_api_key", new_id(), name, key[-6:], hash_key(key), sorted(permissions), expires_at
    )
    return key


def hash_key(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()


def organization_of_key(key: str) -> UUID | None:
    """The organization a key claims to belong to; its hash has yet to prove it."""
    try:
        return UUID(hex=key.removeprefix(KEY_PREFIX).split("_", 1)[0])
    except ValueError:
        return None
