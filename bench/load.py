"""The load: a fixed number of requests under way at once over kept connections, the same for every contender."""

import json
import selectors
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle
from typing import Any

_CHUNK = 1 << 18
_PATIENCE_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Answered:
    """How many requests were answered in how many seconds."""

    count: int
    seconds: float


def write_request(query: str, variables: dict[str, Any], token: str) -> bytes:
    body = json.dumps({"query": query, "variables": variables}).encode()
    head = (
        "POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {token}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class _Connection:
    """One kept connection with at most one request under way."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), _PATIENCE_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.got = b""
        self.missing = -1  # bytes; negative while the head is not complete

    def ask(self, request: bytes) -> None:
        self.got, self.missing = b"", -1
        self.socket.sendall(request)

    def hear(self) -> bool:
        """True when the answer is complete."""
        chunk = self.socket.recv(_CHUNK)
        if not chunk:
            raise ConnectionError("The server closed the connection.")
        if self.missing >= 0:
            self.missing -= len(chunk)
            return self.missing == 0
        self.got += chunk
        head, end, body = self.got.partition(b"\r\n\r\n")
        if not end:
            return False
        if not head.startswith(b"HTTP/1.1 200 ") or (body and not body.startswith(b'{"data"')):
            raise ConnectionError(f"The server answered {self.got[:500]!r}.")
        self.missing = _length(head) - len(body)
        return self.missing == 0


def _length(head: bytes) -> int:
    return int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])


def ask_once(port: int, request: bytes) -> Any:
    """The answer to one request, as JSON."""
    connection = _Connection(port)
    with connection.socket:
        connection.ask(request)
        whole = b""
        while True:
            whole += connection.socket.recv(_CHUNK)
            head, end, body = whole.partition(b"\r\n\r\n")
            if end and len(body) >= _length(head):
                return json.loads(body)


def press(port: int, requests: list[bytes], connections: int, seconds: float, most: int) -> Answered:
    """Sends the requests in turn for so many seconds, or until so many are answered; waits for those under way."""
    waiting, held = cycle(requests), [_Connection(port) for _ in range(connections)]
    with selectors.DefaultSelector() as selector:
        started = time.perf_counter()
        for connection in held:
            selector.register(connection.socket, selectors.EVENT_READ, connection)
            connection.ask(next(waiting))
        count = _exchange(selector, waiting, len(held), started + seconds, most)
        elapsed = time.perf_counter() - started
    for connection in held:
        connection.socket.close()
    return Answered(count, elapsed)


def _exchange(
    selector: selectors.BaseSelector, waiting: Iterator[bytes], under_way: int, deadline: float, most: int
) -> int:
    count = 0
    while under_way:
        ready = selector.select(_PATIENCE_SECONDS)
        if not ready:
            raise TimeoutError(f"The server has not answered for {_PATIENCE_SECONDS} seconds.")
        goes_on = time.perf_counter() < deadline
        for key, _ in ready:
            if not key.data.hear():
                continue
            count += 1
            if goes_on and count + under_way <= most:
                key.data.ask(next(waiting))
            else:
                under_way -= 1
    return count
