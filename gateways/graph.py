"""Facebook and Instagram: long-lived access tokens, exchanged for newer ones while they are good.

Both want them in the address of a GET, Facebook the app's secret as well: so says their documentation, which knows no
other way. Whoever logs addresses between here and there sees them.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from domain.refreshing import RefreshFailure
from gateways.networks import App, Tokens
from gateways.tokens import TIMEOUT_SECONDS, TokenAddress

_LIFE = timedelta(days=60)
# The Graph API's codes. A checkpoint and an unconfirmed account are for the person to mend, and the token goes on then.
_ENDED = frozenset({102, 190})
_FOR_THE_PERSON = frozenset({459, 464})
_BUSY = frozenset({1, 2, 4, 17, 32, 341, 368, 613})
_NO_SUCH_APP = 101
_WRONG_SECRET = "Error validating client secret"  # its code is that of many other things


class Facebook:
    """A long-lived token is exchanged for another, which lives for sixty days."""

    home = "https://graph.facebook.com"  # without a version, so that it is the oldest that is still served

    def __init__(self, app: App, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._address = TokenAddress("Facebook", app, "/oauth/access_token", _LIFE, timeout_seconds)
        self._app = {"client_id": app.client_id, "client_secret": app.client_secret}

    async def refresh(self, token: str) -> Tokens:
        asked = {"grant_type": "fb_exchange_token", **self._app, "fb_exchange_token": token}
        return _read(self._address, *await self._address.ask("GET", params=asked))

    async def close(self) -> None:
        await self._address.close()


class Instagram:
    """Needs no app. A token must be a day old to be refreshed, and is then good for sixty more."""

    home = "https://graph.instagram.com"

    def __init__(self, app: App, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._address = TokenAddress("Instagram", app, "/refresh_access_token", _LIFE, timeout_seconds)

    async def refresh(self, token: str) -> Tokens:
        asked = {"grant_type": "ig_refresh_token", "access_token": token}
        return _read(self._address, *await self._address.ask("GET", params=asked))

    async def close(self) -> None:
        await self._address.close()


def _read(address: TokenAddress, status: int, said: Mapping[str, Any]) -> Tokens:
    if status == 200:
        return address.read(said)
    error = said.get("error")
    failure, shown = _judge(error) if isinstance(error, dict) else (RefreshFailure.UNCLEAR, "")
    raise address.failed(failure, f"answers {status}{shown}")


def _judge(error: Mapping[str, Any]) -> tuple[RefreshFailure, str]:
    """What an error means for the connection, and its numbers."""
    code, subcode = (value if isinstance(value := error.get(name), int) else 0 for name in ("code", "error_subcode"))
    shown = "".join(f" {number}" for number in (code, subcode) if number)
    if code == _NO_SUCH_APP or str(error.get("message")).startswith(_WRONG_SECRET):
        return RefreshFailure.APP_REFUSED, shown
    if error.get("is_transient") is True or code in _BUSY:
        return RefreshFailure.UNREACHABLE, shown
    if code in _ENDED and subcode not in _FOR_THE_PERSON:
        return RefreshFailure.REFUSED, shown
    return RefreshFailure.UNCLEAR, shown
