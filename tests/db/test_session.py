"""Units of work: whole or not at all, in the order of their commits, each for one organization."""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from uuid import UUID

import asyncpg
import pytest

from actions.leads import NewLead, add_lead
from actions.organizations import add_organization
from db.database import SERVER_ROLE, Database
from domain.analytics import EventKind
from domain.ids import new_id
from domain.people import Actor
from domain.refusals import Refusal, RefusalCode
from domain.troubles import TimedOut
from tests.play.house import House
from tests.play.tenant import Tenant, next_number

_SEEN = "select count(*) from leads"
_WAITS = "select exists (select from pg_stat_activity where $1 = any (pg_blocking_pids(pid)))"
_CONTEXT = "select current_setting('rekindle.organization_id', true), current_setting('rekindle.member_id', true)"


@pytest.fixture
async def owner(house: House) -> AsyncIterator[asyncpg.Connection]:
    """Sees everything, whatever the policies say."""
    connection = await asyncpg.connect(house.database_url)
    yield connection
    await connection.close()


@asynccontextmanager
async def small_pool(house: House, size: int = 1, timeout_seconds: float = 15) -> AsyncIterator[Database]:
    """With one connection every caller gets the one that the last has given back."""
    database = Database(house.database_url, size, timeout_seconds)
    await database.connect()
    try:
        yield database
    finally:
        await database.disconnect()


async def sequence(owner: asyncpg.Connection, organization: UUID) -> list[int]:
    rows = await owner.fetch("select seq from events where organization_id = $1 order by seq", organization)
    return [row["seq"] for row in rows]


async def position(owner: asyncpg.Connection, organization: UUID) -> int:
    last: int = await owner.fetchval("select last_seq from event_counters where organization_id = $1", organization)
    return last


async def test_what_is_rolled_back_was_never_told(tenant: Tenant, owner: asyncpg.Connection) -> None:
    organization = tenant.organization_id
    told, begun = await sequence(owner, organization), await position(owner, organization)
    heard: list[tuple[UUID, Collection[EventKind]]] = []
    async with small_pool(tenant.house) as database:
        database.on_commit = lambda *told: heard.append(told)
        with pytest.raises(ZeroDivisionError):
            async with database.work(tenant.product) as session:
                await add_lead(session, NewLead(phone=next_number()))
                assert session.announcements
                raise ZeroDivisionError
        assert heard == []
        async with database.work(tenant.product) as session:
            await add_lead(session, NewLead(phone=next_number()))
        assert heard == [(organization, {EventKind.LEAD_CHANGED})]
    assert await sequence(owner, organization) == [*told, begun + 1], "no number was lost"
    assert await owner.fetchval("select count(*) from leads where organization_id = $1", organization) == 1


async def test_numbers_are_given_in_the_order_of_commits(tenant: Tenant, owner: asyncpg.Connection) -> None:
    """Whoever took a number first commits first: the second waits for it, so a reader never sees a gap."""
    database, organization = tenant.house.parts.database, tenant.organization_id
    begun = await position(owner, organization)

    async def second() -> None:
        async with database.work(tenant.product) as session:
            await add_lead(session, NewLead(phone=next_number()))

    async with database.work(tenant.product) as first:
        first.announce(EventKind.LEAD_CHANGED, lead_id=new_id())
        await first.write_announcements()
        first.announcements.clear()
        late = asyncio.create_task(second())
        holder = await first.connection.fetchval("select pg_backend_pid()")
        async with asyncio.timeout(10):
            while not await owner.fetchval(_WAITS, holder):
                assert not late.done()
        assert await position(owner, organization) == begun
    await late
    assert (await sequence(owner, organization))[-2:] == [begun + 1, begun + 2]


async def test_a_reader_beside_many_writers_never_sees_a_gap(tenant: Tenant, owner: asyncpg.Connection) -> None:
    database, organization, writers = tenant.house.parts.database, tenant.organization_id, 60

    async def write() -> None:
        async with database.work(tenant.product) as session:
            await add_lead(session, NewLead(phone=next_number()))
            session.announce(EventKind.LEAD_CHANGED, lead_id=new_id())

    begun = await position(owner, organization)
    writing = asyncio.gather(*(write() for _ in range(writers)))
    seen: list[int] = []
    while len(seen) < 2 * writers:
        seen = [number for number in await sequence(owner, organization) if number > begun]
        assert seen == list(range(begun + 1, begun + 1 + len(seen)))
    await writing
    assert await position(owner, organization) == begun + 2 * writers


async def test_organizations_do_not_wait_for_each_other(tenant: Tenant, stranger: Tenant) -> None:
    async with tenant.house.parts.database.work(tenant.product) as held:
        held.announce(EventKind.LEAD_CHANGED, lead_id=new_id())
        await held.write_announcements()
        held.announcements.clear()
        # In a task of its own, because a connection belongs to a task.
        await asyncio.wait_for(asyncio.create_task(stranger.lead()), 10)


async def test_a_context_does_not_leak_to_the_next_user_of_the_connection(tenant: Tenant) -> None:
    await tenant.lead()
    async with small_pool(tenant.house) as database:
        async with database.connection() as connection:
            mine = await connection.fetchval("select pg_backend_pid()")
        async with database.work(tenant.product) as session:
            assert await session.connection.fetchval(_SEEN) == 1
        async with database.connection() as connection:
            assert await connection.fetchval("select pg_backend_pid()") == mine
            assert await connection.fetchval(_SEEN) == 0
            assert set(await connection.fetchrow(_CONTEXT) or ()) <= {"", None}
        with pytest.raises(ZeroDivisionError):
            async with database.work(tenant.product):
                raise ZeroDivisionError
        async with database.connection() as connection:
            assert await connection.fetchval(_SEEN) == 0


async def test_a_read_does_not_leak_its_context(tenant: Tenant) -> None:
    await tenant.lead()
    async with small_pool(tenant.house) as database, database.connection() as connection:
        sql = "with ctx as materialized (select begin_request($1, $2, 'ALL') as ok) select ok from ctx"
        assert await connection.fetchval(sql, tenant.organization_id, None)
        assert await connection.fetchval(_SEEN) == 0
        assert set(await connection.fetchrow(_CONTEXT) or ()) <= {"", None}


async def test_a_unit_of_work_sees_and_writes_one_organization(tenant: Tenant, stranger: Tenant) -> None:
    mine, theirs = await tenant.lead(), await stranger.lead()
    async with tenant.house.parts.database.work(tenant.product) as session:
        connection = session.connection
        assert [row["id"] for row in await connection.fetch("select id from leads")] == [mine]
        assert await connection.execute("update leads set company = 'x' where id = $1", theirs) == "UPDATE 0"
        assert await connection.execute("delete from leads where id = $1", theirs) == "DELETE 0"
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
        async with tenant.house.parts.database.work(tenant.product) as session:
            sql = "insert into leads (organization_id, id, phone) values ($1, $2, $3)"
            await session.connection.execute(sql, stranger.organization_id, new_id(), next_number())


async def test_the_role_of_the_pool_cannot_go_round_the_policies(house: House) -> None:
    async with house.parts.database.connection() as connection:
        assert await connection.fetchval("select current_user") == SERVER_ROLE
        assert await connection.fetchval(_SEEN) == 0
        async with connection.transaction():
            await connection.execute("set local row_security = off")
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                async with connection.transaction():
                    await connection.fetchval(_SEEN)
        for attempt in (
            "alter table leads disable row level security",
            "alter table leads no force row level security",
            "drop policy tenant on leads",
            "create policy all_of_it on leads using (true)",
            "truncate leads",
            "select * from users",
            "alter role rekindle_app bypassrls",
            "create function leak() returns bigint language sql security definer as 'select count(*) from leads'",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(attempt)


async def test_a_statement_that_takes_too_long_is_ended(tenant: Tenant) -> None:
    forever = "select count(*) from generate_series(1, 1000000000000)"
    async with small_pool(tenant.house, timeout_seconds=0.05) as database:
        with pytest.raises(TimedOut):
            async with database.connection() as connection:
                await connection.fetchval(forever)
        with pytest.raises(TimedOut):
            async with database.work(tenant.product) as session:
                await session.connection.fetchval(forever)
        async with database.connection() as connection:
            assert await connection.fetchval("select 1") == 1, "the connection lives on"


@pytest.mark.parametrize("field", ["phone", "email"])
async def test_a_second_lead_with_the_same_address_is_refused_by_field(
    tenant: Tenant, stranger: Tenant, field: str
) -> None:
    facts = {"phone": next_number(), "email": f"{new_id()}@Example.com"}
    await tenant.lead(**facts)
    with pytest.raises(Refusal) as refused:
        await tenant.lead(**facts | ({"phone": next_number()} if field == "email" else {"email": "b@example.com"}))
    assert (refused.value.code, refused.value.field) == (RefusalCode.CONFLICT, field)
    await stranger.lead(**facts)


@pytest.mark.parametrize(
    ("facts", "field"),
    [({"first_name": "Ann"}, "phone"), ({"email": "not an address"}, "email")],
)
async def test_a_lead_that_cannot_be_is_refused_by_field(tenant: Tenant, facts: dict[str, str], field: str) -> None:
    with pytest.raises(Refusal) as refused:
        async with tenant.house.parts.database.work(tenant.product) as session:
            await add_lead(session, NewLead(**facts))  # type: ignore[arg-type]
    assert (refused.value.code, refused.value.field) == (RefusalCode.BAD_INPUT, field)


@pytest.mark.parametrize(("slug", "code"), [(None, RefusalCode.CONFLICT), ("No Slug!", RefusalCode.BAD_INPUT)])
async def test_a_slug_that_cannot_be_is_refused_by_field(tenant: Tenant, slug: str | None, code: RefusalCode) -> None:
    with pytest.raises(Refusal) as refused:
        async with tenant.house.parts.database.work(Actor(new_id())) as session:
            await add_organization(session, slug or tenant.slug, "Twin")
    assert (refused.value.code, refused.value.field) == (code, "slug")
