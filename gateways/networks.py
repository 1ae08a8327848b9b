"""What every social network speaks here: a token that is about to end goes in, new ones come out, or why not."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from domain.credentials import CredentialProvider
from domain.refreshing import RefreshFailure


@dataclass(frozen=True, slots=True)
class App:
    """The deployment's app at a network: where that is asked, and as whom."""

    base_url: str
    client_id: str = ""
    client_secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Tokens:
    """What comes in the place of the old ones, by the names they are stored under, and for how long it is good."""

    secrets: dict[str, str] = field(repr=False)
    lives: timedelta


class NotRefreshed(Exception):
    """No new tokens. The text says why, for logs: nothing that was sent is in it, and no words of the network."""

    def __init__(self, failure: RefreshFailure, reason: str) -> None:
        super().__init__(reason)
        self.failure = failure


class Network(Protocol):
    async def refresh(self, token: str) -> Tokens:
        """Asks once, for a token as `TOKEN_OF` says; raises NotRefreshed.

        A network may take the token back with its answer, even where the answer does not arrive.
        """

    async def close(self) -> None:
        """Gives the connections back."""


Networks = Mapping[CredentialProvider, Network]
