"""X (Twitter) and LinkedIn: refresh tokens, as OAuth 2 has them (RFC 6749, section 6)."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from domain.refreshing import RefreshFailure
from gateways.networks import App, Tokens
from gateways.tokens import TIMEOUT_SECONDS, TokenAddress

# What is wrong with the app, not with the token.
_APPS_FAULT = frozenset({"invalid_client", "invalid_client_id", "unauthorized_client", "access_denied"})
_KNOWN = _APPS_FAULT | {"invalid_grant", "invalid_request", "invalid_scope", "unsupported_grant_type"}


class Twitter:
    """Every refresh token is good for one refresh, and comes with the next one; access tokens live for two hours."""

    home = "https://api.x.com"

    def __init__(self, app: App, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._address = TokenAddress("X", app, "/2/oauth2/token", timedelta(hours=2), timeout_seconds)
        self._auth = (app.client_id, app.client_secret)

    async def refresh(self, token: str) -> Tokens:
        form = {"grant_type": "refresh_token", "refresh_token": token}
        status, said = await self._address.ask("POST", data=form, auth=self._auth)
        return _read(self._address, status, said, "Value passed for the token was invalid")

    async def close(self) -> None:
        await self._address.close()


class LinkedIn:
    """A refresh token lasts a year from the day it was granted, however often it is used; access tokens sixty days."""

    home = "https://www.linkedin.com"

    def __init__(self, app: App, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._address = TokenAddress("LinkedIn", app, "/oauth/v2/accessToken", timedelta(days=60), timeout_seconds)
        self._app = {"client_id": app.client_id, "client_secret": app.client_secret}

    async def refresh(self, token: str) -> Tokens:
        form = {"grant_type": "refresh_token", "refresh_token": token, **self._app}
        status, said = await self._address.ask("POST", data=form)
        return _read(self._address, status, said, "refresh token is invalid, expired or revoked")

    async def close(self) -> None:
        await self._address.close()


def _read(address: TokenAddress, status: int, said: Mapping[str, Any], spent: str) -> Tokens:
    """`spent` is how the network describes a dead token where it calls that an invalid request, as both of them do."""
    if status == 200:
        return address.read(said)
    code, description = (str(said.get(name)) for name in ("error", "error_description"))
    is_spent = code == "invalid_request" and spent in description
    if code == "invalid_grant" or is_spent:
        failure = RefreshFailure.REFUSED
    elif status == 401 or code in _APPS_FAULT:
        failure = RefreshFailure.APP_REFUSED
    else:
        failure = RefreshFailure.UNCLEAR
    shown = f"{status} {code}" if code in _KNOWN else f"{status}"
    raise address.failed(failure, f"answers {shown}")
