"""Workers that are killed anywhere on the way of an answer: nothing is lost, and nothing is sent twice (S1.6)."""

import contextlib
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from tests.play.answering import AnswerDesk
from tests.play.model_server import KEY, MODEL, Asked, ModelServer, Says
from tests.play.process import process
from tests.play.tenant import Tenant, next_number
from tests.play.texting import taken
from tests.play.waiting import until

ANSWER = {"text": "Which day would suit you?", "wants_human": False, "intent": "INTERESTED"}
PATIENCE = 120  # seconds, in which also a busy machine starts a process
_WAITS = "select exists (select from pg_locks where not granted)"
_COUNTER = "select last_seq from event_counters where organization_id = $1 for update"
_STATUS = "select status from drafts where organization_id = $1"


@pytest.fixture
async def sql(idle: Tenant) -> AsyncIterator[asyncpg.Connection]:
    """The database of the tenant who is alone in it."""
    connection = await asyncpg.connect(idle.house.database_url)
    yield connection
    await connection.close()


@pytest.fixture
async def model() -> AsyncIterator[ModelServer]:
    async with ModelServer().open() as opened:
        yield opened


@contextlib.asynccontextmanager
async def worker(tenant: Tenant, model: ModelServer) -> AsyncIterator[Process]:
    named = {"MODEL": f"openai:{MODEL}", "MODEL_BASE_URL": f"{model.url}/v1"}
    async with process(tenant.house, 0, "work", None, MODEL_API_KEY=KEY, **named) as working:
        yield working


async def wait_for_an_answer(tenant: Tenant, model: ModelServer) -> str:
    """Somebody wrote some minutes ago, so that an answer is due; their number."""
    await AnswerDesk(tenant).open()
    number = next_number()
    await tenant.text("How long does it take?", number, at=datetime.now(UTC) - timedelta(minutes=5))
    model.script += [Says.reply(**ANSWER)] * 5
    return number


async def kill(working: Process) -> None:
    working.kill()
    await working.wait()


async def finish(tenant: Tenant, sql: asyncpg.Connection, model: ModelServer, number: str) -> None:
    """Somebody who lives goes on once the leases have ended, and the lead has had one answer."""
    await sql.execute("update drafts set next_attempt_at = now()")
    await sql.execute("update messages set scheduled_at = now() where status = 'SENDING'")
    model.may_answer.set()
    async with worker(tenant, model):
        left = "select count(*) from messages where direction = 'OUTBOUND' and status in ('QUEUED', 'SENDING')"

        async def is_done() -> bool:
            return await sql.fetchval(_STATUS, tenant.organization_id) == "SENT" and not await sql.fetchval(left)

        await until(is_done, PATIENCE)
    assert [(text.recipient, text.body) for text in taken(tenant)] == [(number, ANSWER["text"])]
    sent = await sql.fetch("select ai_generated, external_id is not null from messages where direction = 'OUTBOUND'")
    assert [tuple(row) for row in sent] == [(True, True)]
    of = "select d.attempts > 0, m.body = d.body, d.holder from drafts d join messages m on m.id = d.message_id"
    assert [tuple(row) for row in await sql.fetch(of)] == [(True, True, None)]
    used = "select count(*) from model_uses where purpose = 'ANSWER'"
    assert 1 <= await sql.fetchval(used) <= len(answers(model)), "what was recorded was asked"


def answers(model: ModelServer) -> list[Asked]:
    """The times it was asked for one; what it thinks of one that was sent, it is asked besides."""
    return [one for one in model.asked if "said now" in one.user]


async def test_killed_before_the_claim_is_committed(idle: Tenant, sql: asyncpg.Connection, model: ModelServer) -> None:
    """As if nobody had claimed it."""
    number = await wait_for_an_answer(idle, model)
    async with sql.transaction():
        await sql.execute("lock table prompts in access exclusive mode")  # where whoever claims looks who writes
        async with worker(idle, model) as working:
            await until(lambda: sql.fetchval(_WAITS), PATIENCE)
            await kill(working)
    assert await sql.fetchval(_STATUS, idle.organization_id) == "WAITING" and model.asked == []
    await finish(idle, sql, model, number)
    assert await sql.fetchval("select attempts from drafts") == len(answers(model)) == 1


async def test_killed_while_the_model_thinks(idle: Tenant, sql: asyncpg.Connection, model: ModelServer) -> None:
    number = await wait_for_an_answer(idle, model)
    model.may_answer.clear()
    async with worker(idle, model) as working:

        async def is_asked() -> bool:
            return bool(model.asked)

        await until(is_asked, PATIENCE)
        await kill(working)
    assert await sql.fetchval(_STATUS, idle.organization_id) == "WRITING"
    await finish(idle, sql, model, number)
    assert len(answers(model)) == 2


async def test_killed_with_the_models_answer_in_hand(idle: Tenant, sql: asyncpg.Connection, model: ModelServer) -> None:
    """It waits for somebody who has the lead; and what it would have said is asked for anew."""
    number = await wait_for_an_answer(idle, model)
    async with sql.transaction():
        await sql.execute("select id from leads for update")
        async with worker(idle, model) as working:
            await until(lambda: sql.fetchval(_WAITS), PATIENCE)
            assert len(answers(model)) == 1
            await kill(working)
    assert await sql.fetchval(_STATUS, idle.organization_id) == "WRITING"
    assert await sql.fetchval("select count(*) from messages where direction = 'OUTBOUND'") == 0
    await finish(idle, sql, model, number)


async def test_killed_before_the_record_is_committed(idle: Tenant, sql: asyncpg.Connection, model: ModelServer) -> None:
    """All was written, and nothing of it was committed: neither message, nor draft, nor what it took."""
    number = await wait_for_an_answer(idle, model)
    async with sql.transaction():
        await sql.fetchval(_COUNTER, idle.organization_id)  # which is what a unit of work writes last
        async with worker(idle, model) as working:
            await until(lambda: sql.fetchval(_WAITS), PATIENCE)
            assert len(answers(model)) == 1
            await kill(working)
    assert await sql.fetchval("select count(*) from model_uses") == 0
    assert await sql.fetchval("select count(*) from messages where direction = 'OUTBOUND'") == 0
    await finish(idle, sql, model, number)


async def test_killed_once_the_carrier_has_it(idle: Tenant, sql: asyncpg.Connection, model: ModelServer) -> None:
    """The answer was recorded, and whoever sends it dies: the carrier is asked what it has."""
    number = await wait_for_an_answer(idle, model)
    idle.house.carrier.drop_next()
    async with worker(idle, model) as working:

        async def is_taken() -> bool:
            return len(taken(idle)) == 1

        await until(is_taken, PATIENCE)
        await kill(working)
    assert await sql.fetchval(_STATUS, idle.organization_id) == "SENT"
    await finish(idle, sql, model, number)
    assert len(answers(model)) == 1


async def test_what_kills_whoever_writes_it_is_left_to_people(
    idle: Tenant, sql: asyncpg.Connection, model: ModelServer
) -> None:
    """Not tried for ever: after as often as a model may be away."""
    await wait_for_an_answer(idle, model)
    await sql.execute("update drafts set status = 'WRITING', attempts = 5, next_attempt_at = now()")
    async with worker(idle, model):

        async def is_withheld() -> bool:
            return bool(await sql.fetchval(_STATUS, idle.organization_id) == "WITHHELD")

        await until(is_withheld, PATIENCE)
    [draft] = await AnswerDesk(idle).drafts()
    assert (draft["reason"], draft["problem"]) == ("MODEL_AWAY", "Whoever began to write it never came to an end.")
    assert model.asked == [] and taken(idle) == []
