"""Just enough of WebSocket to subscribe and to count what comes: what is sent is masked, what is heard is not."""

import json
import secrets
from base64 import b64encode
from collections.abc import Iterator
from typing import Any

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10
_FINAL, _MASKED, _TWO_BYTES, _EIGHT_BYTES = 0x80, 0x80, 126, 127
_NO_MASK = bytes(4)  # a mask of zeros changes nothing

_HANDSHAKE = (
    "GET /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
)


def write_handshake() -> bytes:
    return _HANDSHAKE.format(key=b64encode(secrets.token_bytes(16)).decode()).encode()


def write_frame(opcode: int, payload: bytes) -> bytes:
    length = len(payload)
    if length < _TWO_BYTES:
        head = bytes((_FINAL | opcode, _MASKED | length))
    else:
        head = bytes((_FINAL | opcode, _MASKED | _TWO_BYTES)) + length.to_bytes(2, "big")
    return head + _NO_MASK + payload


def write_message(**message: Any) -> bytes:
    return write_frame(TEXT, json.dumps(message).encode())


def split(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Opcode, start and end of the payload of every frame that is there completely."""
    at, there = 0, len(data)
    while there - at >= 2:
        length, start = data[at + 1], at + 2
        if length == _TWO_BYTES:
            start = at + 4
            length = int.from_bytes(data[at + 2 : start], "big")
        elif length == _EIGHT_BYTES:
            start = at + 10
            length = int.from_bytes(data[at + 2 : start], "big")
        if start + length > there:
            return
        yield data[at] & 15, start, start + length
        at = start + length
