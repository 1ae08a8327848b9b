"""Four social networks on loopback: they hand out tokens, take some of them back, and have their bad days."""

import asyncio
import base64
import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any
from uuid import uuid4

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from cli.demo.door import Door
from domain.credentials import CredentialProvider

TWITTER, LINKEDIN = CredentialProvider.TWITTER, CredentialProvider.LINKEDIN
FACEBOOK, INSTAGRAM = CredentialProvider.FACEBOOK, CredentialProvider.INSTAGRAM
ALL = (TWITTER, LINKEDIN, FACEBOOK, INSTAGRAM)
CLIENT_ID, CLIENT_SECRET = "the-client", "the-secret-of-the-app"
_BASIC = "Basic " + base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()


class Mood(Enum):
    """How the networks answer today."""

    WELL = auto()
    SILENT = auto()  # do as they are asked, and say nothing until their mood changes
    GARBAGE = auto()
    HUGE = auto()
    REDIRECTING = auto()


@dataclass(frozen=True, slots=True)
class Manners:
    """How one network is asked, and how it says no."""

    path: str
    grant: str
    token: str  # what it calls the token it is asked about
    spent: tuple[int, dict[str, Any]]
    wrong_app: tuple[int, dict[str, Any]]


def _oauth(status: int, error: str, description: str) -> tuple[int, dict[str, Any]]:
    return status, {"error": error, "error_description": description}


def graph(code: int, message: str = "No.", **more: Any) -> tuple[int, dict[str, Any]]:
    return 400, {"error": {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "AbC"} | more}


MANNERS = {
    TWITTER: Manners(
        "/2/oauth2/token",
        "refresh_token",
        "refresh_token",
        _oauth(400, "invalid_request", "Value passed for the token was invalid."),
        _oauth(401, "unauthorized_client", "Missing valid authorization header"),
    ),
    LINKEDIN: Manners(
        "/oauth/v2/accessToken",
        "refresh_token",
        "refresh_token",
        _oauth(
            400, "invalid_request", "The provided authorization grant or refresh token is invalid, expired or revoked."
        ),
        _oauth(401, "invalid_client", "Client authentication failed"),
    ),
    FACEBOOK: Manners(
        "/oauth/access_token",
        "fb_exchange_token",
        "fb_exchange_token",
        graph(190, "Error validating access token: Session has expired.", error_subcode=463),
        graph(1, "Error validating client secret."),
    ),
    INSTAGRAM: Manners(
        "/refresh_access_token",
        "ig_refresh_token",
        "access_token",
        graph(190, "Error validating access token: The session has been invalidated.", error_subcode=460),
        graph(101, "Error validating application."),
    ),
}


class Networks:
    """`good` are the tokens that can be refreshed, `told` is what each network was asked with.

    `says` is an answer of the test's own, `life` what an answer says of a token's life; None leaves it out.
    """

    def __init__(self) -> None:
        self.good: set[str] = set()
        self.told: dict[CredentialProvider, list[Mapping[str, Any]]] = {one: [] for one in ALL}
        self.says: tuple[int, Any] | None = None
        self.life: Any = 7200
        self._mood = Mood.WELL
        self._changed = asyncio.Event()
        routes = [
            Route(MANNERS[one].path, self._asked(one), methods=["POST" if one in (TWITTER, LINKEDIN) else "GET"])
            for one in ALL
        ]
        self._door = Door(Starlette(routes=routes))

    @property
    def url(self) -> str:
        return self._door.base_url

    def setting(self, *providers: CredentialProvider) -> list[dict[str, Any]]:
        """As an operator would set it; all networks where none is named."""
        ours = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
        named = providers or ALL
        return [{"provider": str(one), "base_url": self.url} | ({} if one is INSTAGRAM else ours) for one in named]

    def grant(self) -> str:
        """A token that can be refreshed, as somebody gets it who connects."""
        token = f"granted-{uuid4().hex}"
        self.good.add(token)
        return token

    def feel(self, mood: Mood) -> None:
        self._mood = mood
        self._changed.set()
        self._changed = asyncio.Event()

    async def open(self) -> None:
        await self._door.open()

    async def shut(self) -> None:
        """Refuse connections until opened again, at the same address."""
        await self._door.shut()

    def _asked(self, provider: CredentialProvider) -> Any:
        async def answer(request: Request) -> Response:
            told = dict(await request.form() if request.method == "POST" else request.query_params)
            self.told[provider].append(told)
            status, body = self.says or self._judge(provider, request, told)
            if self._mood is Mood.SILENT:
                await self._changed.wait()
            match self._mood:
                case Mood.GARBAGE:
                    return Response("<html>Soon back</html>")
                case Mood.HUGE:
                    return Response('{"access_token": "' + "x" * 100_000)
                case Mood.REDIRECTING:
                    return RedirectResponse("https://example.com/token")
            return JSONResponse(body, status)

        return answer

    def _judge(
        self, provider: CredentialProvider, request: Request, told: Mapping[str, Any]
    ) -> tuple[int, dict[str, Any]]:
        manners = MANNERS[provider]
        if told.get("grant_type") != manners.grant:
            return _oauth(400, "unsupported_grant_type", "What is that?")
        if not _is_ours(provider, request, told):
            return manners.wrong_app
        token = told.get(manners.token)
        return (200, self._renew(provider, token)) if token in self.good else manners.spent

    def _renew(self, provider: CredentialProvider, token: str) -> dict[str, Any]:
        made = {"token_type": "bearer"} | ({} if self.life is None else {"expires_in": self.life})
        if provider is TWITTER:  # whose refresh tokens are good for one refresh
            self.good.discard(token)
            return made | {"access_token": _access_token(), "refresh_token": self.grant(), "scope": "tweet.read"}
        if provider is LINKEDIN:
            lasts = {"refresh_token": token, "refresh_token_expires_in": 31_536_000}
            return made | {"access_token": _access_token()} | lasts
        return made | {"access_token": self.grant()}


def _access_token() -> str:
    return f"access-{uuid4().hex}"


def _is_ours(provider: CredentialProvider, request: Request, told: Mapping[str, Any]) -> bool:
    match provider:
        case CredentialProvider.TWITTER:
            return request.headers.get("authorization") == _BASIC
        case CredentialProvider.INSTAGRAM:
            return True
    return (told.get("client_id"), told.get("client_secret")) == (CLIENT_ID, CLIENT_SECRET)


@contextlib.asynccontextmanager
async def open_social_networks() -> AsyncIterator[Networks]:
    networks = Networks()
    await networks.open()
    try:
        yield networks
    finally:
        networks.feel(Mood.WELL)
        await networks.shut()
