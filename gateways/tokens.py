"""The address at which a network hands out tokens: asked once, and its answer read."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import orjson

from domain.refreshing import RefreshFailure
from gateways.asking import Asker, NoAnswer
from gateways.networks import App, NotRefreshed, Tokens

TIMEOUT_SECONDS = 10.0
_LARGEST_ANSWER = 64 * 1024  # bytes
_LONGEST_TOKEN = 4096  # characters; the longest of today's have about a thousand
_LONGEST_LIFE = timedelta(days=3650)


class TokenAddress:
    """Of one network. `life` is how long its tokens are good where an answer does not say."""

    def __init__(self, name: str, app: App, path: str, life: timedelta, timeout_seconds: float) -> None:
        self.name = name
        self._url = app.base_url.rstrip("/") + path
        self._life = life
        self._asker = Asker(timeout_seconds, _LARGEST_ANSWER)

    async def ask(self, method: str, **sent: Any) -> tuple[int, Mapping[str, Any]]:
        """An answer's status and JSON, empty where it is none; raises NotRefreshed where the network is in trouble."""
        try:
            answer = await self._asker.ask(method, self._url, **sent)
        except NoAnswer as trouble:
            raise self.failed(RefreshFailure.UNREACHABLE, str(trouble)) from None
        if answer.status >= 500 or answer.status in (408, 429):
            raise self.failed(RefreshFailure.UNREACHABLE, f"answers {answer.status}")
        try:
            said = orjson.loads(answer.body)
        except orjson.JSONDecodeError:
            said = None
        return answer.status, said if isinstance(said, dict) else {}

    def read(self, said: Mapping[str, Any]) -> Tokens:
        """The tokens of an answer; a refresh token only where the network hands out another."""
        secrets = {name: said[name] for name in ("access_token", "refresh_token") if said.get(name) is not None}
        if "access_token" not in secrets or not all(_is_token(value) for value in secrets.values()):
            raise self.failed(RefreshFailure.UNCLEAR, "answers 200 without a token that can be read")
        return Tokens(secrets, _lives(said.get("expires_in")) or self._life)

    def failed(self, failure: RefreshFailure, what: str) -> NotRefreshed:
        return NotRefreshed(failure, f"{self.name} {what}")

    async def close(self) -> None:
        await self._asker.close()


def _is_token(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _LONGEST_TOKEN and value.isascii() and value.isprintable()


def _lives(seconds: object) -> timedelta | None:
    """Some say it as text."""
    if isinstance(seconds, str) and seconds.isascii() and seconds.isdigit() and len(seconds) < 20:
        seconds = int(seconds)
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or seconds <= 0:
        return None
    return timedelta(seconds=min(seconds, _LONGEST_LIFE.total_seconds()))
