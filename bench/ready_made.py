"""The floor of the feed: the bare socket library sends the same ready-made text to everybody, and looks at nothing."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from bench.telling import Tell


@asynccontextmanager
async def ready_made() -> AsyncIterator[tuple[Any, Tell]]:
    room = ReadyMade()
    yield room, room.tell


class ReadyMade:
    """Lets everybody in, and takes whatever comes first for `connection_init` and what comes next for `subscribe`."""

    def __init__(self) -> None:
        self._present: list[Any] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        assert scope["type"] == "websocket"
        await receive()
        await send({"type": "websocket.accept", "subprotocol": "graphql-transport-ws"})
        await receive()
        await send({"type": "websocket.send", "text": '{"type":"connection_ack"}'})
        await receive()
        self._present.append(send)
        await receive()
        self._present.remove(send)

    async def tell(self, event: str) -> None:
        message = {
            "type": "websocket.send",
            "text": f'{{"id":"1","type":"next","payload":{{"data":{{"inboxEvents":{event}}}}}}}',
        }
        for send in list(self._present):
            await send(message)
