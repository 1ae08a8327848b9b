"""A keyring: the keys of one identity provider, kept fresh in the background and found without waiting."""

import asyncio
import time
from collections.abc import Callable

import jwt
import structlog

from gateways.jwks import LONGEST_KEY_ID, Jwks, Keys, KeysUnreachable

log = structlog.get_logger()
Clock = Callable[[], float]  # seconds that only grow

_REFRESH_SECONDS = 240.0  # so that a withdrawn key is refused before five minutes have passed
_FRESH_SECONDS = 270.0  # what nobody has refreshed by then is not used before somebody has tried
_KEPT_SECONDS = 24 * 3600.0  # how long the keys outlive a provider that is down
_PAUSE_SECONDS = 10.0  # between two fetches, whatever tokens say
_RETRY_SECONDS = 30.0  # in the background, while the provider is down
_PATIENCE_SECONDS = 2.0  # how long a token waits for a fetch
_ROUND_SECONDS = 1.0
_NEVER = float("-inf")


class Keyring:
    """Fetches one at a time: before the keys grow old, and at once for a key id nobody knows, but with a pause."""

    def __init__(self, issuer: str, jwks: Jwks, clock: Clock = time.monotonic) -> None:
        self._issuer = issuer
        self._jwks = jwks
        self._clock = clock
        self._keys: Keys = {}
        self._fetched_at = _NEVER  # when the fetch began that brought the keys
        self._asked_at = _NEVER
        self._is_failing = False
        self._fetching: asyncio.Task[None] | None = None

    async def find(self, algorithm: str, key_id: str) -> jwt.PyJWK | None:
        """The key, or None where the provider lists no such; raises KeysUnreachable where no keys are known at all."""
        if not 0 < len(key_id) <= LONGEST_KEY_ID:
            return None  # no provider has such a key, so nobody need be asked
        wanted = (key_id, algorithm)
        if self._is_overdue() or wanted not in self._keys:
            await self._renew()
        if self._age() > _KEPT_SECONDS:
            raise KeysUnreachable(f"The keys of {self._issuer} cannot be fetched now: try again later.")
        return self._keys.get(wanted)

    async def run(self, round_seconds: float = _ROUND_SECONDS) -> None:
        while True:
            if self._is_due():
                self._begin()
            await asyncio.sleep(round_seconds)

    async def close(self) -> None:
        if self._fetching:
            self._fetching.cancel()
            await asyncio.gather(self._fetching, return_exceptions=True)
        await self._jwks.close()

    def _age(self) -> float:
        return self._clock() - self._fetched_at

    def _is_due(self) -> bool:
        wait = _RETRY_SECONDS if self._is_failing else _REFRESH_SECONDS
        return self._clock() - max(self._fetched_at, self._asked_at) >= wait

    def _is_overdue(self) -> bool:
        """While the provider is down nobody waits for it: the background goes on trying."""
        age = self._age()
        return age > _KEPT_SECONDS or (age > _FRESH_SECONDS and not self._is_failing)

    async def _renew(self) -> None:
        """Waits for a fetch, one under way or a new one, unless the last was made a moment ago."""
        if self._fetching is None and self._clock() - self._asked_at >= _PAUSE_SECONDS:
            self._begin()
        if self._fetching is not None:
            # Whoever waits may leave: the fetch is everybody's, and goes on.
            await asyncio.wait({self._fetching}, timeout=_PATIENCE_SECONDS)

    def _begin(self) -> None:
        if self._fetching is None:
            self._asked_at = self._clock()
            self._fetching = asyncio.create_task(self._fetch(self._asked_at))

    async def _fetch(self, now: float) -> None:
        try:
            keys = await self._jwks.fetch()
        except KeysUnreachable as trouble:
            self._is_failing = True
            log.warning("keys cannot be fetched: those known go on", issuer=self._issuer, reason=str(trouble))
        else:
            self._keys, self._fetched_at, self._is_failing = keys, now, False
            if not keys:
                log.warning("an issuer lists no key that may sign: its tokens are refused", issuer=self._issuer)
        finally:
            self._fetching = None
