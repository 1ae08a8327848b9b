"""The counters of datasets: whatever is done to leads, they are what a recount finds (S1.2, S1.20)."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from random import Random
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from actions.erasing import erase_lead
from actions.placing import add_leads_to_dataset, remove_leads_from_dataset
from db.session import Session
from tests.api.test_tenancy import server_role
from tests.play.past import bare, keep_dataset
from tests.play.tenant import Tenant
from tests.play.waiting import until

COUNTED = "total_leads, active_leads, hot_leads, converted_leads"
# From the leads themselves: what is written beside a place is not believed.
WRONG = f"""
select d.name, ({COUNTED}), r from datasets d cross join lateral (
  select count(l) as total, count(l) filter (where l.archived_at is null) as active,
         count(l) filter (where l.temperature = 'HOT' and l.archived_at is null) as hot,
         count(l) filter (where l.lifecycle = 'CONVERTED') as converted
  from dataset_leads p join leads l on l.organization_id = p.organization_id and l.id = p.lead_id
  where p.organization_id = d.organization_id and p.dataset_id = d.id) r
where d.organization_id = $1 and ({COUNTED}) is distinct from (r.total, r.active, r.hot, r.converted)"""
PUT = """
insert into dataset_leads (organization_id, dataset_id, lead_id, lead_created_at, is_active, is_hot, is_converted)
select $1, d, l.id, l.created_at, l.archived_at is null, l.temperature = 'HOT' and l.archived_at is null,
       l.lifecycle = 'CONVERTED' from leads l, unnest($2::uuid[]) d where l.organization_id = $1 and l.id = any ($3)
  and d in (select id from datasets)
on conflict do nothing"""
# What can be done to some leads and datasets at once; `$2` are datasets, `$3` leads.
VERBS = {
    "put": PUT,
    "take": "delete from dataset_leads where organization_id = $1 and dataset_id = any ($2) and lead_id = any ($3)",
    "move": "update dataset_leads p set dataset_id = ($2::uuid[])[1] where organization_id = $1 and lead_id = any ($3)"
    " and ($2::uuid[])[1] in (select id from datasets)"
    " and dataset_id = (select dataset_id from dataset_leads o where o.lead_id = p.lead_id and not exists (select from"
    " dataset_leads x where x.lead_id = p.lead_id and x.dataset_id = ($2::uuid[])[1]) order by dataset_id limit 1)",
    "number": "update dataset_leads set row_number = 7 where dataset_id = any ($2) and lead_id = any ($3)",
    "heat": "update leads set temperature = 'HOT' where cardinality($2::uuid[]) > 0 and id = any ($3)",
    "cool": "update leads set temperature = 'COLD' where cardinality($2::uuid[]) > 0 and id = any ($3)",
    "win": "update leads set lifecycle = 'CONVERTED' where cardinality($2::uuid[]) > 0 and id = any ($3)",
    "lose": "update leads set lifecycle = 'LOST' where cardinality($2::uuid[]) > 0 and id = any ($3)",
    "archive": "update leads set archived_at = now() where cardinality($2::uuid[]) > 0 and id = any ($3)",
    "restore": "update leads set archived_at = null where cardinality($2::uuid[]) > 0 and id = any ($3)",
    "turn": "update leads set temperature = case temperature when 'HOT' then 'COLD' else 'HOT' end, archived_at = null,"
    " lifecycle = 'CONVERTED' where cardinality($2::uuid[]) > 0 and id = any ($3)",
    "rename": "update leads set first_name = 'Bob' where cardinality($2::uuid[]) > 0 and id = any ($3)",
    "delete": "delete from leads where cardinality($2::uuid[]) > 0 and id = any ($3)",
    "drop": "delete from datasets where id = ($2::uuid[])[1] and cardinality($3::uuid[]) > 4",
}


@dataclass(frozen=True, slots=True)
class Field:
    """Some leads and datasets, and a transaction in which nothing is kept."""

    tenant: Tenant
    sql: asyncpg.Connection
    leads: list[UUID]
    datasets: list[UUID]


@pytest.fixture
async def field(tenant: Tenant, sql: asyncpg.Connection) -> Field:
    leads = [await tenant.lead() for _ in range(6)]
    return Field(tenant, sql, leads, [bare(await keep_dataset(tenant)) for _ in range(3)])


async def wrong(sql: asyncpg.Connection, tenant: Tenant) -> list[Any]:
    return list(await sql.fetch(WRONG, tenant.organization_id))


@settings(max_examples=60)
@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from(sorted(VERBS)),
            st.sets(st.integers(0, 2), min_size=1),
            st.sets(st.integers(0, 5), min_size=1),
        ),
        min_size=1,
        max_size=12,
    )
)
@example(steps=[("put", {0, 1}, {0}), ("drop", {0}, {0, 1, 2, 3, 4}), ("move", {0}, {0})])
async def test_no_sequence_of_changes_makes_a_counter_wrong(
    field: Field, steps: list[tuple[str, set[int], set[int]]]
) -> None:
    """S1.20: right on insert, update, move and delete; also in a statement that touches many."""
    async with server_role(field.sql, field.tenant.organization_id):
        for verb, datasets, leads in [("put", {0}, {0, 1, 2}), *steps]:
            some = [field.datasets[n] for n in datasets], [field.leads[n] for n in leads]
            organization = (field.tenant.organization_id,) if "$1" in VERBS[verb] else ()
            numbered = VERBS[verb] if organization else VERBS[verb].replace("$2", "$1").replace("$3", "$2")
            await field.sql.execute(numbered, *organization, *some)
            assert await wrong(field.sql, field.tenant) == [], verb


async def test_what_is_counted_is_what_it_says(tenant: Tenant) -> None:
    """An archived lead is not hot (S1.20); one that was won stays won."""
    hot, won, plain = [await tenant.lead(**facts) for facts in ({"temperature": "HOT"}, {"lifecycle": "CONVERTED"}, {})]
    dataset = await keep_dataset(tenant, hot, won, plain)
    asked = "query ($id: ID!) { dataset(id: $id) { totalLeads activeLeads hotLeads convertedLeads version } }"
    before = (await tenant.agent.ask(asked, id=dataset))["dataset"]
    assert [*before.values()] == [3, 3, 1, 1, before["version"]]
    async with tenant.house.parts.database.work(tenant.product) as session:
        for lead in (hot, won):
            await erase_lead(session, lead)
    after = (await tenant.agent.ask(asked, id=dataset))["dataset"]
    assert [*after.values()] == [3, 1, 0, 1, before["version"]], "counting makes no version"


async def test_deleting_an_organization_counts_nothing(tenant: Tenant, sql: asyncpg.Connection) -> None:
    leads = [await tenant.lead() for _ in range(3)]
    await keep_dataset(tenant, *leads)
    async with sql.transaction():
        await sql.execute("delete from organizations where id = $1", tenant.organization_id)
    of = "select count(*) from datasets where organization_id = $1"
    assert await sql.fetchval(of, tenant.organization_id) == 0


@pytest.fixture
async def others(tenant: Tenant) -> AsyncIterator[list[asyncpg.Connection]]:
    connections = [await asyncpg.connect(tenant.house.database_url) for _ in range(3)]
    yield connections
    for connection in connections:
        await connection.close()


async def test_many_who_change_the_same_at_once_wait_and_count_right(
    field: Field, others: list[asyncpg.Connection]
) -> None:
    """Leads in and out of datasets, heated and cooled, in any order: nobody deadlocks, and nothing is counted twice."""
    database, chance = field.tenant.house.parts.database, Random(7)

    async def place(turn: int) -> None:
        leads = chance.sample(field.leads, 4)
        verb = add_leads_to_dataset if turn % 3 else remove_leads_from_dataset
        async with database.work(field.tenant.product) as session:
            await verb(session, chance.choice(field.datasets), leads)

    async def heat(connection: asyncpg.Connection, turn: int) -> None:
        change = "update leads set temperature = $2, archived_at = $3 where id = any ($1)"
        leads = sorted(chance.sample(field.leads, 3))
        hold = "select from leads where id = any ($1) order by id for no key update"
        async with connection.transaction():
            await connection.execute(hold, leads)
            await connection.execute(change, leads, ("HOT", "COLD")[turn % 2], None)

    async def heats(connection: asyncpg.Connection) -> None:
        for turn in range(20):
            await heat(connection, turn)

    await asyncio.gather(*(place(turn) for turn in range(40)), *(heats(connection) for connection in others))
    assert await wrong(field.sql, field.tenant) == []


async def test_a_lead_that_changes_while_it_is_put_somewhere_is_counted_as_it_became(
    field: Field, others: list[asyncpg.Connection]
) -> None:
    """Whoever comes second waits for the lead, and sees what the first one did."""
    [lead, *_], [dataset, *_] = field.leads, field.datasets
    heat = "update leads set temperature = 'HOT' where id = $1"

    async def put(session: Session) -> None:
        await add_leads_to_dataset(session, dataset, [lead])

    async def take(session: Session) -> None:
        await remove_leads_from_dataset(session, dataset, [lead])

    database = field.tenant.house.parts.database
    for first in ("heat", "put"):
        await field.sql.execute("update leads set temperature = 'COLD' where id = $1", lead)
        await _work(database, field.tenant, take)
        if first == "heat":
            async with others[0].transaction():
                await others[0].execute(heat, lead)
                waiting: asyncio.Task[Any] = asyncio.create_task(_work(database, field.tenant, put))
                await _until_waiting(field.sql, others[0])
        else:
            async with database.work(field.tenant.product) as session:
                await put(session)
                waiting = asyncio.create_task(others[1].execute(heat, lead))
                await _until_waiting(field.sql, session.connection)
        await waiting
        assert await wrong(field.sql, field.tenant) == [], first
        hot = "select hot_leads from datasets where id = $1"
        assert await field.sql.fetchval(hot, dataset) == 1


async def _work(database: Any, tenant: Tenant, act: Any) -> None:
    async with database.work(tenant.product) as session:
        await act(session)


async def _until_waiting(sql: asyncpg.Connection, holder: asyncpg.Connection) -> None:
    pid = await holder.fetchval("select pg_backend_pid()")
    waits = "select exists (select from pg_stat_activity where $1 = any (pg_blocking_pids(pid)))"
    await until(lambda: sql.fetchval(waits, pid))
