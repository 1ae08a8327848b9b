"""Sealing: AES-256-GCM under a ring of keys, bound to the one place where the sealed value may stand."""

import base64
import binascii
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from domain.refusals import Refusal, RefusalCode
from domain.troubles import Trouble

_VERSION = 1
_KEY_BYTES, _NONCE_BYTES = 32, 12
_KEY_ID = re.compile(r"[A-Za-z0-9._-]{1,32}")


class Unopenable(Trouble):
    """What is kept was not sealed here: it was changed, or stands where it was not sealed for."""


class KeyMissing(Trouble):
    """What is kept was sealed under a key that the ring does not have."""


@dataclass(frozen=True, slots=True)
class Place:
    """Whose value it is, and which one. A sealed value that is moved to another place does not open there."""

    organization_id: UUID
    id: UUID
    field: str

    @property
    def words(self) -> bytes:
        """The ids have a fixed length, so no two places have the same words."""
        return self.organization_id.bytes + self.id.bytes + self.field.encode()


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Keys by their ids. The first seals, all open; without any nothing can be sealed."""

    keys: Mapping[str, bytes] = field(default_factory=dict, repr=False)

    @property
    def first(self) -> str | None:
        return next(iter(self.keys), None)

    def require_key(self) -> str:
        if not self.first:
            raise Refusal(
                RefusalCode.NO_SEALING_KEY,
                "This server has no key to seal credentials with, so it keeps none: set REKINDLE_SEALING_KEYS.",
            )
        return self.first

    def seal(self, place: Place, value: bytes) -> bytes:
        """A version, the key's id with its length before it, the nonce, and the ciphertext with its tag."""
        key_id = self.require_key()
        head = bytes([_VERSION, len(key_id)]) + key_id.encode()
        nonce = os.urandom(_NONCE_BYTES)
        return head + nonce + AESGCM(self.keys[key_id]).encrypt(nonce, value, head + place.words)

    def open(self, place: Place, sealed: bytes) -> bytes:
        key_id, head, rest = _take_apart(sealed)
        if key_id not in self.keys:
            raise KeyMissing(f"This was sealed under the key {key_id}, which REKINDLE_SEALING_KEYS lacks: add it.")
        try:
            return AESGCM(self.keys[key_id]).decrypt(rest[:_NONCE_BYTES], rest[_NONCE_BYTES:], head + place.words)
        except (InvalidTag, ValueError):
            raise Unopenable("This was changed after it was sealed, or was sealed for another place.") from None


def _take_apart(sealed: bytes) -> tuple[str, bytes, bytes]:
    """The key's id, everything before the nonce, and the rest."""
    end = 2 + sealed[1] if len(sealed) > 1 else 0
    key_id = sealed[2:end].decode("latin-1")
    if not end or sealed[0] != _VERSION or len(key_id) != sealed[1] or not _KEY_ID.fullmatch(key_id):
        raise Unopenable("This is nothing that was sealed here.")
    return key_id, sealed[:end], sealed[end:]


def read_key_ring(text: str) -> KeyRing:
    """The ring that `id:base64,id2:base64` describes; what is wrong is told without showing a key."""
    keys: dict[str, bytes] = {}
    for number, entry in enumerate(text.split(","), start=1):
        key_id, _, encoded = entry.strip().partition(":")
        if not _KEY_ID.fullmatch(key_id):
            raise ValueError(f"no. {number} must look like id:key, the id made of letters, digits, dots and hyphens")
        if key_id in keys:
            raise ValueError(f"the id {key_id} is given twice")
        keys[key_id] = _read_key(key_id, encoded)
    return KeyRing(keys)


def _read_key(key_id: str, encoded: str) -> bytes:
    try:
        key = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        key = b""
    if len(key) != _KEY_BYTES:
        raise ValueError(f"the key {key_id} must be the base64 of {_KEY_BYTES} bytes")
    return key


def new_key_ring(key_id: str = "first") -> str:
    """A ring of one random key, as `read_key_ring` reads it."""
    return f"{key_id}:{base64.b64encode(os.urandom(_KEY_BYTES)).decode()}"
