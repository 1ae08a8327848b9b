"""Redis as the processes use it: a channel for each organization, on which the relay tells how far its feed is."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from uuid import UUID

from redis.asyncio import Redis
from redis.asyncio.connection import AbstractConnection
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from domain.troubles import Trouble

_PATIENCE_SECONDS = 2.0


def is_address(url: str) -> bool:
    """Whether a client could be made of it. Connects to nothing."""
    try:
        Exchange(_client(url)).connection()
    except (TypeError, ValueError):
        return False
    return url.startswith(("redis://", "rediss://"))


@asynccontextmanager
async def open_exchange(url: str) -> AsyncIterator["Exchange"]:
    """Connects when first asked to say something: a Redis that is away keeps no process from starting."""
    client = _client(url)
    try:
        yield Exchange(client)
    finally:
        await client.aclose()


def _client(url: str) -> Redis:
    return Redis.from_url(
        url,
        protocol=2,  # in which everything that comes is an answer or a message, in order
        retry=Retry(NoBackoff(), 1),  # at once, for a connection that was cut while idle; who asks tries again later
        # Whoever says something limits it with asyncio.timeout: under Python 3.11 the client's own limit on sending,
        # asyncio.wait_for, can swallow a cancellation, and the process would never stop.
        socket_timeout=None,
        socket_connect_timeout=_PATIENCE_SECONDS,
        socket_keepalive=True,
    )


class Exchange:
    """What is said between processes. Everything raises a Trouble where Redis does not answer in time."""

    def __init__(self, client: Redis) -> None:
        self._client = client
        # What Redis publishes is heard in all its numbered databases; the names keep them apart.
        self._prefix = f"rekindle:{client.connection_pool.connection_kwargs.get('db', 0)}:"
        self.pulse = f"{self._prefix}relay"

    def connection(self) -> AbstractConnection:
        """A connection outside the pool, not yet connected, whose owner closes it."""
        made: AbstractConnection = self._client.connection_pool.make_connection()  # type: ignore[no-untyped-call]
        return made

    def name(self, organization: str) -> str:
        return self._prefix + organization

    def organization(self, name: str) -> UUID | None:
        """The organization a channel belongs to; None where it belongs to none of ours."""
        try:
            return UUID(name.removeprefix(self._prefix)) if name.startswith(self._prefix) else None
        except ValueError:
            return None

    async def ping(self) -> None:
        async with _answered():
            await self._client.ping()

    async def beat(self) -> None:
        """Tells everybody that there is a relay."""
        async with _answered():
            await self._client.publish(self.pulse, "")

    async def publish(self, positions: Mapping[UUID, int]) -> None:
        async with _answered(), self._client.pipeline(transaction=False) as pipeline:
            for organization_id, position in positions.items():
                pipeline.publish(self.name(str(organization_id)), position)
            await pipeline.execute()

    async def subscribed(self) -> set[UUID]:
        """The organizations at least one process subscribes to."""
        async with _answered():
            names = await self._client.pubsub_channels(self._prefix + "*")
        return {item for name in names if (item := self.organization(name if isinstance(name, str) else name.decode()))}


@asynccontextmanager
async def _answered() -> AsyncIterator[None]:
    """In time, or a Trouble."""
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            yield
    except (RedisError, OSError) as error:
        raise Trouble(f"Redis cannot be reached: {error or type(error).__name__}") from error
