"""LISTEN on a connection of its own, mended when it breaks."""

import asyncio
from collections.abc import Callable
from typing import Any

import asyncpg
import structlog

log = structlog.get_logger()
_RETRY_SECONDS = 1.0
_CHECK_SECONDS = 5.0


async def listen(url: str, channel: str, hear: Callable[[str], None]) -> None:
    """Calls `hear` with each payload, until cancelled. What is said while the connection is down is not heard again."""
    while True:
        try:
            await _listen_once(url, channel, hear)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            log.warning("listener lost; reconnecting", channel=channel, reason=str(error))
        await asyncio.sleep(_RETRY_SECONDS)


async def _listen_once(url: str, channel: str, hear: Callable[[str], None]) -> None:
    connection = await asyncpg.connect(url)

    def heard(_connection: Any, _pid: int, _channel: str, payload: object) -> None:
        hear(str(payload))

    try:
        await connection.add_listener(channel, heard)
        while not connection.is_closed():
            await connection.fetchval("select 1", timeout=_CHECK_SECONDS)
            await asyncio.sleep(_CHECK_SECONDS)
    finally:
        await connection.close(timeout=1)
