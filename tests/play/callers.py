"""Callers: whoever asks the API, over HTTP or a socket."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import httpx
from gql import Client, gql
from gql.transport.websockets import WebsocketsTransport


@dataclass(frozen=True, slots=True)
class Caller:
    """One caller with one credential (None: nobody)."""

    http: httpx.AsyncClient
    ws: str
    bearer: str | None = None
    organization: str | None = None
    invitation: str | None = None

    @property
    def headers(self) -> dict[str, str]:
        given = {"Authorization": self.bearer and f"Bearer {self.bearer}", "X-Organization": self.organization}
        given["X-Invitation"] = self.invitation
        return {name: value for name, value in given.items() if value}

    async def post(self, query: str, **variables: Any) -> httpx.Response:
        return await self.http.post("/graphql", json={"query": query, "variables": variables}, headers=self.headers)

    async def answer(self, query: str, **variables: Any) -> dict[str, Any]:
        """The whole answer, errors and all."""
        answered: dict[str, Any] = (await self.post(query, **variables)).json()
        return answered

    async def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """The data; an error fails the test."""
        answered = await self.answer(query, **variables)
        assert "errors" not in answered, answered["errors"]
        data: dict[str, Any] = answered["data"]
        return data

    async def code(self, query: str, **variables: Any) -> str:
        """The code of the first error."""
        answered = await self.answer(query, **variables)
        code: str = answered["errors"][0]["extensions"]["code"]
        return code

    @contextlib.asynccontextmanager
    async def hear(self, subscription: str, **variables: Any) -> AsyncIterator["Ear"]:
        """A subscription that has been asked for; events are read with `await ear.next()`."""
        transport = WebsocketsTransport(url=self.ws, init_payload=self.headers, subprotocols=["graphql-transport-ws"])
        async with Client(transport=transport, fetch_schema_from_transport=False) as session:
            request = gql(subscription)
            request.variable_values = variables
            ear = Ear()
            listening = asyncio.create_task(ear.listen(session.subscribe(request)))
            try:
                yield ear
            finally:
                listening.cancel()
                await asyncio.gather(listening, return_exceptions=True)


@dataclass(frozen=True, slots=True)
class Ear:
    """Listens from the moment it is made, not only when it is asked for the next event."""

    heard: asyncio.Queue[dict[str, Any] | Exception] = field(default_factory=asyncio.Queue)

    async def listen(self, events: Any) -> None:
        try:
            async with contextlib.aclosing(events):
                async for data in events:
                    self.heard.put_nowait(data)
        except Exception as error:
            self.heard.put_nowait(error)

    async def next(self, seconds: float = 10) -> dict[str, Any]:
        """The next event, the value of the subscription's only field; waits so long at most. Errors are raised."""
        data = await asyncio.wait_for(self.heard.get(), seconds)
        if isinstance(data, Exception):
            raise data
        value: dict[str, Any] = next(iter(data.values()))
        return value

    async def take(self, count: int) -> list[dict[str, Any]]:
        return [await self.next() for _ in range(count)]

    async def is_silent(self, seconds: float = 0.2) -> bool:
        """Whether nothing comes in this time. Only worth something after an event that had to come later."""
        try:
            await asyncio.wait_for(self.heard.get(), seconds)
        except TimeoutError:
            return True
        return False
