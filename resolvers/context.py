"""What a request carries: who asks, the database, what is live, and the document being answered."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from graphql import OperationDefinitionNode

from db.database import Database
from db.session import Session
from domain.links import Links
from domain.people import Actor, Person
from domain.refusals import Refusal, RefusalCode
from realtime.live import Live
from resolvers.documents import Document, asks_only, is_public
from resolvers.errors import TooComplex

MOST_ROWS = 20_000  # that one operation may touch if every page of it is full


@dataclass(slots=True)
class Context:
    """One per operation. `actor` is None while nobody is known: only the schema itself may then be read."""

    database: Database
    live: Live
    request_id: str
    actor: Actor | None = None
    person: Person | None = None  # who may belong to no organization yet
    may_found: bool = False  # whether people may begin organizations here
    links: Links = field(default_factory=lambda: Links("", ""))  # to files that come and go
    unknown: str = "Send a bearer token or an API key in the Authorization header (or in connection_init)."
    document: Document | None = None
    connection_params: dict[str, Any] = field(default_factory=dict)
    cost: int = 0

    def answering(self, document: Document) -> "Context":
        return replace(self, document=document, cost=0)

    def admits(self, operation: OperationDefinitionNode) -> bool:
        """Whether whoever asks may at all: the schema itself anybody, an organization a person who belongs to none."""
        if self.actor or is_public(operation):
            return True
        return self.person is not None and asks_only(operation, {"createOrganization"})

    @property
    def caller(self) -> Actor:
        assert self.actor, "an operation without an actor was let through"
        return self.actor

    @asynccontextmanager
    async def work(self) -> AsyncIterator[Session]:
        async with self.database.work(self.caller, self.request_id) as session:
            yield session

    @asynccontextmanager
    async def look(self) -> AsyncIterator[Session]:
        """A unit of work that only reads, for what Python must answer."""
        async with self.database.work(self.caller, self.request_id, is_reading=True) as session:
            yield session

    def spend(self, rows: int) -> None:
        """So many more rows may be touched to answer this operation; refuses it once they are too many."""
        self.cost += rows
        if self.cost > MOST_ROWS:
            raise TooComplex(self.cost, MOST_ROWS)

    @property
    def founder(self) -> Person:
        """Who may begin an organization: a person, where the server is open to them."""
        if not self.may_found:
            raise Refusal(RefusalCode.FORBIDDEN, "New organizations are begun by the operator of this server.")
        if self.person is None:
            raise Refusal(RefusalCode.FORBIDDEN, "Only people begin organizations: a key belongs to a program.")
        return self.person
