"""Pokes: after a commit, one coalesced NOTIFY tells every process which organizations have news, and of what sort.

A poke carries no facts: who hears it looks for itself, and finds by sweeping what no poke told of. A NOTIFY inside each
transaction would take a lock of the whole cluster at commit; this one is outside, and at most one per ten milliseconds
and process.
"""

import asyncio
import itertools
import json
import secrets
from collections.abc import Callable, Collection, Iterable
from enum import StrEnum
from uuid import UUID

import structlog

from db.database import Database
from db.listening import listen
from domain.analytics import EventKind
from domain.troubles import Trouble

log = structlog.get_logger()
POKES = "rekindle"
_GATHER_SECONDS = 0.01
_MOST_IN_ONE = 180  # a notification holds 8,000 bytes


class News(StrEnum):
    """What there may be for an organization: more in its feed, or something due in a queue."""

    FEED = "feed"
    INBOUND = "inbound"
    SENDING = "sending"
    MAILING = "mailing"
    LINKEDIN = "linkedin"
    REVIEWING = "reviewing"
    IMPORTING = "importing"
    BULK = "bulk"
    EXPORTING = "exporting"
    ENROLLING = "enrolling"
    DISPATCHING = "dispatching"
    FINDING = "finding"
    SILENCE = "silence"
    ANSWERING = "answering"
    JUDGING = "judging"
    REPLAYING = "replaying"


# A report that overtook its receipt is due once the receipt is recorded.
_DUE = {
    EventKind.MESSAGE_SENT: {News.SENDING, News.MAILING, News.LINKEDIN, News.REVIEWING},
    EventKind.MESSAGE_STATUS_CHANGED: {News.INBOUND},
    EventKind.IMPORT_CHANGED: {News.IMPORTING, News.FINDING},
    EventKind.BULK_OPERATION_CHANGED: {News.BULK},
    EventKind.EXPORT_CHANGED: {News.EXPORTING},
    EventKind.CAMPAIGN_CHANGED: {News.ENROLLING, News.DISPATCHING},
    EventKind.ENROLLMENT_CHANGED: {News.DISPATCHING},
    EventKind.DRAFT_CHANGED: {News.ANSWERING},
    EventKind.REPLAY_CHANGED: {News.REPLAYING},
}

Hear = Callable[[set[UUID]], None]


class Pokes:
    """Sends and hears pokes. What this process commits reaches its own hearers at once, others through PostgreSQL."""

    def __init__(self, database: Database, url: str) -> None:
        self._database = database
        self._url = url
        self._name = secrets.token_hex(8)
        self._hearers: list[tuple[News, Hear]] = []
        self._far_hearers: list[tuple[News, Hear]] = []
        self._waiting: set[tuple[News, UUID]] = set()
        self._wake = asyncio.Event()

    def on_poke(self, news: News, hear: Hear, *, far: bool = True) -> None:
        """`far` off: only of what this process commits itself. Where nobody wants more, nothing is listened to."""
        self._hearers.append((news, hear))
        if far:
            self._far_hearers.append((news, hear))

    def committed(self, organization_id: UUID, kinds: Collection[EventKind]) -> None:
        """A unit of work has told the feed of these."""
        self.poke(organization_id, {News.FEED}.union(*(_DUE.get(kind, ()) for kind in kinds)))

    def poke(self, organization_id: UUID, news: Iterable[News]) -> None:
        for one in news:
            self._waiting.add((one, organization_id))
            _tell(self._hearers, one, {organization_id})
        self._wake.set()

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self._send())
            if self._far_hearers:
                group.create_task(listen(self._url, POKES, self._heard))

    def _heard(self, payload: str) -> None:
        poke = json.loads(payload)
        if poke.get("from") != self._name:
            for news in News:
                _tell(self._far_hearers, news, _of(poke, news))

    async def _send(self) -> None:
        while True:
            await self._wake.wait()
            await asyncio.sleep(_GATHER_SECONDS)
            self._wake.clear()
            waiting, self._waiting = sorted(self._waiting), set()
            for start in range(0, len(waiting), _MOST_IN_ONE):
                await self._notify(waiting[start : start + _MOST_IN_ONE])

    async def _notify(self, waiting: list[tuple[News, UUID]]) -> None:
        by_news = itertools.groupby(waiting, key=lambda item: item[0])
        poke = {"from": self._name} | {news: [str(id) for _, id in items] for news, items in by_news}
        try:
            await self._database.look_up("poke", POKES, json.dumps(poke, separators=(",", ":")))
        except Trouble as trouble:
            log.warning("poke not sent; others find the news by polling", reason=str(trouble))


def read_poke(payload: str, news: News) -> set[UUID]:
    """The organizations that have such news, whoever tells it."""
    return _of(json.loads(payload), news)


def _of(poke: dict[str, list[str]], news: News) -> set[UUID]:
    return {UUID(text) for text in poke.get(news, ())}


def _tell(hearers: list[tuple[News, Hear]], news: News, organizations: set[UUID]) -> None:
    for wanted, hear in hearers:
        if wanted == news and organizations:
            hear(organizations)
