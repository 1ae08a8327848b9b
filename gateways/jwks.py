"""JSON Web Key Sets: what an identity provider publishes, and the keys in it that may have signed a token."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import jwt
import orjson

from domain.troubles import Trouble
from gateways.asking import Asker, NoAnswer

# By key id and algorithm: what a key was published for is fixed before any token is seen.
Keys = Mapping[tuple[str, str], jwt.PyJWK]

LONGEST_KEY_ID = 255  # characters
_LARGEST_ANSWER = 256 * 1024  # bytes
_RSA_BITS = range(2048, 8193)  # a longer one would only be slow
# What a key for the algorithm must say about itself, and the members it is made of.
_MADE_OF = {
    "RS256": ({"kty": "RSA"}, ("n", "e")),
    "ES256": ({"kty": "EC", "crv": "P-256"}, ("x", "y")),
}
ALGORITHMS = frozenset(_MADE_OF)


class KeysUnreachable(Trouble):
    """The provider did not answer with a key set; the sentence says what it did instead."""


class Jwks:
    """The key set at one address."""

    def __init__(self, url: str, algorithms: Sequence[str], timeout_seconds: float = 5) -> None:
        self.url = url
        self._algorithms = tuple(algorithms)
        self._asker = Asker(timeout_seconds, _LARGEST_ANSWER)

    async def fetch(self) -> Keys:
        """The signing keys published now, perhaps none; raises KeysUnreachable."""
        try:
            answer = await self._asker.ask("GET", self.url)
        except NoAnswer as trouble:
            raise KeysUnreachable(f"{self.url} {trouble}") from None
        if answer.status != 200:
            raise KeysUnreachable(f"{self.url} answers {answer.status}")
        return self._read(answer.body)

    async def close(self) -> None:
        await self._asker.close()

    def _read(self, body: bytes) -> Keys:
        try:
            published = orjson.loads(body)["keys"]
        except (orjson.JSONDecodeError, KeyError, TypeError):
            published = None
        if not isinstance(published, list):
            raise KeysUnreachable(f"{self.url} answers something that is no key set")
        return signing_keys(published, self._algorithms)


def signing_keys(published: Sequence[object], algorithms: Sequence[str]) -> Keys:
    """Those that may sign with one of the algorithms. What is anything else is passed over."""
    found: dict[tuple[str, str], jwt.PyJWK] = {}
    for entry in published:
        if isinstance(entry, dict) and (key_id := _key_id(entry)):
            for algorithm, key in _keys_in(entry, algorithms):
                found.setdefault((key_id, algorithm), key)
    return found


def _key_id(entry: Mapping[str, Any]) -> str | None:
    key_id = entry.get("kid")
    return key_id if isinstance(key_id, str) and len(key_id) <= LONGEST_KEY_ID else None


def _keys_in(entry: Mapping[str, Any], algorithms: Sequence[str]) -> Iterator[tuple[str, jwt.PyJWK]]:
    if entry.get("use", "sig") != "sig" or not _may_verify(entry.get("key_ops")):
        return
    if "d" in entry:  # its private half is out: anybody may sign with it
        return
    for algorithm in algorithms:
        if entry.get("alg", algorithm) == algorithm and (key := _key_for(entry, algorithm)):
            yield algorithm, key


def _may_verify(operations: object) -> bool:
    return operations is None or (isinstance(operations, list) and "verify" in operations)


def _key_for(entry: Mapping[str, Any], algorithm: str) -> jwt.PyJWK | None:
    kind, members = _MADE_OF[algorithm]
    taken = {name: entry.get(name) for name in (*kind, *members)}
    if not kind.items() <= taken.items() or not all(isinstance(value, str) for value in taken.values()):
        return None
    try:
        key = jwt.PyJWK(taken, algorithm)
    except (jwt.PyJWTError, ValueError):
        return None
    return key if algorithm != "RS256" or key.key.key_size in _RSA_BITS else None
