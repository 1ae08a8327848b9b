"""The usual way: plain Strawberry, a resolver per field, and DataLoaders over asyncpg. It asks nobody who they are.

It reads as the owner of the tables, so row-level security costs it nothing; every statement still names the tenant.
"""

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import strawberry
from starlette.applications import Starlette
from starlette.routing import Route
from strawberry.asgi import GraphQL
from strawberry.dataloader import DataLoader

from bench.bare import STATEMENT_SECONDS, open_pool
from bench.questions import Job
from db.database import pool_options
from domain.conversations import Channel, ConversationStatus, MessageDirection, MessageStatus

strawberry.enum(Channel)
strawberry.enum(ConversationStatus)
strawberry.enum(MessageDirection)
strawberry.enum(MessageStatus)

_CONVERSATION = "select id, channel, status, unread_count, last_message_at, lead_id, assignee_id from conversations"
_PAGE = (
    f"{_CONVERSATION} where organization_id = $1 order by coalesce(last_message_at, '-infinity') desc, id desc limit $2"
)
_BY_ID = f"{_CONVERSATION} where organization_id = $1 and id = $2"
_LEADS = "select id, name, phone from leads where organization_id = $1 and id = any ($2::uuid[])"
_MEMBERS = "select id, name from memberships where organization_id = $1 and id = any ($2::uuid[])"
_LAST_MESSAGES = """
select m.conversation_id as key, m.id, m.body, m.direction, m.status, m.created_at
from unnest($2::uuid[]) wanted (id) cross join lateral (
  select * from messages where organization_id = $1 and conversation_id = wanted.id
  order by created_at desc, id desc limit 1
) m"""


class Context(dict[str, Any]):
    """One per request: the pool, and the loaders that gather the keys of a level."""

    def __init__(self, pool: asyncpg.Pool, organization: UUID) -> None:
        super().__init__()
        self.pool = pool
        self.organization = organization
        self.leads = self._loader(_LEADS, "id")
        self.members = self._loader(_MEMBERS, "id")
        self.last_messages = self._loader(_LAST_MESSAGES, "key")

    def _loader(self, sql: str, key: str) -> DataLoader[UUID, asyncpg.Record | None]:
        async def load(keys: list[UUID]) -> list[asyncpg.Record | None]:
            async with self.pool.acquire() as connection:
                rows = {row[key]: row for row in await connection.fetch(sql, self.organization, keys)}
            return [rows.get(key) for key in keys]

        return DataLoader(load)


Info = strawberry.Info[Context, None]


@strawberry.type
class Lead:
    id: strawberry.ID
    name: str
    phone: str | None

    @classmethod
    def of(cls, row: asyncpg.Record) -> "Lead":
        return cls(id=strawberry.ID(f"lead_{row['id']}"), name=row["name"], phone=row["phone"])


@strawberry.type
class Member:
    id: strawberry.ID
    name: str

    @classmethod
    def of(cls, row: asyncpg.Record) -> "Member":
        return cls(id=strawberry.ID(f"member_{row['id']}"), name=row["name"])


@strawberry.type
class Message:
    id: strawberry.ID
    body: str
    direction: MessageDirection
    status: MessageStatus
    created_at: datetime

    @classmethod
    def of(cls, row: asyncpg.Record) -> "Message":
        return cls(
            id=strawberry.ID(f"message_{row['id']}"),
            body=row["body"],
            direction=MessageDirection(row["direction"]),
            status=MessageStatus(row["status"]),
            created_at=row["created_at"],
        )


@strawberry.type
class Conversation:
    id: strawberry.ID
    channel: Channel
    status: ConversationStatus
    unread_count: int
    last_message_at: datetime | None
    key: strawberry.Private[UUID]
    lead_id: strawberry.Private[UUID]
    assignee_id: strawberry.Private[UUID | None]

    @classmethod
    def of(cls, row: asyncpg.Record) -> "Conversation":
        return cls(
            id=strawberry.ID(f"conversation_{row['id']}"),
            channel=Channel(row["channel"]),
            status=ConversationStatus(row["status"]),
            unread_count=row["unread_count"],
            last_message_at=row["last_message_at"],
            key=row["id"],
            lead_id=row["lead_id"],
            assignee_id=row["assignee_id"],
        )

    @strawberry.field
    async def lead(self, info: Info) -> Lead:
        row = await info.context.leads.load(self.lead_id)
        assert row
        return Lead.of(row)

    @strawberry.field
    async def assignee(self, info: Info) -> Member | None:
        row = await info.context.members.load(self.assignee_id) if self.assignee_id else None
        return Member.of(row) if row else None

    @strawberry.field
    async def last_message(self, info: Info) -> Message | None:
        row = await info.context.last_messages.load(self.key)
        return Message.of(row) if row else None


@strawberry.type
class PageInfo:
    has_next_page: bool
    end_cursor: str | None


@strawberry.type
class ConversationConnection:
    nodes: list[Conversation]
    page_info: PageInfo


@strawberry.type
class Query:
    @strawberry.field
    async def conversations(self, info: Info, first: int = 25) -> ConversationConnection:
        async with info.context.pool.acquire() as connection:
            rows = await connection.fetch(_PAGE, info.context.organization, first + 1)
        page = rows[:first]
        info_of_page = PageInfo(has_next_page=len(rows) > first, end_cursor=_cursor(page[-1]) if page else None)
        return ConversationConnection(nodes=[Conversation.of(row) for row in page], page_info=info_of_page)

    @strawberry.field
    async def conversation(self, info: Info, id: strawberry.ID) -> Conversation | None:
        key = UUID(id.rpartition("_")[2])
        async with info.context.pool.acquire() as connection:
            row = await connection.fetchrow(_BY_ID, info.context.organization, key)
        return Conversation.of(row) if row else None


def _cursor(row: asyncpg.Record) -> str:
    return base64.urlsafe_b64encode(f"{row['last_message_at']},{row['id']}".encode()).decode()


class _View(GraphQL[Context, None]):
    def __init__(self, pool: asyncpg.Pool, organization: UUID) -> None:
        super().__init__(strawberry.Schema(Query))
        self._pool = pool
        self._organization = organization

    async def get_context(self, request: Any, response: Any) -> Context:
        return Context(self._pool, self._organization)


@asynccontextmanager
async def dataloaders(job: Job, pool_size: int) -> AsyncIterator[Starlette]:
    options = pool_options(STATEMENT_SECONDS)["server_settings"]
    settings = {name: value for name, value in options.items() if name != "role"}
    async with open_pool(job.url, pool_size, server_settings=settings) as pool:
        yield Starlette(routes=[Route("/graphql", _View(pool, UUID(job.organization)))])
