"""GraphQL over WebSocket: the graphql-transport-ws protocol. Events go straight to the socket, with no task between."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

import orjson
import structlog
from starlette.types import Receive, Send
from strawberry.types.execution import PreExecutionError

from resolvers.context import Context
from resolvers.errors import ErrorCode, error_answer
from resolvers.following import Subscribed
from resolvers.schema import Schema
from web.lease import Lease
from web.outlet import Outlet

log = structlog.get_logger()
PROTOCOL = "graphql-transport-ws"
FORBIDDEN = 4403
RESTART = 1012

# Finds out who sends a payload, and answers when they are to be asked again (seconds since 1970; None: never).
Admit = Callable[[Any], Awaitable[float | None]]
_INIT_SECONDS = 10.0
_MOST_OPERATIONS = 100


class Closing(Exception):
    """The socket is to be closed with this code."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


@dataclass(frozen=True, slots=True)
class _Listener:
    """One subscription's way out."""

    outlet: Outlet
    opening: str
    closing: str

    def take(self, event: bytes) -> bool:
        return self.outlet.send_now(f"{self.opening}{event.decode()}{self.closing}")

    async def drained(self) -> None:
        await self.outlet.drained()


class Socket:
    """One connection: who it is, and the operations open on it. None of them outlives it."""

    def __init__(
        self, schema: Schema, context: Context, admit: Admit, receive: Receive, send: Send, cut: Callable[[], None]
    ) -> None:
        self._schema = schema
        self._context = context
        self._admit = admit
        self._receive = receive
        self._send = send
        self.cut = cut
        self._outlet = Outlet(send)
        self._operations: dict[str, asyncio.Task[None]] = {}
        self._answers: set[asyncio.Task[None]] = set()
        self._is_closed = False
        self._leaving: asyncio.Task[None] | None = None
        self._lease = Lease(self._announce_end, partial(self.close, FORBIDDEN, "Session expired"))

    async def run(self) -> None:
        """Until the peer leaves, or breaks the protocol and is closed with the code the protocol has for it."""
        await self._send({"type": "websocket.accept", "subprotocol": PROTOCOL})
        try:
            message = await self._begin()
            while message is not None and not self._is_closed:
                await self._heed(message)
                message = await self._next()
        except Closing as closing:
            await self.close(closing.code, closing.reason)
        finally:
            await self._end()

    async def close(self, code: int, reason: str) -> None:
        """Says nothing more from here on, even where a peer that does not read cannot be told so yet."""
        if self._is_closed:
            return
        self._is_closed = True
        for task in self._operations.values():
            task.cancel()
        with suppress(OSError, RuntimeError):  # the peer or the server was quicker
            await self._send({"type": "websocket.close", "code": code, "reason": reason})

    def leave(self) -> None:
        """Begins nothing more, answers what was begun, and sends the peer elsewhere; streams end where they are."""
        self._leaving = self._leaving or asyncio.create_task(self._take_leave())

    async def _take_leave(self) -> None:
        if self._answers:
            await asyncio.wait(self._answers)
        await self.close(RESTART, "Service restart")

    async def _begin(self) -> dict[str, Any] | None:
        """Lets the peer in; the first message after that, or None when the peer has left."""
        try:
            message = await asyncio.wait_for(self._next(), _INIT_SECONDS)
        except TimeoutError:
            raise Closing(4408, "Connection initialisation timeout") from None
        if message is None:
            return None
        if message.get("type") != "connection_init":
            raise Closing(4401, "Unauthorized")
        self._lease.renew(await self._admit(message.get("payload") or {}))
        await self._say({"type": "connection_ack"})
        return await self._next()

    async def _next(self) -> dict[str, Any] | None:
        """The next message; None when the peer has left."""
        event = await self._receive()
        if event["type"] == "websocket.disconnect":
            return None
        try:
            message = loads(event["text"])
        except (KeyError, TypeError, ValueError):
            raise Closing(4400, "WebSocket message must be valid JSON") from None
        if not isinstance(message, dict):
            raise Closing(4400, "WebSocket message must be a JSON object")
        return message

    async def _heed(self, message: dict[str, Any]) -> None:
        match message:
            case {"type": "subscribe", "id": str(id), "payload": {"query": str()} as payload}:
                await self._open(id, payload)
            case {"type": "complete", "id": str(id)}:
                if task := self._operations.pop(id, None):
                    task.cancel()
            case {"type": "ping", "payload": {"authorization": str()} as payload}:
                self._lease.renew(await self._admit(payload))
                await self._say(
                    {"type": "pong", "payload": {"type": "SessionRefreshed", "expiresAt": self._lease.ends}}
                )
            case {"type": "ping"}:
                await self._say({"type": "pong"})
            case {"type": "pong"}:
                pass
            case {"type": "connection_init"}:
                raise Closing(4429, "Too many initialisation requests")
            case _:
                raise Closing(4400, f"Not a message of {PROTOCOL}")

    async def _open(self, id: str, payload: dict[str, Any]) -> None:
        if self._leaving:
            return  # not begun, so that it can be asked again elsewhere without a doubt
        if id in self._operations:
            raise Closing(4409, f"Subscriber for {id} already exists")
        if len(self._operations) >= _MOST_OPERATIONS:
            sentence = f"A socket may have {_MOST_OPERATIONS} operations open at once: complete some first."
            refused = error_answer(ErrorCode.BAD_USER_INPUT, sentence, self._context.request_id)
            await self._say({"id": id, "type": "error", "payload": refused["errors"]})
            return
        task = asyncio.create_task(self._operate(id, payload))
        self._operations[id] = task
        self._answers.add(task)
        task.add_done_callback(partial(self._done, id))

    def _done(self, id: str, task: asyncio.Task[None]) -> None:
        self._answers.discard(task)
        if self._operations.get(id) is task:
            del self._operations[id]
        if not task.cancelled() and task.exception():
            log.error("bug on a socket", exc_info=task.exception())

    async def _operate(self, id: str, payload: dict[str, Any]) -> None:
        """A query or mutation answers once; a subscription until it is completed by the client, or cannot go on."""
        asked = (payload["query"], payload.get("variables"), self._context, payload.get("operationName"))
        if (subscription := self._schema.open_subscription(*asked)) is None:
            query, variables, context, name = asked
            await self._answer(id, await self._schema.execute(query, variables, context, None, name))
            return
        self._answers.discard(self._operations[id])
        if self._leaving:
            return
        errors = await self._attend(id, subscription) if isinstance(subscription, Subscribed) else subscription
        await self._say({"id": id, "type": "error", "payload": [error.formatted for error in errors]})

    async def _attend(self, id: str, subscription: Subscribed) -> list[Any]:
        """Returns only with what keeps the stream from going on."""
        opening = f'{{"id":{orjson.dumps(id).decode()},"type":"next","payload":{{"data":{{"{subscription.key}":'
        listener = _Listener(self._outlet, opening, "}}}")
        try:
            await subscription.attend(listener)
        except Exception as error:
            return [subscription.located(error)]
        return []

    async def _answer(self, id: str, result: Any) -> None:
        if isinstance(result, PreExecutionError):
            await self._say({"id": id, "type": "error", "payload": [error.formatted for error in result.errors or ()]})
            return
        payload: dict[str, Any] = {"data": result.data, "extensions": result.extensions}
        if result.errors:
            payload["errors"] = [error.formatted for error in result.errors]
        await self._say({"id": id, "type": "next", "payload": payload})
        await self._say({"id": id, "type": "complete"})

    async def _say(self, message: dict[str, Any]) -> None:
        if self._is_closed:
            return  # whoever was to hear it was sent away meanwhile
        await self._outlet.send(orjson.dumps(message).decode())

    async def _announce_end(self, ends: str) -> None:
        await self._say({"type": "ping", "payload": {"type": "SessionExpiring", "expiresAt": ends}})

    async def _end(self) -> None:
        self._lease.end()
        tasks = [*self._operations.values(), *([self._leaving] if self._leaving else [])]
        for task in tasks:
            task.cancel()
        self._outlet.close()
        await asyncio.gather(*tasks, return_exceptions=True)


def loads(text: str) -> Any:
    """JSON, in which half a character is well-formed too: it is refused where it is looked at."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return json.loads(text)
