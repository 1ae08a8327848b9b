"""The floor: an ASGI handler without a framework over a plain asyncpg pool, with the engine's own statements."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from bench.questions import FIELDS, Job
from db.database import pool_options

STATEMENT_SECONDS = 15


def open_pool(url: str, size: int, **given: Any) -> Any:
    """The pool as the product opens it; `given` is what differs."""
    return asyncpg.create_pool(url, min_size=2, max_size=size, **pool_options(STATEMENT_SECONDS) | given)


@asynccontextmanager
async def bare(job: Job, pool_size: int) -> AsyncIterator[Any]:
    async with open_pool(job.url, pool_size) as pool:
        yield Bare(pool, job)


class Bare:
    """Knows two texts and their statements, asks nobody who they are, and passes on what PostgreSQL wrote."""

    def __init__(self, pool: Any, job: Job) -> None:
        self._pool = pool
        self._context = (UUID(job.organization), UUID(job.member))
        self._known = {query: (sql, f'{{"data":{{"{FIELDS[query]}":'.encode()) for query, sql in job.statements.items()}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        asked = orjson.loads(await _body(receive))
        sql, opening = self._known[asked["query"]]
        values = [UUID(text.rpartition("_")[2]) for text in asked["variables"].values()]
        async with self._pool.acquire() as connection:
            text = await connection.fetchval(sql, *self._context, *values)
        answer = opening + text + b"}}"
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(answer))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": answer})


async def _body(receive: Any) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body
