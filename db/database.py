"""The database as the floors above see it: reads that carry their context, and units of work."""

from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from typing import Any, Literal
from uuid import UUID

import asyncpg
from databases import Database as Pool

from db.refusals import refusals_of_the_database
from db.selection import Statement
from db.session import Session
from db.statements import statement
from domain.analytics import EventKind, Signal
from domain.people import Actor, Visitor
from domain.sealing import KeyRing

_BEGIN = "select begin_work($1, $2, $3, $4, $5)"
_BEGIN_ROUTINE = f"{_BEGIN}, set_config('plan_cache_mode', 'force_generic_plan', true)"
_Isolation = Literal["read_committed", "repeatable_read"]
SERVER_ROLE = "rekindle_app"


class _Connection(asyncpg.Connection):
    """Nothing of a request outlives its transaction, so a connection given back needs no reset, and no trip for it."""

    def get_reset_query(self) -> str:
        return ""


async def _read_json_as_bytes(connection: asyncpg.Connection) -> None:
    """Answers leave as PostgreSQL wrote them: nobody decodes them on the way."""
    await connection.set_type_codec("json", schema="pg_catalog", format="binary", encoder=bytes, decoder=bytes)


def pool_options(timeout_seconds: float) -> dict[str, Any]:
    """How every connection of the server is opened; its role is the one that cannot bypass a policy."""
    return {
        "server_settings": {
            "role": SERVER_ROLE,
            "timezone": "UTC",
            "statement_timeout": str(int(timeout_seconds * 1000)),
            "jit": "off",
        },
        "connection_class": _Connection,
        "init": _read_json_as_bytes,
        "statement_cache_size": 500,
        "max_cacheable_statement_size": 0,  # a deep query is a long statement, and worth preparing all the same
        "max_cached_statement_lifetime": 0,
    }


class Database:
    """Owns the pool.

    `on_commit` hears the organization of every committed unit of work that had something to tell, and of what kinds;
    `on_signal` what was signalled in one. `ring` is what units of work seal with.
    """

    def __init__(
        self,
        url: str,
        pool_size: int = 10,
        timeout_seconds: float = 15,
        ssl: Any = None,
        ring: KeyRing | None = None,
    ) -> None:
        options = pool_options(timeout_seconds) | ({"ssl": ssl} if ssl is not None else {})
        self._pool = Pool(url, min_size=min(2, pool_size), max_size=pool_size, **options)
        self.ring = ring or KeyRing()
        self.on_commit: Callable[[UUID, Collection[EventKind]], None] = lambda organization_id, kinds: None
        self.on_signal: Callable[[Signal], None] = lambda signal: None

    async def connect(self) -> None:
        with refusals_of_the_database():
            await self._pool.connect()

    async def disconnect(self) -> None:
        await self._pool.disconnect()

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[asyncpg.Connection]:
        """A bare connection. Closes over no tenant: for lookups, and for what this module builds on it."""
        with refusals_of_the_database():
            async with self._pool.connection() as held:
                yield held.raw_connection

    async def read(self, actor: Actor, compiled: Statement, values: list[Any]) -> bytes | None:
        """The JSON of a selection, in one round trip."""
        with refusals_of_the_database():
            async with self._pool.connection() as held:
                raw = held.raw_connection
                json: bytes | None = await raw.fetchval(compiled.sql, *_bound(actor, compiled, values))
                return json

    async def read_rows(self, actor: Actor, compiled: Statement, values: list[Any]) -> list[asyncpg.Record]:
        async with self.connection() as connection:
            return await connection.fetch(compiled.sql, *_bound(actor, compiled, values))

    async def look_up(self, name: str, *values: Any) -> list[asyncpg.Record]:
        """Asks one of the lookup functions: what must be known before a tenant is."""
        async with self.connection() as connection:
            return await connection.fetch(statement("lookups", name), *values)

    @asynccontextmanager
    async def work(
        self, actor: Actor, request_id: str = "", *, is_reading: bool = False, is_routine: bool = False
    ) -> AsyncIterator[Session]:
        """A unit of work: commits when the block ends, rolls everything back when it raises.

        One that is reading sees everything as it stood when it began, and may write nothing. One that is routine asks
        by ids and times alone, so that its statements are planned once for all.
        """
        who = (actor.organization_id, actor.member_id, actor.lead_scope, actor.api_key_id, request_id)
        limit = actor.rights.dataset_ids
        isolation: _Isolation = "repeatable_read" if is_reading else "read_committed"
        async with self.connection() as connection, connection.transaction(isolation=isolation, readonly=is_reading):
            if limit is not None:
                await connection.fetchval("select begin_work($1, $2, $3, $4, $5, $6)", *who, limit)
            else:
                await connection.fetchrow(_BEGIN_ROUTINE if is_routine else _BEGIN, *who)
            session = Session(connection, actor, self.ring)
            yield session
            if session.announcements:
                await session.write_announcements()
        if session.announcements:
            self.on_commit(actor.organization_id, {item.kind for item in session.announcements})
        for signal in session.signals:
            self.on_signal(signal)

    @asynccontextmanager
    async def visit(self, visitor: Visitor, request_id: str = "") -> AsyncIterator[Session]:
        """A unit of work of a customer, under a role of the database that sees and changes only what is theirs."""
        who = (visitor.organization_id, visitor.customer_id, request_id)
        async with self.connection() as connection, connection.transaction():
            await connection.fetchval("select begin_visit($1, $2, $3)", *who)
            yield Session(connection, Actor.visiting(visitor))


def _bound(actor: Actor, compiled: Statement, values: list[Any]) -> tuple[Any, ...]:
    """The parameters of a read that brings its context along."""
    limit = actor.rights.dataset_ids
    # A statement written for somebody who sees more would show it.
    assert compiled.of_datasets == (limit is not None), "this statement was written for another sight"
    return (actor.organization_id, actor.member_id, *values, *([] if limit is None else [limit]))
