"""Leads who come in great number are found a moment after they came, whatever happens to them in between (S1.18)."""

from typing import Any

import asyncpg

from actions.erasing import erase_lead
from actions.finding import MANY, find_added
from actions.importing import Chunk, import_chunk
from actions.imports import create_import
from actions.leads import NewLead, add_lead
from actions.merging import merge_leads
from domain.datasets import DuplicatePolicy
from domain.ids import show_id
from domain.importing import ImportStatus
from tests.api.test_merging import Life
from tests.play.background import crowd_of_leads
from tests.play.leads import do
from tests.play.past import bare, keep_dataset
from tests.play.process import free_port, process
from tests.play.searching import lead_ids, names
from tests.play.tenant import Tenant, next_number
from tests.play.waiting import until


async def added_later(tenant: Tenant, *first_names: str) -> list[str]:
    async with tenant.house.parts.database.work(tenant.product) as session:
        await session.connection.execute("select set_config('rekindle.words_later', 'on', true)")
        leads = [NewLead(first_name=name, last_name="Late", phone=next_number()) for name in first_names]
        return [show_id("lead", await add_lead(session, lead)) for lead in leads]


async def find_all(tenant: Tenant) -> int:
    count = 0
    while True:
        async with tenant.house.parts.database.work(tenant.product) as session:
            if not await find_added(session):
                return count
        count += 1


async def test_they_are_found_once_their_words_are_written(idle: Tenant) -> None:
    await added_later(idle, "Ann", "Bob")
    await idle.lead(first_name="Cid", last_name="Late")
    assert await names(idle.owner, "late") == ["Cid Late"], "everybody else's are found at once"
    assert await find_all(idle) == 2
    assert sorted(await names(idle.owner, "late")) == ["Ann Late", "Bob Late", "Cid Late"]


async def test_what_happens_in_between_is_what_is_found(idle: Tenant) -> None:
    ann, bob, cid, dan = await added_later(idle, "Ann", "Bob", "Cid", "Dan")
    await do(idle.owner, "changeLead", leadId=ann, firstName="Anna")
    async with idle.house.parts.database.work(idle.product) as session:
        await erase_lead(session, bare(bob))
        await merge_leads(session, bare(cid), bare(dan))
    assert await names(idle.owner, "anna") == ["Anna Late"], "who is changed is found at once"
    await find_all(idle)
    assert sorted(await names(idle.owner, "late")) == ["Anna Late", "Cid Late"]
    assert await lead_ids(idle.owner, "dan") == [cid], "by whoever was merged into them, too"
    assert await names(idle.owner, "bob") == []


async def test_a_long_file_leaves_them_and_a_short_one_does_not(idle: Tenant) -> None:
    sql = await asyncpg.connect(idle.house.database_url)
    life = Life(idle, [next_number() for _ in range(4)], [bare(await keep_dataset(idle))])
    for rows, waiting in ((MANY, 0), (MANY + 1, 1)):
        async with idle.house.parts.database.work(idle.product) as session:
            made = await create_import(session, life.datasets[0], "people.csv", DuplicatePolicy.FLAG)
            job: dict[str, Any] = {"id": made, "dataset_id": life.datasets[0], "creator_id": None, "total_rows": rows}
            job |= {"duplicate_policy": DuplicatePolicy.FLAG, "status": ImportStatus.IMPORTING}
            chunk = Chunk()
            chunk.take(job, [life.candidate(2, waiting, waiting + 2)])
            await import_chunk(session, job, chunk)
        assert await sql.fetchval("select count(*) from words_due") == waiting
        assert len(await names(idle.owner, life.numbers[waiting])) == 1 - waiting
    await find_all(idle)
    assert len(await names(idle.owner, life.numbers[1])) == 1
    await sql.close()


async def test_a_server_sees_to_it(idle: Tenant) -> None:
    """Also when whoever brought them in was killed in between: what is due is a row."""
    sql = await asyncpg.connect(idle.house.database_url)
    await sql.execute("select set_config('rekindle.words_later', 'on', false)")
    await crowd_of_leads(sql, idle.organization_id, 300)
    async with process(idle.house, free_port(), "work"):

        async def are_found() -> bool:
            return not await sql.fetchval("select count(*) from words_due")

        await until(are_found, 30)
    assert await names(idle.owner, "Ann 299") == ["Ann 299"]
    await sql.close()
