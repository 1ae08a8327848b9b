"""Composes the issuers whose tokens are good: our own, and the providers of REKINDLE_ISSUERS."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from cli.providers import Provider
from cli.settings import Settings
from gateways.jwks import Jwks, KeysUnreachable
from gateways.keyring import Clock, Keyring
from web.issuers import Issuer, Keys, Secret
from web.tokens import TokenRules, Tokens


@dataclass(frozen=True, slots=True)
class Issuers:
    """The tokens of all, and the keyrings that must run for them to be read."""

    tokens: Tokens
    keyrings: Sequence[Keyring]


def token_rules(settings: Settings) -> TokenRules:
    return TokenRules(settings.secret(), settings.jwt_issuer, settings.jwt_audience)


@contextlib.asynccontextmanager
async def open_issuers(settings: Settings, clock: Clock = time.monotonic) -> AsyncIterator[Issuers]:
    issuers, keyrings = [token_rules(settings).as_issuer()], []
    try:
        for provider in settings.issuers:
            keys: Keys
            if provider.secret:
                keys = Secret(provider.secret)
            else:
                keys = Keyring(provider.issuer, Jwks(provider.keys_url, provider.signs_with), clock)
                keyrings.append(keys)
            issuers.append(_issuer(provider, keys))
        yield Issuers(Tokens(issuers), keyrings)
    finally:
        await asyncio.gather(*(keyring.close() for keyring in keyrings))


async def describe(provider: Provider) -> tuple[bool, str]:
    """Whether its tokens can be read now, and a sentence about it."""
    if provider.secret:
        return True, f"{provider.issuer}, by a secret we share"
    jwks = Jwks(provider.keys_url, provider.signs_with)
    try:
        keys = await jwks.fetch()
    except KeysUnreachable as trouble:
        return False, f"{provider.issuer}: {trouble}, so its tokens cannot be read"
    finally:
        await jwks.close()
    if not keys:
        return False, f"{provider.issuer}: {jwks.url} lists no key for {' or '.join(provider.signs_with)}"
    ids = ", ".join(sorted({key_id for key_id, _ in keys}))
    return True, f"{provider.issuer}, with the keys it publishes ({ids})"


def _issuer(provider: Provider, keys: Keys) -> Issuer:
    return Issuer(
        provider.issuer,
        provider.signs_with,
        keys,
        provider.audience,
        provider.authorized_parties,
        provider.trusts_email,
    )
