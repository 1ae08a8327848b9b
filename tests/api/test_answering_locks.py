"""Who waits for whom while an answer is recorded: step by step, as chance hardly ever has it (S1.6)."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import asyncpg
import pytest

from actions.receiving import receive_text
from domain.conversations import Channel, InboundText
from domain.ids import new_id
from domain.leads import Temperature
from tests.play.answering import AnswerDesk
from tests.play.past import bare, keep_dataset
from tests.play.past_prompts import keep_prompt, keep_prompt_templates
from tests.play.tenant import Tenant, next_number
from tests.play.texting import send
from tests.play.waiting import until

_WAITING = """select count(*) from pg_stat_activity
  where datname = current_database() and cardinality(pg_blocking_pids(pid)) > 0"""
_COUNTER = "select last_seq from event_counters where organization_id = $1 for update"


@pytest.fixture
async def sql(unattended: Tenant) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(unattended.house.database_url)
    yield connection
    await connection.close()


@pytest.fixture
async def other(unattended: Tenant) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(unattended.house.database_url)
    yield connection
    await connection.close()


async def waiting(sql: asyncpg.Connection, count: int) -> None:
    async def are_waiting() -> bool:
        return bool(await sql.fetchval(_WAITING) >= count)

    await until(are_waiting)


async def test_a_colleague_who_had_begun_before_there_was_a_draft_is_waited_for(
    unattended: Tenant, sql: asyncpg.Connection, other: asyncpg.Connection
) -> None:
    """They saw no draft that they would have called off; their answer is not committed when Sophie's would be."""
    tenant, number, ago = unattended, next_number(), datetime.now(UTC) - timedelta(minutes=5)
    desk = await AnswerDesk(tenant).open()
    conversation, _ = await tenant.text("Thanks.", number, at=ago - timedelta(days=1))
    await sql.execute("delete from drafts")  # what was said the day before needs no answer
    text = InboundText(f"SM{uuid4().hex}", Channel.SMS, number, tenant.number, "How much?", (), ago)
    async with tenant.house.parts.database.work(tenant.product) as session:
        await receive_text(session, text)
        await session.write_announcements()
        session.announcements.clear()
        answered = asyncio.create_task(send(tenant.admin, conversation, "Hello, this is Ben."))
        await waiting(sql, 1)  # for the conversation, having seen no draft
        counter = other.transaction()
        await counter.start()
        held = asyncio.create_task(other.fetchval(_COUNTER, tenant.organization_id))
        await waiting(sql, 2)
    await held
    written = asyncio.create_task(desk.answering.take_draft(tenant.organization_id))
    await waiting(sql, 2)  # the colleague for the counter, the worker for the colleague
    await counter.commit()
    assert (await answered)["__typename"] == "Message" and await written
    [draft] = await desk.drafts()
    assert (draft["status"], draft["reason"], draft["message"]) == ("DISCARDED", "HUMAN_REPLIED", None)


async def test_what_is_counted_of_versions_is_locked_before_what_is_counted_of_datasets(
    unattended: Tenant, sql: asyncpg.Connection, other: asyncpg.Connection
) -> None:
    """One lead is answered first, another has replied to the same version; both turn hot in one dataset."""
    tenant, database = unattended, unattended.house.parts.database
    desk, dataset = await AnswerDesk(tenant).open(), bare(await keep_dataset(tenant))
    async with database.work(tenant.product) as session:
        template = (await keep_prompt_templates(session))["prompt_template"]
        version = bare((await keep_prompt(session, bare(template), dataset))["prompt_version"])
        await session.connection.execute("update prompts set trial_version_id = null, trial_share = null")
    numbers = [next_number() for _ in range(2)]
    for number in numbers:
        await tenant.lead(phone=number, dataset_ids=[dataset])
    await desk.hear("Hello?", numbers[1])
    assert await desk.write() == 1
    first, _ = await desk.hear("How much?", numbers[0])
    desk.now += timedelta(seconds=1)
    await desk.hear("And?", numbers[1])
    desk.says("Which day would suit you?", temperature=Temperature.HOT)
    desk.now += timedelta(minutes=10)
    block = other.transaction()
    await block.start()
    await other.execute("set local session_replication_role = replica")  # so that it counts nothing
    await other.execute(
        "insert into exposures (organization_id, id, prompt_version_id, conversation_id, lead_id, last_at)"
        " select organization_id, $1, $2, id, lead_id, now() from conversations where id = $3",
        new_id(), version, bare(first),
    )  # fmt: skip
    one = asyncio.create_task(desk.answering.take_draft(tenant.organization_id))
    await waiting(sql, 1)  # to count itself among those the version wrote to
    two = asyncio.create_task(desk.answering.take_draft(tenant.organization_id))

    async def is_on_its_way() -> bool:
        return two.done() or await sql.fetchval(_WAITING) >= 2

    await until(is_on_its_way)
    await block.rollback()
    assert any(await asyncio.gather(one, two)), "one worker takes both, or each takes one"
    assert [draft["status"] for draft in await desk.drafts()] == ["SENT"] * 3
    assert {draft["lead"]["temperature"] for draft in await desk.drafts()} == {"HOT"}
