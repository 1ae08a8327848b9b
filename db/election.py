"""An election: of all processes on one database, one at a time holds an office, as long as its connection lives."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from domain.troubles import Trouble

_STAND_SECONDS = 1.0
_PATIENCE_SECONDS = 5.0
# A holder that hangs, or whose machine is gone without a farewell, would hold the office until TCP gives up, in hours.
# So the server itself ends a session that has not confirmed for this long.
_IDLE = {"idle_session_timeout": "5s"}
# A session's lock, so that it ends with the session. Tried, not waited for: a waiting statement holds back vacuum.
_TRY = "select pg_try_advisory_lock(hashtextextended($1, 0))"

Confirm = Callable[[], Awaitable[None]]


@asynccontextmanager
async def elected(office: str, url: str, channel: str, hear: Callable[[str], None]) -> AsyncIterator[Confirm]:
    """Waits until no other process holds the office; from then on `hear` is told what is said on the channel.

    The holder calls what this yields about once a second: a Trouble says that the office may be another's by now.
    """
    try:
        connection = await asyncpg.connect(url, timeout=_PATIENCE_SECONDS, server_settings=_IDLE)
        try:
            await _win(connection, office)
            await connection.add_listener(channel, _payload_to(hear))
            yield lambda: _confirm(connection)
        finally:
            await connection.close(timeout=1)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError) as error:
        raise Trouble(f"The office of {office} is lost: {error}") from error


def _payload_to(hear: Callable[[str], None]) -> Callable[[Any, int, str, object], None]:
    return lambda _connection, _pid, _channel, payload: hear(str(payload))


async def _win(connection: asyncpg.Connection, office: str) -> None:
    while True:
        if await connection.fetchval(_TRY, office, timeout=_PATIENCE_SECONDS):
            return
        await asyncio.sleep(_STAND_SECONDS)


async def _confirm(connection: asyncpg.Connection) -> None:
    await connection.fetchval("select 1", timeout=_PATIENCE_SECONDS)
