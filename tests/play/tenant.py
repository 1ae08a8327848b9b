"""A tenant: a fresh organization with members and a number, and short words for building its past."""

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from actions.conversations import send_message
from actions.keys import create_api_key
from actions.leads import NewLead, add_lead
from actions.members import Grant, Limit, add_member, change_member
from actions.organizations import add_organization, add_phone_number
from actions.receiving import receive_text
from domain.analytics import EventKind
from domain.conversations import Channel, InboundText
from domain.ids import new_id, show_id
from domain.people import Actor, LeadScope, Permission, Role
from tests.play.callers import Caller
from tests.play.house import House
from tests.play.waiting import until

_numbers = count(10_000)


@dataclass(frozen=True, slots=True)
class Tenant:
    house: House
    organization_id: UUID
    slug: str
    number: str
    members: dict[Role, UUID]
    subjects: dict[Role, str]

    @property
    def product(self) -> Actor:
        """The product itself at work for this organization."""
        return Actor(self.organization_id)

    def as_(self, role: Role) -> Caller:
        token = self.house.parts.rules.mint(self.subjects[role], 600)
        return Caller(self.house.http, self.house.ws, token)

    @property
    def owner(self) -> Caller:
        return self.as_(Role.OWNER)

    @property
    def admin(self) -> Caller:
        return self.as_(Role.ADMIN)

    @property
    def agent(self) -> Caller:
        return self.as_(Role.AGENT)

    @property
    def viewer(self) -> Caller:
        return self.as_(Role.VIEWER)

    @property
    def nobody(self) -> Caller:
        return Caller(self.house.http, self.house.ws)

    async def colleague(
        self, scope: LeadScope, role: Role = Role.AGENT, limit: frozenset[UUID] | None = None
    ) -> tuple[Caller, UUID]:
        """One more member who sees so much, and their id."""
        database, subject = self.house.parts.database, f"{self.slug}-{uuid4().hex}"
        issuer, email = self.house.settings.jwt_issuer, f"{subject}@{self.slug}.example"
        rows = await database.look_up("find_or_add_user", new_id(), issuer, subject, email)
        async with database.work(self.product) as session:
            member = await add_member(session, rows[0]["id"], "Colleague", email, role, scope)
            if limit is not None:
                await change_member(session, member, Grant(limit=Limit(limit)), None)
        return Caller(self.house.http, self.house.ws, self.house.parts.rules.mint(subject, 600)), member

    def poke(self) -> None:
        """Wakes the workers for this organization, as commits of its own would."""
        self.house.parts.database.on_commit(self.organization_id, tuple(EventKind))

    async def followed(self, streams: int = 1) -> None:
        """Returns when so many streams follow the feed, so that what comes from now on is heard."""

        async def are_there() -> bool:
            return self.house.followers(self.organization_id) == streams

        await until(are_there)

    async def program(self, *permissions: Permission, limit: frozenset[UUID] | None = None) -> Caller:
        async with self.house.parts.database.work(self.product) as session:
            _, key = await create_api_key(session, "a program", frozenset(permissions), dataset_ids=limit)
        return Caller(self.house.http, self.house.ws, key)

    async def lead(self, **facts: Any) -> UUID:
        """A lead with a number of its own unless told otherwise."""
        async with self.house.parts.database.work(self.product) as session:
            return await add_lead(session, NewLead(**{"first_name": "Ann", "phone": next_number(), **facts}))

    async def text(
        self, body: str = "Hello?", sender: str | None = None, at: datetime | None = None
    ) -> tuple[str, str]:
        """A lead's text that has been worked off; the ids of its conversation and of itself."""
        number = sender or next_number()
        text = inbound_text(self.number, number, body, at or datetime.now(UTC))
        async with self.house.parts.database.work(self.product) as session:
            message_id = await receive_text(session, text)
            assert message_id
            row = await session.connection.fetchval(
                "select conversation_id from messages where organization_id = $1 and id = $2",
                self.organization_id,
                message_id,
            )
        return show_id("conversation", row), show_id("message", message_id)

    async def answer(self, conversation: str, body: str = "Hello.", *, ai_generated: bool = False) -> str:
        """An outbound text of the product's own."""
        async with self.house.parts.database.work(self.product) as session:
            conversation_id = UUID(conversation.rpartition("_")[2])
            sent = await send_message(session, conversation_id, body, uuid4().hex, ai_generated=ai_generated)
        return show_id("message", sent)


def inbound_text(number: str, sender: str, body: str, at: datetime) -> InboundText:
    return InboundText(f"SM{uuid4().hex}", Channel.SMS, sender, number, body, (), at)


def next_number() -> str:
    """A number nobody else in the tests has, from a range reserved for fiction."""
    return f"+4479{next(_numbers):08}"


async def open_tenant(house: House) -> Tenant:
    """Every tenant has an owner, an admin, a manager, an agent and a viewer."""
    database, actor = house.parts.database, Actor(new_id())
    slug = f"tenant-{actor.organization_id.hex[-12:]}"
    subjects = {role: f"{slug}-{role.lower()}" for role in Role}
    users = {}
    for role, subject in subjects.items():
        email = f"{role.lower()}@{slug}.example"
        rows = await database.look_up("find_or_add_user", new_id(), house.settings.jwt_issuer, subject, email)
        users[role] = rows[0]["id"]
    async with database.work(actor) as session:
        await add_organization(session, slug, slug.title())
        number = await add_phone_number(session, next_number())
        members = {
            role: await add_member(session, users[role], role.title(), f"{role.lower()}@{slug}.example", role)
            for role in Role
        }
    return Tenant(house, actor.organization_id, slug, number, members, subjects)
