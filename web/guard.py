"""The guard: sockets outlive the request that opened them, so it looks twice a second who may no longer be there."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Protocol

import structlog

from db.database import Database
from domain.people import Actor
from domain.troubles import Trouble
from resolvers.context import Context

log = structlog.get_logger()
_ROUND_SECONDS = 0.5
_FAREWELL_SECONDS = 0.5
FORBIDDEN = 4403


class Guarded(Protocol):
    async def close(self, code: int, reason: str) -> None: ...


class Guard:
    """Knows every open socket, and closes those of callers who were sent away, or whose rights have changed."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._present: dict[Guarded, Context] = {}

    @contextmanager
    def watching(self, socket: Guarded, context: Context) -> Iterator[None]:
        self._present[socket] = context
        try:
            yield
        finally:
            self._present.pop(socket, None)

    async def run(self) -> None:
        while True:
            await asyncio.sleep(_ROUND_SECONDS)
            try:
                await self._look()
            except Trouble as trouble:
                log.warning("guard is waiting for the database", reason=str(trouble))

    async def _look(self) -> None:
        actors = {context.actor for context in self._present.values() if context.actor}
        if not actors:
            return
        asked = [(actor.organization_id, actor.member_id, actor.api_key_id, actor.stamp) for actor in actors]
        rows = await self._database.look_up("find_unwelcome", *map(list, zip(*asked, strict=True)))
        unwelcome = {(row["organization_id"], row["caller_id"]) for row in rows}
        gone = [
            socket for socket, context in self._present.items() if context.actor and _name(context.actor) in unwelcome
        ]
        for socket in gone:
            del self._present[socket]
        await asyncio.gather(*map(_send_away, gone))


async def _send_away(socket: Guarded) -> None:
    """One that does not read its farewell must not keep the others waiting."""
    with suppress(TimeoutError):
        async with asyncio.timeout(_FAREWELL_SECONDS):
            await socket.close(FORBIDDEN, "Forbidden")


def _name(actor: Actor) -> tuple[object, object]:
    return actor.organization_id, actor.member_id or actor.api_key_id
