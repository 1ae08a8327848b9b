"""The stage: what `serve --demo` puts around a server, a carrier on loopback, seeds, and a story that plays."""

import asyncio
import secrets
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

import structlog
from rich.console import Console

from cli.compose import open_database
from cli.demo.carrier import LoopbackCarrier, serve_carrier
from cli.demo.carrier_texts import new_sid
from cli.demo.cast import HOUSES, House
from cli.demo.desk import Desk
from cli.demo.playbill import Billing, Playbill, read_account
from cli.demo.seeds import Company, seed
from cli.demo.story import Pace, Story
from cli.issuers import token_rules
from cli.settings import Settings, SettingsError
from db.database import Database
from domain.ids import show_id
from domain.people import Role
from realtime.pokes import Pokes

log = structlog.get_logger()
_TOKEN_SECONDS = 30 * 24 * 3600
_CONNECTIONS = 2


class Stage:
    """Inside the block the carrier listens and the seeds are sown; `open` begins the story, and leaving ends it."""

    def __init__(self, settings: Settings, url: str, pace: Pace = (2, 5), houses: tuple[House, ...] = HOUSES) -> None:
        self.settings = settings
        self._origin = settings.callback_url
        self._url = url
        self._pace = pace
        self._houses = houses
        self._companies: list[Company] = []
        self._playing: asyncio.Task[None] | None = None
        self._exits = AsyncExitStack()

    async def __aenter__(self) -> Self:
        if not self.settings.port:
            raise SettingsError("The demo tells its addresses beforehand: set REKINDLE_PORT to a port, not to 0.")
        async with AsyncExitStack() as exits:
            # Texts to numbers of fiction must never reach a real carrier, so an account that is set is not used; and
            # this carrier is next door, so it comes by the address the server listens on, not by the public one. A
            # worker elsewhere would not know it, so the work is done here.
            local = self.settings.model_copy(update={"public_url": None, "work": True})
            self._carrier = LoopbackCarrier(*self._account(), f"{local.callback_url}/webhooks/twilio/messages")
            account = {
                "twilio_account_sid": self._carrier.account_sid,
                "twilio_auth_token": self._carrier.auth_token,
                "twilio_api_url": await exits.enter_async_context(serve_carrier(self._carrier)),
            }
            self.settings = local.model_copy(update=account)
            async with open_database(self.settings, self._url) as database:
                await self._check_alone(database)
                self._companies = [await seed(database, house, self.settings.jwt_issuer) for house in self._houses]
            self._exits = exits.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        if self._playing:
            self._playing.cancel()
            await asyncio.gather(self._playing, return_exceptions=True)
        await self._exits.aclose()

    async def _check_alone(self, database: Database) -> None:
        """The carrier next door would take the texts of everyone in this database, and deliver them to nobody."""
        slugs = [house.slug for house in self._houses]
        if (await database.look_up("count_organizations_beside", slugs))[0]["others"]:
            raise SettingsError(
                "This database holds organizations beside the demo's, whose texts the demo's carrier would swallow: "
                "set REKINDLE_DATABASE_URL (or REKINDLE_DATA_DIR) to a database of the demo's own."
            )

    def open(self) -> None:
        """To be called in the running loop, once the server listens."""
        playbill = self._playbill()
        playbill.write(self._note)
        playbill.show(Console(), self._note.absolute())
        self._playing = asyncio.create_task(self._play())
        self._playing.add_done_callback(_tell_of_its_end)

    @property
    def _note(self) -> Path:
        return self.settings.data_dir / "demo.json"

    def _account(self) -> tuple[str, str]:
        return read_account(self._note) or (new_sid("AC"), secrets.token_hex(16))

    def _playbill(self) -> Playbill:
        carrier = self._carrier
        billings = tuple(self._billing(company) for company in self._companies)
        return Playbill(self._origin, carrier.account_sid, carrier.auth_token, billings, self.settings.model)

    def _billing(self, company: Company) -> Billing:
        rules, house = token_rules(self.settings), company.house
        first = {
            role: next(person for person in house.people if person.role is role) for role in (Role.OWNER, Role.AGENT)
        }
        tokens = {role.lower(): rules.mint(person.subject, _TOKEN_SECONDS) for role, person in first.items()}
        return Billing(show_id("organization", company.organization_id), house.slug, house.name, house.number, tokens)

    async def _play(self) -> None:
        """With connections of its own, as another process would have, so that the server is left its whole pool."""
        async with open_database(self.settings.model_copy(update={"pool_size": _CONNECTIONS}), self._url) as database:
            pokes = Pokes(database, self._url)
            database.on_commit = pokes.committed
            async with asyncio.TaskGroup() as group:
                group.create_task(pokes.run())
                for company in self._companies:
                    desk = Desk(database, company.organization_id)
                    group.create_task(Story(company, self._carrier, desk, self._pace).play())


def _tell_of_its_end(playing: asyncio.Task[None]) -> None:
    if not playing.cancelled() and playing.exception():
        log.error("the demo's story has ended; the server goes on", exc_info=playing.exception())
