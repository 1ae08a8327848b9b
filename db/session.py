"""A unit of work: one connection, one transaction, one actor, handed along by hand."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg

from db.refusals import refusals_of_the_database
from db.selection import Statement
from db.statements import statement
from domain.analytics import EventKind, Signal, SignalKind
from domain.ids import new_id
from domain.people import Actor
from domain.sealing import KeyRing

Row: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Announcement:
    """What the feed will tell: the kind and the ids of its subjects."""

    kind: EventKind
    conversation_id: UUID | None = None
    message_id: UUID | None = None
    lead_id: UUID | None = None
    insight_id: UUID | None = None
    dataset_id: UUID | None = None
    subject_id: UUID | None = None  # of what is of no lead and has no place of its own here
    booking_id: UUID | None = None
    enrollment_id: UUID | None = None
    owner_id: UUID | None = None  # of a lead that was withdrawn: who it belonged to until now
    assignee_id: UUID | None = None
    dataset_ids: Sequence[UUID] | None = None  # likewise


@dataclass(slots=True)
class Session:
    """Only the edge opens and commits one. Every statement gets the organization as `$1`."""

    connection: asyncpg.Connection
    actor: Actor
    ring: KeyRing = field(default_factory=KeyRing)  # what credentials are sealed with
    announcements: list[Announcement] = field(default_factory=list)
    signals: list[Signal] = field(default_factory=list)
    tells_of_all: bool = False  # whether it tells of leads that it put out of the sight of whoever acts

    async def execute(self, domain: str, name: str, *values: Any) -> None:
        with refusals_of_the_database():
            await self.connection.execute(statement(domain, name), self.actor.organization_id, *values)

    async def row(self, domain: str, name: str, *values: Any) -> Row | None:
        with refusals_of_the_database():
            found = await self.connection.fetchrow(statement(domain, name), self.actor.organization_id, *values)
            return dict(found) if found else None

    async def rows(self, domain: str, name: str, *values: Any) -> list[asyncpg.Record]:
        with refusals_of_the_database():
            return await self.connection.fetch(statement(domain, name), self.actor.organization_id, *values)

    async def value(self, domain: str, name: str, *values: Any) -> Any:
        with refusals_of_the_database():
            return await self.connection.fetchval(statement(domain, name), self.actor.organization_id, *values)

    async def select(self, compiled: Statement, values: list[Any]) -> bytes | None:
        """The JSON of a selection, as this unit of work sees it before it commits."""
        with refusals_of_the_database():
            json: bytes | None = await self.connection.fetchval(compiled.sql, self.actor.organization_id, *values)
            return json

    @asynccontextmanager
    async def apart(self) -> AsyncIterator[None]:
        """What fails in here is undone alone, with what it announced; what was done before stays."""
        told, shown = len(self.announcements), len(self.signals)
        try:
            with refusals_of_the_database():
                async with self.connection.transaction():
                    yield
        except BaseException:
            del self.announcements[told:], self.signals[shown:]
            raise

    @asynccontextmanager
    async def beyond_datasets(self) -> AsyncIterator[None]:
        """In here the datasets that the actor is limited to do not narrow: for what the product itself must do right.

        Whoever needs it has checked before, under the actor's own sight, what it will touch.
        """
        limit = self.actor.rights.dataset_ids
        if limit is None:
            yield
            return
        await self.execute("people", "see_datasets", "ALL")
        yield
        await self.execute("people", "see_datasets", _array(limit))

    def announce(self, kind: EventKind, **subjects: Any) -> None:
        """Told to every listener if, and only if, this unit of work commits."""
        self.announcements.append(Announcement(kind, **subjects))

    def signal(self, kind: SignalKind, subject_id: UUID, *, is_on: bool) -> None:
        """Shown to whoever looks at this moment, once this unit of work has committed, and kept nowhere."""
        organization_id, member_id = self.actor.organization_id, self.actor.member_id
        assert member_id, "only people give signals"
        self.signals.append(Signal(kind, organization_id, subject_id, member_id, is_on, datetime.now(UTC)))

    async def write_announcements(self) -> None:
        """The last statement before commit: takes the organization's next numbers, so waits for its other writers."""
        told = self.announcements
        if self.tells_of_all:
            await self.value("analytics", "see_all")
        columns = [
            [new_id() for _ in told],
            [item.kind for item in told],
            [item.conversation_id for item in told],
            [item.message_id for item in told],
            [item.lead_id for item in told],
            [item.insight_id for item in told],
            [item.subject_id for item in told],
            [item.owner_id for item in told],
            [item.assignee_id for item in told],
            [item.dataset_id for item in told],
            [item.dataset_ids and _array(item.dataset_ids) for item in told],
            [item.booking_id for item in told],
            [item.enrollment_id for item in told],
        ]
        async with self.beyond_datasets():  # what has left the actor's sight is told of all the same
            await self.rows("analytics", "write_events", len(told), *columns)


def _array(ids: Iterable[UUID]) -> str:
    """As PostgreSQL writes one: several in one parameter are only possible as texts."""
    return f"{{{','.join(map(str, ids))}}}"
