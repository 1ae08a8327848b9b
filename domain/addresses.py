"""Addresses that must be known again without being kept."""

import hashlib
from uuid import UUID

from domain.conversations import Channel


def address_hash(organization_id: UUID, channel: Channel, address: str) -> bytes:
    """SHA-256 over organization, channel and normalized address: the same one in two organizations looks different."""
    return hashlib.sha256(f"{organization_id}:{channel}:{address}".encode()).digest()
