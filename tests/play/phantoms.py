"""PhantomBuster on loopback: it launches agents, one at a time, and has its bad days."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any
from uuid import uuid4

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from cli.demo.door import Door

KEY, INVITER, WRITER = "a key of PhantomBuster", "1111", "2222"


class Mood(Enum):
    """What becomes of the next launch. Some are taken without anybody being told."""

    WELL = auto()
    BUSY = auto()
    USED_UP = auto()
    REFUSING = auto()
    FAILING = auto()
    TAKEN_AND_FAILED = auto()
    TAKEN_AND_CUT = auto()
    TAKEN_AND_SILENT = auto()
    GARBAGE = auto()
    NAMELESS = auto()


_SAID = {
    Mood.BUSY: (429, {"error": "Agent maximum parallelism reached"}),
    Mood.USED_UP: (402, {"error": "You have used up your execution time"}),
    Mood.REFUSING: (400, {"error": "The argument is too big"}),
    Mood.FAILING: (500, {"error": "Internal"}),
    Mood.TAKEN_AND_FAILED: (502, {"error": "Bad gateway"}),
    Mood.NAMELESS: (200, {"queued": True}),
}


@dataclass(frozen=True, slots=True)
class Launch:
    agent_id: str
    argument: dict[str, Any]
    container_id: str


class Phantoms:
    def __init__(self) -> None:
        self.launches: list[Launch] = []
        self.moods: list[Mood] = []
        self.asked = 0
        self._leaves = asyncio.Event()
        self._door = Door(Starlette(routes=[Route("/api/v2/agents/launch", self._launch, methods=["POST"])]))

    @property
    def url(self) -> str:
        return self._door.base_url

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator["Phantoms"]:
        await self._door.open()
        try:
            yield self
        finally:
            self._leaves.set()
            await self._door.shut()

    async def shut(self) -> None:
        await self._door.shut()

    async def _launch(self, request: Request) -> Response:
        self.asked += 1
        if request.headers.get("X-Phantombuster-Key") != KEY:
            return JSONResponse({"error": "Invalid key"}, 401)
        said = await request.json()
        if said["id"] not in (INVITER, WRITER):
            return JSONResponse({"error": "Agent not found"}, 404)
        mood = self.moods.pop(0) if self.moods else Mood.WELL
        launch = Launch(said["id"], said["bonusArgument"], uuid4().hex)
        if mood is Mood.WELL or mood.name.startswith("TAKEN"):
            self.launches.append(launch)
        if mood is Mood.TAKEN_AND_CUT:
            self._door.cut(request.client)
        if mood is Mood.TAKEN_AND_SILENT:
            await self._leaves.wait()
        if mood is Mood.GARBAGE:
            return Response("<html>")
        status, answer = _SAID.get(mood, (200, {"containerId": launch.container_id}))
        return JSONResponse(answer, status)
