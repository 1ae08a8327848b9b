"""What the process that reads tells the one that asked: pieces of JSON, each with its length before it."""

import asyncio
import struct
from datetime import date
from typing import Any, BinaryIO

import orjson

from domain.imports.people import Candidate, Unfit
from domain.imports.problems import Problem, ProblemCode

_LENGTH = struct.Struct(">I")
_LONGEST = 256 * 1024 * 1024
_DATE = Candidate._fields.index("inquiry_date")


def write_frame(stream: BinaryIO, told: dict[str, Any]) -> None:
    written = orjson.dumps(told, default=list)
    stream.write(_LENGTH.pack(len(written)) + written)
    stream.flush()


async def read_frame(stream: asyncio.StreamReader) -> dict[str, Any] | None:
    """None where it has ended, in the middle of a piece or after one."""
    try:
        (length,) = _LENGTH.unpack(await stream.readexactly(_LENGTH.size))
        if length > _LONGEST:
            return None
        told: dict[str, Any] = orjson.loads(await stream.readexactly(length))
    except asyncio.IncompleteReadError:
        return None
    return told


def write_person(read: Candidate | Unfit) -> list[Any]:
    return list(read)


def read_person(told: list[Any]) -> Candidate | Unfit:
    if told[-1]:
        told[-1] = [Problem(ProblemCode(code), field, value) for code, field, value in told[-1]]
    if len(told) == len(Unfit._fields):
        return Unfit._make(told)
    if told[_DATE]:
        told[_DATE] = date.fromisoformat(told[_DATE])
    return Candidate._make(told)
