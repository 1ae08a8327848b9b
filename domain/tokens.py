"""Secrets that are shown once: they name their organization, and only their SHA-256 is kept."""

import hashlib
import secrets
from uuid import UUID


def new_token(prefix: str, organization_id: UUID) -> str:
    return f"{prefix}{organization_id.hex}_{secrets.token_urlsafe(32)}"


def hash_token(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def organization_of(token: str, prefix: str) -> UUID | None:
    """The organization a token claims to belong to; its hash has yet to prove it."""
    try:
        return UUID(hex=token.removeprefix(prefix).split("_", 1)[0])
    except ValueError:
        return None
