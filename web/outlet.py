"""The sending end of a socket: at once where the peer keeps up, later where it does not, and never without bound."""

import asyncio
import types
from collections.abc import Generator
from typing import Any

from starlette.types import Send

CUT = "cut"  # the name, in the state that the server hands to every socket, of what ends its connection at once


class Outlet:
    """Runs the server's own `send` by hand as far as it goes without waiting, which saves a task per message.

    Where it does not go to its end, the peer reads too slowly: that message is under way, and `drained` sees it out.
    """

    def __init__(self, send: Send) -> None:
        self._send = send
        self._under_way: set[asyncio.Task[None]] = set()

    async def send(self, text: str) -> None:
        await self._send({"type": "websocket.send", "text": text})

    def send_now(self, text: str) -> bool:
        """Sends, or begins to: False when nothing more should be sent before it is drained."""
        sending: Any = self._send({"type": "websocket.send", "text": text})
        try:
            waits_for = sending.send(None)
        except StopIteration:
            return True
        except Exception:  # the peer has gone or was sent away, which the socket's own reading finds out
            return False
        task = asyncio.create_task(_see_out(sending, waits_for))
        self._under_way.add(task)
        task.add_done_callback(self._seen_out)
        return False

    def _seen_out(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        if not task.cancelled():
            task.exception()  # looked at, so that a peer who left while it was sent to is no bug

    async def drained(self) -> None:
        if self._under_way:
            await asyncio.wait(self._under_way)

    def close(self) -> None:
        for task in self._under_way:
            task.cancel()


async def _see_out(sending: Any, waits_for: Any) -> None:
    await _go_on(sending, waits_for)


@types.coroutine
def _go_on(sending: Any, waits_for: Any) -> Generator[Any, Any, None]:
    """Goes on with a coroutine that was begun by hand, from the future it stopped at."""
    try:
        while True:
            value = yield waits_for
            waits_for = sending.send(value)
    except StopIteration:
        return
    finally:
        sending.close()
