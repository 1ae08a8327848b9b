"""An identity provider on loopback: publishes keys, rotates them, signs tokens with them, and has its bad days."""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from enum import Enum, auto
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from cli.demo.door import Door

HUGE = 300_000


class Mood(Enum):
    """How the provider answers today."""

    WELL = auto()
    SILENT = auto()  # takes the question and says nothing until its mood changes
    GARBAGE = auto()
    HUGE = auto()
    FAILING = auto()
    REDIRECTING = auto()


@dataclass(frozen=True, slots=True)
class SigningKey:
    """`number` tells keys apart; making one takes so long that all tests share them."""

    algorithm: str
    number: int

    @property
    def id(self) -> str:
        return f"{self.algorithm}-{self.number}"

    @property
    def private(self) -> Any:
        return _private(self.algorithm, self.number)

    @property
    def jwk(self) -> dict[str, Any]:
        """As published."""
        made = jwt.get_algorithm_by_name(self.algorithm).to_jwk(self.private.public_key(), as_dict=True)
        return {**made, "kid": self.id, "alg": self.algorithm, "use": "sig"}

    def sign(self, claims: dict[str, Any], **headers: Any) -> str:
        return jwt.encode(claims, self.private, self.algorithm, {"kid": self.id, **headers})


@cache
def _private(algorithm: str, number: int) -> Any:
    return ec.generate_private_key(ec.SECP256R1()) if algorithm == "ES256" else rsa.generate_private_key(65537, 2048)


class Provider:
    """`published` is what it lists; `fetches` counts who came for it."""

    def __init__(self, *published: SigningKey) -> None:
        self.published: list[dict[str, Any]] = [key.jwk for key in published]
        self.fetches = 0
        self._mood = Mood.WELL
        self._changed = asyncio.Event()
        self._door = Door(Starlette(routes=[Route("/.well-known/jwks.json", self._answer)]))

    @property
    def issuer(self) -> str:
        return self._door.base_url

    @property
    def url(self) -> str:
        return f"{self.issuer}/.well-known/jwks.json"

    def publish(self, *keys: SigningKey) -> None:
        self.published = [key.jwk for key in keys]

    def feel(self, mood: Mood) -> None:
        self._mood = mood
        self._changed.set()
        self._changed = asyncio.Event()

    def claims(self, **given: Any) -> dict[str, Any]:
        """Of a good token, for a minute; None leaves one out."""
        now = int(time.time())
        good = {"iss": self.issuer, "sub": "user_1", "iat": now, "nbf": now, "exp": now + 60}
        return {name: value for name, value in (good | given).items() if value is not None}

    async def open(self) -> None:
        await self._door.open()

    async def shut(self) -> None:
        """Refuses connections until it is opened again, at the same address."""
        await self._door.shut()

    async def _answer(self, request: Request) -> Response:
        self.fetches += 1
        answered = json.dumps({"keys": self.published})
        if self._mood is Mood.SILENT:
            await self._changed.wait()
        match self._mood:
            case Mood.GARBAGE:
                return Response("<html>Soon back</html>")
            case Mood.HUGE:
                return Response(answered + " " * HUGE)
            case Mood.FAILING:
                return Response(answered, 503)
            case Mood.REDIRECTING:
                return RedirectResponse("https://example.com/keys")
        return Response(answered, media_type="application/json")


@contextlib.asynccontextmanager
async def open_provider(*published: SigningKey) -> AsyncIterator[Provider]:
    provider = Provider(*published)
    await provider.open()
    try:
        yield provider
    finally:
        provider.feel(Mood.WELL)
        await provider.shut()
