"""The data: two organizations, each with four members and as many leads, conversations and messages as asked for."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import asyncpg

from db.embedded.server import EmbeddedPostgres
from db.migrate import migrate
from domain.ids import new_id, show_id

ISSUER, SUBJECT = "rekindle", "bench-owner"
MESSAGES_EACH = 10
_MANY_IDS = 500
_MEMBERS = (("Olivia Owner", "OWNER"), ("Ada Agent", "AGENT"), ("Ben Baker", "AGENT"), ("Cleo Clark", "AGENT"))

# Rows are right by construction, and checking the references of each would take most of the time.
_PREPARE = """
set session_replication_role = replica;
create function pg_temp.id_at(at timestamptz, salt text) returns uuid language sql immutable as $$
  select (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7' || substr(md5(salt), 1, 3)
          || '8' || substr(md5(salt), 4, 15))::uuid
$$"""

ORGANIZATION = """
with organization as (
  insert into organizations (id, slug, name) values ($1, $2, $2)
), stage as (
  insert into pipeline_stages (organization_id, id, name, position, is_default) values ($1, $1, 'New Contact', 1, true)
), scoring as (
  insert into scorings (organization_id) values ($1)
)
insert into event_counters (organization_id) values ($1)"""

_NUMBER = "insert into phone_numbers (id, organization_id, number) values ($2, $1, $3)"

MEMBER = """
with person as (
  insert into users (id, issuer, subject, email) values ($2, $3, $4, $4 || '@example.com')
)
insert into memberships (organization_id, id, user_id, name, email, role, lead_scope)
values ($1, $2, $2, $5, $4 || '@example.com', $6, 'ALL')"""

_LEADS = """
insert into leads (organization_id, id, first_name, last_name, phone, lifecycle, owner_id, created_at,
                   pipeline_stage_id)
select $1::uuid, pg_temp.id_at(at, 'lead' || $1::uuid || i), 'Lead', 'Number ' || i, '+447' || lpad(i::text, 9, '0'),
       'ENGAGED', ($3::uuid[])[1 + i % 4], at, $1
from generate_series(1, $2::int) i,
     lateral (select timestamptz '2026-01-01 00:00+00' + i * interval '10 seconds' as at) t"""

# The order of the inbox is not the order in which the leads came.
_CONVERSATIONS = """
insert into conversations
  (organization_id, id, lead_id, channel, status, assignee_id, unread_count, last_message_at, created_at)
select $1::uuid, pg_temp.id_at(l.created_at, 'conversation' || l.id), l.id, 'SMS',
       case when i % 10 = 0 then 'CLOSED' else 'ACTIVE' end,
       case when i % 5 > 0 then ($3::uuid[])[1 + i % 4] end, i % 4,
       timestamptz '2026-02-01 00:00+00' + (i * 7919 % $2::int) * interval '20 seconds', l.created_at
from (select *, row_number() over (order by id) as i from leads where organization_id = $1) l"""

# Sent, delivered and reviewed: the background work finds nothing to do.
_MESSAGES = """
insert into messages
  (organization_id, id, conversation_id, lead_id, author_id, direction, status, body, sender, recipient, segments,
   sent_at, delivered_at, reviewed_at, created_at)
select $1::uuid, pg_temp.id_at(at, 'message' || c.id || j), c.id, c.lead_id, case when out then c.assignee_id end,
       case when out then 'OUTBOUND' else 'INBOUND' end, case when out then 'DELIVERED' else 'RECEIVED' end,
       'Thank you for your message number ' || j || ' — shall we talk about “it” on ' || to_char(at, 'Day') || '? '
         || repeat(md5(c.id::text || j) || ' ', j % 4),
       '+447000000001', '+447000000002', 1, at, at, at, at
from conversations c, generate_series(1, $2::int) j,
     lateral (select c.last_message_at - ($2::int - j) * interval '7 minutes' as at, j % 2 = 0 as out) t
where c.organization_id = $1
order by at"""

_SOME_IDS = "select id from conversations where organization_id = $1 order by md5(id::text) limit $2"


@dataclass(frozen=True, slots=True)
class Data:
    """The first organization, its owner, and some of its conversations as clients name them."""

    url: str
    organization: UUID
    owner: UUID
    conversations: list[str]


@dataclass(frozen=True, slots=True)
class Tenant:
    """An organization as the carrier knows it, by its number, and as its owner does, by the subject of a token."""

    organization: UUID
    number: str
    subject: str


@contextmanager
def database() -> Iterator[str]:
    """The address of an embedded server in a folder of its own, which goes when it goes."""
    with TemporaryDirectory(prefix="rekindle-bench-") as folder:
        Path(folder).chmod(0o755)  # the account that runs PostgreSQL may be another
        with EmbeddedPostgres.start(Path(folder), durable=False) as server:
            yield server.url


async def fill(url: str, conversations: int) -> Data:
    async with filling(url) as connection:
        organization, owner = await _fill_organization(connection, "bench", SUBJECT, conversations)
        await _fill_organization(connection, "other", "other-owner", conversations)
        ids = [row["id"] for row in await connection.fetch(_SOME_IDS, organization, _MANY_IDS)]
        return Data(url, organization, owner, [show_id("conversation", id) for id in ids])


async def fill_many(url: str, organizations: int, conversations: int) -> list[Tenant]:
    """So many organizations, each with a number of its own and so many leads that can write to it."""
    async with filling(url) as connection:
        return [await _fill_tenant(connection, number, conversations) for number in range(organizations)]


async def _fill_tenant(connection: asyncpg.Connection, number: int, conversations: int) -> Tenant:
    slug, ours = f"tenant-{number}", f"+4420{number:08}"
    organization, _ = await _fill_organization(connection, slug, f"{slug}-owner", conversations)
    await connection.execute(_NUMBER, organization, new_id(), ours)
    return Tenant(organization, ours, f"{slug}-owner")


def lead_number(lead: int) -> str:
    """The number of one of an organization's leads; they are counted from 1."""
    return f"+447{lead:09}"


@asynccontextmanager
async def filling(url: str) -> AsyncIterator[asyncpg.Connection]:
    await migrate(url)
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(_PREPARE)
        yield connection
        await connection.execute("vacuum analyze")
        await connection.execute("checkpoint")
    finally:
        await connection.close()


async def _fill_organization(
    connection: asyncpg.Connection, slug: str, subject: str, conversations: int
) -> tuple[UUID, UUID]:
    organization, members = new_id(), [new_id() for _ in _MEMBERS]
    await connection.execute(ORGANIZATION, organization, slug)
    for number, (id, (name, role)) in enumerate(zip(members, _MEMBERS, strict=True)):
        who = subject if number == 0 else f"{slug}-{number}"
        await connection.execute(MEMBER, organization, id, ISSUER, who, name, role)
    await connection.execute(_LEADS, organization, conversations, members)
    await connection.execute(_CONVERSATIONS, organization, conversations, members)
    await connection.execute(_MESSAGES, organization, MESSAGES_EACH)
    return organization, members[0]
