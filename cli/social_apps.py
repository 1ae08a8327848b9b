"""REKINDLE_SOCIAL_APPS: the deployment's apps at social networks, by which connections are refreshed."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Sequence

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from cli.providers import is_safe
from domain.credentials import CredentialProvider
from gateways.graph import Facebook, Instagram
from gateways.networks import App, Networks
from gateways.oauth import LinkedIn, Twitter

_NETWORKS: dict[CredentialProvider, type[Facebook | Instagram | LinkedIn | Twitter]] = {
    CredentialProvider.FACEBOOK: Facebook,
    CredentialProvider.INSTAGRAM: Instagram,
    CredentialProvider.LINKEDIN: LinkedIn,
    CredentialProvider.TWITTER: Twitter,
}
_WITHOUT_APP = frozenset({CredentialProvider.INSTAGRAM})


class SocialApp(BaseModel):
    """One network, and who we are there."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    provider: str
    client_id: str | None = Field(None, min_length=1)
    client_secret: str | None = Field(None, min_length=1, repr=False)
    base_url: str | None = None

    @field_validator("provider")
    @classmethod
    def _is_known(cls, name: str) -> str:
        if name not in _NETWORKS:
            raise ValueError(f"must be one of {', '.join(_NETWORKS)}")
        return name

    @field_validator("base_url")
    @classmethod
    def _is_safe(cls, url: str | None) -> str | None:
        if url and not is_safe(url):
            raise ValueError("must begin with https:// (http:// is for loopback only)")
        return url

    @model_validator(mode="after")
    def _is_whole(self) -> "SocialApp":
        if self.provider in _WITHOUT_APP and (self.client_id or self.client_secret):
            raise ValueError(
                f"needs no client_id and no client_secret: {self.provider} refreshes without, leave them out"
            )
        if self.provider not in _WITHOUT_APP and not (self.client_id and self.client_secret):
            raise ValueError(f"needs client_id and client_secret: those of your app at {self.provider}")
        return self

    @property
    def app(self) -> App:
        home = _NETWORKS[CredentialProvider(self.provider)].home
        return App(self.base_url or home, self.client_id or "", self.client_secret or "")


def check_one_of_each(apps: Sequence[SocialApp]) -> None:
    """A refresh token is good for the app it was made for alone, and nothing says which of two that was."""
    for name, times in Counter(app.provider for app in apps).items():
        if times > 1:
            raise ValueError(f"REKINDLE_SOCIAL_APPS: {name} is named twice: name it once")


@contextlib.asynccontextmanager
async def open_networks(apps: Sequence[SocialApp]) -> AsyncIterator[Networks]:
    networks = {CredentialProvider(app.provider): _NETWORKS[CredentialProvider(app.provider)](app.app) for app in apps}
    try:
        yield networks
    finally:
        await asyncio.gather(*(network.close() for network in networks.values()))


def describe(apps: Sequence[SocialApp]) -> list[tuple[bool, str]]:
    """Of which networks connections are refreshed, and where; and of which they only expire."""
    told = [(True, f"connections to {app.provider} are refreshed at {app.app.base_url}") for app in apps]
    missing = [name for name in _NETWORKS if name not in {app.provider for app in apps}]
    if missing:
        told.append((False, f"connections to {', '.join(missing)} only expire: name your apps in REKINDLE_SOCIAL_APPS"))
    return told
