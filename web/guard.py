"""The guard: sockets outlive the request that opened them, so it looks twice a second who may no longer be there."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

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

    def cut(self) -> None:
        """Ends at once, for one who does not read the farewell."""


class Guard:
    """Knows every open socket, and closes those of callers who were sent away, or whose rights have changed."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._unnamed: dict[Guarded, Context] = {}  # who have not said yet who they are
        self._present: dict[Actor, set[Guarded]] = {}  # a socket stays with the caller who opened it
        self._asked: list[list[Any]] = []  # the question about who is present, until that changes

    @contextmanager
    def watching(self, socket: Guarded, context: Context) -> Iterator[None]:
        self._unnamed[socket] = context
        try:
            yield
        finally:
            self._unnamed.pop(socket, None)
            if context.actor:
                self._miss(socket, context.actor)

    async def run(self) -> None:
        while True:
            await asyncio.sleep(_ROUND_SECONDS)
            try:
                await self._look()
            except Trouble as trouble:
                log.warning("guard is waiting for the database", reason=str(trouble))

    async def _look(self) -> None:
        self._name()
        if not self._present:
            return
        if not self._asked:
            asked = [(actor.organization_id, actor.member_id, actor.api_key_id, actor.stamp) for actor in self._present]
            self._asked = [list(column) for column in zip(*asked, strict=True)]
        rows = await self._database.look_up("find_unwelcome", *self._asked)
        unwelcome = {(row["organization_id"], row["caller_id"]) for row in rows}
        gone = [actor for actor in self._present if unwelcome and _key(actor) in unwelcome]
        sockets = [socket for actor in gone for socket in self._present.pop(actor)]
        if gone:
            self._asked = []
        await asyncio.gather(*map(_send_away, sockets))

    def _name(self) -> None:
        for socket, context in tuple(self._unnamed.items()):
            if context.actor:
                del self._unnamed[socket]
                if context.actor not in self._present:
                    self._asked = []
                self._present.setdefault(context.actor, set()).add(socket)

    def _miss(self, socket: Guarded, actor: Actor) -> None:
        sockets = self._present.get(actor, set())
        sockets.discard(socket)
        if not sockets and self._present.pop(actor, None) is not None:
            self._asked = []


async def _send_away(socket: Guarded) -> None:
    """One that does not read its farewell must not keep the others waiting, nor stay."""
    try:
        async with asyncio.timeout(_FAREWELL_SECONDS):
            await socket.close(FORBIDDEN, "Forbidden")
    except TimeoutError:
        socket.cut()


def _key(actor: Actor) -> tuple[object, object]:
    return actor.organization_id, actor.member_id or actor.api_key_id
