"""The subscriptions of this process at Redis: a backend of `broadcaster` that mends itself and never goes deaf unseen.

It keeps one connection for as long as it lives and then another, instead of redis-py's `PubSub`, which reconnects by
itself in the middle of a call: a channel being subscribed just then is forgotten, and nobody is told.
"""

import asyncio
import random
from collections.abc import Callable, Coroutine
from typing import Any
from uuid import UUID

import structlog
from broadcaster import Event
from broadcaster._backends.base import BroadcastBackend
from redis.asyncio.connection import AbstractConnection
from redis.exceptions import RedisError

from realtime.redis import Exchange
from realtime.waking import woken

log = structlog.get_logger()
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.1, 2.0
_PING_SECONDS = 1.0  # of silence, after which Redis is asked whether it is there
_SILENCE_SECONDS = 3.0  # after which it is not


class RedisBackend(BroadcastBackend):
    """Hears the channels asked for. What this process publishes stays within it: only the relay speaks to others.

    `on_gap` is told of organizations whose news may have been missed: of each as often as its subscription begins.
    """

    def __init__(self, exchange: Exchange) -> None:
        self.on_gap: Callable[[set[UUID]], None] = lambda organizations: None
        self._exchange = exchange
        self._wanted: set[str] = set()
        self._changed = asyncio.Event()
        self._news: asyncio.Queue[Event] = asyncio.Queue()
        self._heard_at = self._pulse_at = float("-inf")

    def is_relayed(self) -> bool:
        """Whether news comes this way: the relay's pulse was felt a moment ago."""
        return _now() - self._pulse_at < _SILENCE_SECONDS

    async def connect(self) -> None:
        """Nothing yet: `run` does."""

    async def disconnect(self) -> None:
        """Nothing any more: `run` has ended."""

    async def subscribe(self, channel: str) -> None:
        self._wanted.add(self._exchange.name(channel))
        self._changed.set()

    async def unsubscribe(self, channel: str) -> None:
        self._wanted.discard(self._exchange.name(channel))
        self._changed.set()

    async def publish(self, channel: str, message: Any) -> None:
        self._news.put_nowait(Event(channel, message))

    async def next_published(self) -> Event:
        return await self._news.get()

    async def run(self) -> None:
        """Until cancelled. A connection that was of use is followed by the next at once, others after a pause."""
        pause = _FIRST_PAUSE_SECONDS
        while True:
            begun = _now()
            try:
                await self._attend()
            except (RedisError, OSError) as lost:
                log.warning("Redis lost; reconnecting", reason=str(lost))
            pause = _FIRST_PAUSE_SECONDS if self._heard_at > begun else min(2 * pause, _LONGEST_PAUSE_SECONDS)
            await asyncio.sleep(pause * random.uniform(0.5, 1))  # not all processes at once

    async def _attend(self) -> None:
        """One connection, for as long as it lives."""
        connection = self._exchange.connection()
        try:
            await connection.connect()  # type: ignore[no-untyped-call]
            await _either(self._keep(connection), self._hear(connection))
        finally:
            self._pulse_at = float("-inf")
            await connection.disconnect(nowait=True)

    async def _keep(self, connection: AbstractConnection) -> None:
        """Asks for what is wanted, and finds out when nobody answers."""
        asked: set[str] = set()
        since = _now()
        while True:
            self._changed.clear()
            wanted = self._wanted | {self._exchange.pulse}
            if asked - wanted:
                await _say(connection, "UNSUBSCRIBE", *asked - wanted)
            if wanted - asked:
                await _say(connection, "SUBSCRIBE", *wanted - asked)
            asked = wanted
            await self._check(connection, since)
            await woken(self._changed, _PING_SECONDS)

    async def _check(self, connection: AbstractConnection, since: float) -> None:
        silence = _now() - max(since, self._heard_at)
        if silence > _SILENCE_SECONDS:
            raise TimeoutError(f"nothing heard for {silence:.0f} seconds")
        if silence > _PING_SECONDS:
            await _say(connection, "PING")

    async def _hear(self, connection: AbstractConnection) -> None:
        while True:
            answer = await connection.read_response(timeout=float("inf"))
            self._heard_at = _now()
            match answer:
                case [b"message", bytes(name), bytes(text)]:
                    self._take(name.decode(), text)
                case [b"subscribe", bytes(name), _]:
                    self._tell_of_gap(name.decode())

    def _take(self, name: str, text: bytes) -> None:
        organization_id = self._exchange.organization(name)
        if name == self._exchange.pulse:
            self._pulse_at = _now()
        elif organization_id and text.isdigit():
            self._news.put_nowait(Event(str(organization_id), text.decode()))

    def _tell_of_gap(self, name: str) -> None:
        # What was published before this moment was not heard.
        if organization_id := self._exchange.organization(name):
            self.on_gap({organization_id})


async def _say(connection: AbstractConnection, *words: str) -> None:
    async with asyncio.timeout(_SILENCE_SECONDS):  # a line that takes nothing more would hold up the check
        await connection.send_command(*words, check_health=False)


async def _either(*coroutines: Coroutine[Any, Any, None]) -> None:
    """Until one of them ends. No task group: one that is cancelled as a task of it fails tells of the failure alone."""
    tasks = [asyncio.create_task(item) for item in coroutines]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        done.pop().result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _now() -> float:
    return asyncio.get_running_loop().time()
