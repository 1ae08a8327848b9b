"""Dispatchers that are killed anywhere on the way of a text: nothing is lost, and nothing is sent twice."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime

import asyncpg
import pytest

from tests.api.test_campaigns import TEXT, do
from tests.api.test_dispatching import campaign, policy
from tests.api.test_message_templates import added
from tests.play.campaigning import Theatre, bare
from tests.play.past import keep_dataset
from tests.play.process import process
from tests.play.tenant import Tenant, next_number
from tests.play.texting import taken
from tests.play.waiting import until

ALWAYS = ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"]
_WAITS = "select exists (select from pg_locks where not granted)"


@pytest.fixture
async def sql(idle: Tenant) -> AsyncIterator[asyncpg.Connection]:
    """The database of the tenant who is alone in it."""
    connection = await asyncpg.connect(idle.house.database_url)
    yield connection
    await connection.close()


def noon() -> str:
    """A time zone in which it is about noon now: processes have a clock of their own."""
    hours = 12 - datetime.now(UTC).hour
    return f"Etc/GMT{-hours:+d}" if hours else "Etc/GMT"


async def waiting(tenant: Tenant, count: int, campaigns: int = 1) -> list[str]:
    """So many leads, each with a step that is due in one of the campaigns."""
    theatre, numbers = Theatre(tenant), []
    kept = await policy(theatre, keepsHolidays=False, sendingDays=ALWAYS)
    tags = [f"tag {number}" for number in range(campaigns)]
    for tag in tags:
        await campaign(theatre, TEXT, tag=tag, campaignPolicyId=kept)
    dataset = await keep_dataset(tenant, lawful_basis="CONSENT")
    for number in range(count):
        numbers.append(next_number())
        facts = {"time_zone": noon()}
        tagged = (tags[number % campaigns],)
        await tenant.lead(phone=numbers[-1], tags=tagged, dataset_ids=[bare(dataset)], facts=facts)
    return numbers


async def end_leases(sql: asyncpg.Connection) -> None:
    """A minute after everybody died."""
    await sql.execute("update messages set scheduled_at = now() where status = 'SENDING'")
    await sql.execute("update step_runs set next_attempt_at = now() where next_attempt_at is not null")
    await sql.execute("update campaign_turns set next_attempt_at = now()")


async def hasten(sql: asyncpg.Connection) -> None:
    """What is tried again in a minute is tried now; what somebody has in hand is left to them."""
    for table in ("step_runs", "campaign_turns"):
        later = f"select id from {table} where next_attempt_at > now() for update skip locked"
        await sql.execute(f"update {table} set next_attempt_at = now() where id in ({later})")


async def finish(tenant: Tenant, sql: asyncpg.Connection, numbers: list[str]) -> None:
    """Somebody who lives goes on, and everybody has had their text, once."""
    await end_leases(sql)
    done = """
        select not exists (select from messages where direction = 'OUTBOUND' and status in ('QUEUED', 'SENDING'))
            and (select count(*) from step_runs where status = 'SENT') = $1
    """
    async with process(tenant.house, 0, "work"):

        async def is_done() -> bool:
            await hasten(sql)
            return bool(await sql.fetchval(done, len(numbers)))

        await until(is_done, 60)
    assert sorted(text.recipient for text in taken(tenant)) == sorted(numbers)
    ours = "select count(*) from messages where external_id is not null and direction = 'OUTBOUND'"
    assert await sql.fetchval(ours) == len(numbers), "what the carrier counts and what we count is the same"
    ended = await sql.fetch("select status, count(*) from step_runs group by 1")
    assert [tuple(row) for row in ended] == [("SENT", len(numbers))]


async def test_four_dispatchers_are_killed_again_and_again(idle: Tenant, sql: asyncpg.Connection) -> None:
    numbers = await waiting(idle, 120, campaigns=4)
    for _ in range(2):
        async with contextlib.AsyncExitStack() as stack:
            for _ in range(4):
                await stack.enter_async_context(process(idle.house, 0, "work"))
            some = random.randrange(50)
            await until(_more_than(idle, sql, min(len(taken(idle)) + some, len(numbers) - 1)), 120)
        await end_leases(sql)
    await finish(idle, sql, numbers)


async def test_killed_with_templates_on_their_way(idle: Tenant, sql: asyncpg.Connection) -> None:
    """S0.9, S0.23: who was given a template's tag is sent it once, wherever whoever sends it dies."""
    theatre = Theatre(idle)
    kept = await policy(theatre, keepsHolidays=False, sendingDays=ALWAYS)
    made = await added(idle, tag="brochure")
    await do(idle.owner, "changeCampaign", campaignId=made["campaign"]["id"], campaignPolicyId=kept)
    dataset = await keep_dataset(idle, lawful_basis="CONSENT")
    numbers = [next_number() for _ in range(60)]
    for number in numbers:
        facts = {"time_zone": noon()}
        await idle.lead(phone=number, tags=("brochure",), dataset_ids=[bare(dataset)], facts=facts)
    for least in (0, 20):
        async with contextlib.AsyncExitStack() as stack:
            workers = [await stack.enter_async_context(process(idle.house, 0, "work")) for _ in range(2)]
            await until(_more_than(idle, sql, least), 60)
            for worker in workers:
                worker.kill()
        await end_leases(sql)
    await finish(idle, sql, numbers)


def _more_than(tenant: Tenant, sql: asyncpg.Connection, count: int) -> Callable[[], Awaitable[bool]]:
    async def are_taken() -> bool:
        await asyncio.sleep(random.random() / 50)
        await hasten(sql)
        return len(taken(tenant)) > count

    return are_taken


async def test_killed_once_they_are_enrolled(idle: Tenant, sql: asyncpg.Connection) -> None:
    """Before or amid the first claim, as it comes."""
    numbers = await waiting(idle, 3)
    enrolled = "select count(*) = 3 from step_runs"
    async with process(idle.house, 0, "work") as first:
        await until(lambda: sql.fetchval(enrolled), 30)
        first.kill()
    await finish(idle, sql, numbers)


async def test_killed_before_the_commit_nothing_was_sent(idle: Tenant, sql: asyncpg.Connection) -> None:
    numbers = await waiting(idle, 3)
    counter = "select last_seq from event_counters where organization_id = $1 for update"
    async with sql.transaction():
        await sql.fetchval(counter, idle.organization_id)  # which is what a unit of work writes last
        async with process(idle.house, 0, "work") as served:
            await until(lambda: sql.fetchval(_WAITS), 30)
            served.kill()
            await served.wait()
    assert taken(idle) == []
    await finish(idle, sql, numbers)


async def test_killed_while_the_carrier_thinks_it_is_asked_what_it_has(idle: Tenant, sql: asyncpg.Connection) -> None:
    """It had taken one that we never heard of."""
    numbers = await waiting(idle, 3)
    idle.house.carrier.hang_next()
    async with process(idle.house, 0, "work") as served:

        async def are_taken() -> bool:
            return len(taken(idle)) == 3

        await until(are_taken, 30)
        served.kill()
        await served.wait()
    await idle.house.carrier.refuse_connections()
    await idle.house.carrier.accept_connections()
    await finish(idle, sql, numbers)


async def test_killed_before_the_record_it_is_asked_what_it_has(idle: Tenant, sql: asyncpg.Connection) -> None:
    """The carrier said yes, and whoever was told died before they could write it down."""
    numbers = await waiting(idle, 3)
    idle.house.carrier.drop_next()
    async with process(idle.house, 0, "work") as served:

        async def are_taken() -> bool:
            return len(taken(idle)) == 3

        await until(are_taken, 30)
        served.kill()
        await served.wait()
    assert await sql.fetchval("select count(*) from messages where status = 'SENDING'") >= 1
    await finish(idle, sql, numbers)
