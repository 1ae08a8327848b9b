"""Refreshes social connections before their time is up, and ends those that nobody could refresh (S4.4).

No transaction is open while a network is asked. Several processes may run this: a connection is claimed before its
network hears of it, because a token may be good for one refresh only.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import structlog

from actions.refreshing import Claim, claim_refresh, end_expired, record_refresh, record_refresh_failure
from db.database import Database
from domain.people import Actor
from domain.refreshing import TOKEN_OF, RefreshFailure
from domain.troubles import Trouble
from gateways.networks import Networks, NotRefreshed, Tokens
from workers.lanes import Queue

log = structlog.get_logger()
_PAUSE_SECONDS = 1.0

Clock = Callable[[], datetime | None]


def by_the_database() -> None:
    """The clock that all processes share: None is its now."""


class Refreshing:
    """Connections of networks that are not among these are not refreshed: they end when their time is up."""

    def __init__(self, database: Database, networks: Networks, clock: Clock = by_the_database) -> None:
        self._database = database
        self._networks = networks
        self._clock = clock

    async def run(self) -> None:
        await Queue("refreshing", self.take, find=self.find).run(self._database)

    async def find(self) -> set[UUID]:
        """The organizations that have a connection to refresh, or one that is over."""
        rows = await self._database.look_up("organizations_with_due_credentials", self._clock(), list(self._networks))
        return {row["organization_id"] for row in rows}

    async def take(self, organization_id: UUID) -> bool:
        """Refreshes one connection that is due; where there is none, ends all whose time is up."""
        actor = Actor(organization_id)
        async with self._database.work(actor) as session:
            claim = await claim_refresh(session, self._networks, self._clock())
            ended = 0 if claim else await end_expired(session, self._clock())
        if ended:
            log.info("connections have ended", organization=str(organization_id), count=ended)
        if claim:
            await self._refresh(actor, claim)
        return claim is not None

    async def _refresh(self, actor: Actor, claim: Claim) -> None:
        try:
            tokens = await self._ask(claim)
        except NotRefreshed as failed:
            log.warning(
                "a connection cannot be refreshed",
                credential=str(claim.id),
                provider=claim.provider,
                failure=failed.failure,
                reason=str(failed),
            )
            async with self._database.work(actor) as session:
                await record_refresh_failure(session, claim, failed.failure)
        else:
            await self._keep(actor, claim, tokens)

    async def _ask(self, claim: Claim) -> Tokens:
        if claim.secrets is None:
            raise NotRefreshed(RefreshFailure.UNOPENABLE, "what is stored does not open")
        token = claim.secrets.get(TOKEN_OF[claim.provider])
        if token is None:
            raise NotRefreshed(RefreshFailure.LACKS_TOKEN, f"what is stored has no {TOKEN_OF[claim.provider]}")
        return await self._networks[claim.provider].refresh(token)

    async def _keep(self, actor: Actor, claim: Claim, tokens: Tokens) -> None:
        """For as long as it takes: where the network has taken the old token back, these are all there is."""
        while True:
            try:
                async with self._database.work(actor) as session:
                    is_kept = await record_refresh(session, claim, tokens.secrets, tokens.lives)
                break
            except Trouble as trouble:
                log.warning("new tokens are waiting to be kept", credential=str(claim.id), reason=str(trouble))
                await asyncio.sleep(_PAUSE_SECONDS)
        told = "a connection was refreshed" if is_kept else "a connection was stored anew while it was refreshed"
        log.info(told, credential=str(claim.id), provider=claim.provider)
