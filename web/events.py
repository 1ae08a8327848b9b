"""Server-Sent Events: the results of one operation, one after the other, for networks that refuse WebSockets.

As the graphql-sse protocol says for distinct connections: what validation finds is told on the stream, because a
browser's EventSource keeps an error's body to itself. Who is nobody is answered as over HTTP, and should not come back.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from typing import Any

import orjson
from graphql import OperationType
from starlette.types import Receive, Scope, Send
from strawberry.types import ExecutionResult
from strawberry.types.execution import PreExecutionError

from resolvers.context import Context
from web.departure import Departure
from web.guard import Guard

EVENTS = "text/event-stream"
_HEARTBEAT_SECONDS = 10.0  # proxies cut what is silent for longer
_HEADERS = [(b"content-type", b"text/event-stream; charset=utf-8"), (b"cache-control", b"no-store")]
_HEADERS += [(b"x-accel-buffering", b"no")]  # nginx would keep events until it has a few kilobytes of them

Result = ExecutionResult | PreExecutionError


def wants_events(accept: str, operation_type: Callable[[], OperationType | None]) -> bool:
    """Who takes JSON as well gets a stream only for what has no other answer."""
    return EVENTS in accept and ("json" not in accept or operation_type() is OperationType.SUBSCRIPTION)


def answer_of(result: Result) -> dict[str, Any]:
    """A result as clients see it; what could not begin has no data."""
    answer: dict[str, Any] = {}
    if result.errors:
        answer["errors"] = [error.formatted for error in result.errors]
    if not isinstance(result, PreExecutionError):
        answer["data"] = result.data
        if result.extensions:
            answer["extensions"] = result.extensions
    return answer


class EventStream:
    """An answer that lasts until the results end, the client leaves or the guard sends it away."""

    def __init__(
        self, results: AsyncGenerator[Result, None], guard: Guard, context: Context, *, is_endless: bool
    ) -> None:
        self._results = results
        self._is_endless = is_endless
        self._guard = guard
        self._context = context
        self._next = asyncio.create_task(self._ask())

    async def refused(self) -> PreExecutionError | None:
        """What keeps the operation from beginning. That shows in the first step, before anything is waited for."""
        await asyncio.sleep(0)
        first = self._next.result() if self._next.done() else None
        return first if isinstance(first, PreExecutionError) else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
        self._telling, leaving = asyncio.create_task(self._tell(send)), asyncio.create_task(_left(receive))
        try:
            with self._guard.watching(self, self._context), Departure.of(scope).told(self):
                await asyncio.wait({self._telling, leaving}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            tasks = {self._telling, leaving, self._next}
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
            await self._results.aclose()
        if not self._telling.cancelled():
            self._telling.result()
        await send({"type": "http.response.body", "body": b""})

    async def close(self, code: int, reason: str) -> None:
        """Ends without `complete`: a client that comes back is told why, with a status."""
        self._telling.cancel()

    def cut(self) -> None:
        self._telling.cancel()

    def leave(self) -> None:
        """A subscription ends without `complete`, so that its client resumes elsewhere; one answer is waited for."""
        if self._is_endless:
            self._telling.cancel()

    async def _ask(self) -> Result | None:
        return await anext(self._results, None)

    async def _tell(self, send: Send) -> None:
        await _say(send, b":\n\n")
        while result := await self._awaited(send):
            await _say(send, b"event: next\ndata: %b\n\n" % _one_line(answer_of(result)))
            self._next = asyncio.create_task(self._ask())
        await _say(send, b"event: complete\ndata:\n\n")

    async def _awaited(self, send: Send) -> Result | None:
        """The next result; None after the last. Meanwhile the line is kept open."""
        while not (await asyncio.wait({self._next}, timeout=_HEARTBEAT_SECONDS))[0]:
            await _say(send, b":\n\n")
        return self._next.result()


async def _say(send: Send, event: bytes) -> None:
    await send({"type": "http.response.body", "body": event, "more_body": True})


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _one_line(answer: dict[str, Any]) -> bytes:
    """PostgreSQL breaks the lines of a list, and a line break would end the event's data."""
    return b" ".join(orjson.dumps(answer).splitlines())
