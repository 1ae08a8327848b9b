"""Social connections of a tenant, the networks they lead to, and a worker whose clock the tests turn."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from actions.credentials import open_credential
from cli.social_apps import SocialApp, open_networks
from db.database import Database
from domain.credentials import CredentialProvider
from domain.ids import show_id
from domain.refreshing import TOKEN_OF
from gateways.networks import Networks as Gateways
from tests.play.networks import Networks
from tests.play.past import bare
from tests.play.tenant import Tenant
from workers.refreshing import Refreshing

FACTS = "id isActive expiresAt refreshedAt refreshFailure lastCharacters version"
_STORE = f"""mutation ($i: StoreCredentialInput!) {{
  storeCredential(input: $i) {{ ... on Credential {{ {FACTS} }} ... on Refused {{ code message }} }} }}"""
_LOOK = f"query ($id: ID!) {{ node(id: $id) {{ ... on Credential {{ {FACTS} }} }} }}"
FEED = """subscription ($after: Cursor) { inboxEvents(after: $after) { __typename
  ... on LeadChanged { lead { id } }
  ... on CredentialExpired { credential { id isActive refreshFailure } } } }"""
LIFE = timedelta(hours=2)


@dataclass
class Time:
    """Called, it says when it is."""

    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass(frozen=True, slots=True)
class Desk:
    """One tenant's connections. Nothing happens to them before `work` is called, or before their time is really up."""

    tenant: Tenant
    networks: Networks
    gateways: Gateways
    time: Time

    async def connect(
        self, provider: CredentialProvider, life: timedelta = LIFE, name: str = "Ours", **secrets: str
    ) -> dict[str, Any]:
        """Stored as a front end does that has just connected somebody."""
        usual = {"access_token": "the first access token", "page": "Ours"} | {TOKEN_OF[provider]: self.networks.grant()}
        given = [{"name": name, "value": value} for name, value in (secrets or usual).items()]
        facts = {"kind": "SOCIAL", "provider": str(provider), "name": name, "secrets": given}
        expires_at = (self.time() + life).isoformat()
        answer = await self.tenant.admin.ask(_STORE, i=facts | {"expiresAt": expires_at})
        found: dict[str, Any] = answer["storeCredential"]
        return found

    async def look(self, credential: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = (await self.tenant.admin.ask(_LOOK, id=credential["id"]))["node"]
        return found

    async def opened(self, credential: dict[str, Any]) -> dict[str, str]:
        async with self.database.work(self.tenant.product) as session:
            return dict(await open_credential(session, bare(credential["id"])))

    async def ended(self) -> list[dict[str, Any]]:
        """What the feed has told of connections that ended, up to a lead who comes now."""
        fence, heard = show_id("lead", await self.tenant.lead()), list[dict[str, Any]]()
        async with self.tenant.owner.hear(FEED, after="0") as ear:
            while not heard or heard[-1].get("lead") != {"id": fence}:
                heard.append(await ear.next())
        return [event["credential"] for event in heard if event["__typename"] == "CredentialExpired"]

    @property
    def database(self) -> Database:
        return self.tenant.house.parts.database

    def worker(self, database: Database | None = None) -> Refreshing:
        return Refreshing(database or self.database, self.gateways, self.time)

    async def work(self) -> int:
        """Works off what is due, as a lane does; how many networks were asked or would have been."""
        taken = 0
        while await self.worker().take(self.tenant.organization_id):
            taken += 1
        return taken


@contextlib.asynccontextmanager
async def open_desk(tenant: Tenant, networks: Networks, *providers: CredentialProvider) -> AsyncIterator[Desk]:
    apps = [SocialApp(**entry) for entry in networks.setting(*providers)]
    async with open_networks(apps) as gateways:
        yield Desk(tenant, networks, gateways, Time())
