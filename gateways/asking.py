"""Asking others over HTTP: one question, one answer, bounded in time and in size."""

import asyncio
import logging
from dataclasses import dataclass, field
from typing import Any

import httpx

from domain.troubles import Trouble


class NoAnswer(Trouble):
    """What came instead of an answer, to be said of whoever was asked. It shows nothing of the question."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes = field(repr=False)


class Asker:
    """Asks without following redirects: what is answered is believed because of the address."""

    def __init__(self, timeout_seconds: float, largest: int) -> None:
        self._timeout_seconds = timeout_seconds
        self._largest = largest
        self._http = httpx.AsyncClient(timeout=timeout_seconds, follow_redirects=False)

    async def ask(self, method: str, url: str, **sent: Any) -> Answer:
        """Raises NoAnswer. `sent` is what httpx sends: params, data, auth."""
        try:
            async with asyncio.timeout(self._timeout_seconds):  # httpx's own begins anew with every byte
                return await self._ask(method, url, sent)
        except TimeoutError:
            raise NoAnswer(f"took longer than {self._timeout_seconds:g} seconds") from None
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise NoAnswer(f"cannot be reached ({type(error).__name__})") from None  # its text may hold the address

    async def close(self) -> None:
        await self._http.aclose()

    async def _ask(self, method: str, url: str, sent: dict[str, Any]) -> Answer:
        # Uncompressed, because a small compressed answer can be a huge one.
        headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
        body = bytearray()
        async with self._http.stream(method, url, headers=headers, **sent) as answer:
            async for part in answer.aiter_raw():
                body += part
                if len(body) > self._largest:
                    raise NoAnswer(f"answers more than {self._largest} bytes")
        return Answer(answer.status_code, bytes(body))


class _WithoutQuery(logging.Filter):
    """httpx logs whole addresses, and some networks want secrets in theirs."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(
                part.copy_with(query=None, userinfo=b"") if isinstance(part, httpx.URL) else part
                for part in record.args
            )
        return True


logging.getLogger("httpx").addFilter(_WithoutQuery())
