"""`dispatch`: due steps handed to a carrier, by one dispatcher and by several, beside a bare queue."""

import asyncio
import sys
import time
from collections.abc import Sequence
from statistics import median
from uuid import UUID

import asyncpg
import orjson
import uvloop
from rich.table import Table

from bench.fixtures import database
from bench.house import console
from bench.scheduled import CAMPAIGNS, NOW, make_due, schedule
from db.migrate import migrate

_AT_ONCE = 50
_CLAIM = """
update step_runs set status = 'SENT', next_attempt_at = null
where organization_id = $1 and id in (
  select id from step_runs where organization_id = $1 and campaign_id = $2 and next_attempt_at <= $3
  order by next_attempt_at, id limit 50 for update skip locked)
returning lead_id"""
_THREADS = """
insert into conversations (organization_id, id, lead_id, channel, dataset_ids)
select $1, id, id, 'SMS', dataset_ids from leads where organization_id = $1 and id = any ($2::uuid[])
on conflict do nothing"""
_TEXTS = """
insert into messages (organization_id, id, conversation_id, lead_id, direction, status, body, sender, recipient,
                      segments)
select $1, gen_random_uuid(), c.id, c.lead_id, 'OUTBOUND', 'SENDING', 'Hi', '1', '2', 1
from conversations c where c.organization_id = $1 and c.lead_id = any ($2::uuid[]) returning id"""
_RECORD = "update messages set status = 'SENT' where organization_id = $1 and id = $2"


def run(sizes: Sequence[int], each: int, rounds: int) -> None:
    with database() as url:
        uvloop.run(_measure(url, sizes, each, rounds))


async def _measure(url: str, sizes: Sequence[int], each: int, rounds: int) -> None:
    await migrate(url)
    table = Table(title=f"{each * CAMPAIGNS:,} steps due in {CAMPAIGNS} campaigns: medians", title_justify="left")
    for heading in ("scheduled besides", "who", "texts/s", "ms a turn", "beside the bare queue"):
        table.add_column(heading, justify="left" if heading == "who" else "right", no_wrap=True)
    turns = dict[tuple[int, int], float]()
    for size in sizes:
        with console.status(f"Scheduling {size:,} steps …"):
            organization = await schedule(url, size)
        bare = median([await _bare(url, organization, each) for _ in range(rounds)])
        table.add_row(f"{size:,}", "a bare queue", f"{bare:,.0f}", "", "1.00")
        for count in (1, 2, 4):
            rates, times = zip(*[await _together(url, organization, each, count) for _ in range(rounds)], strict=True)
            turns[size, count] = median(times)
            values = (f"{median(rates):,.0f}", f"{1000 * median(times):.0f}", f"{median(rates) / bare:.2f}")
            table.add_row(f"{size:,}", f"{count} dispatchers", *values)
    console.print(table)
    flat = turns[sizes[-1], 1] / turns[sizes[0], 1]
    console.print(f"A turn at {sizes[-1]:,} takes {flat:.2f} times as long as at {sizes[0]:,}.")


async def _together(url: str, organization: UUID, each: int, count: int) -> tuple[float, float]:
    """Texts a second by so many processes, and the seconds of one turn of one of them."""
    await make_due(url, organization, each)
    words = (sys.executable, "-m", "bench.dispatcher", url, str(organization))
    started = [await asyncio.create_subprocess_exec(*words, stdout=asyncio.subprocess.PIPE) for _ in range(count)]
    told = [orjson.loads((await process.communicate())[0]) for process in started]
    sent = sum(one["texts"] for one in told)
    if sent != each * CAMPAIGNS:
        raise RuntimeError(f"{each * CAMPAIGNS} steps were due, and {sent} texts were sent.")
    elapsed = max(one["ended"] for one in told) - min(one["began"] for one in told)
    return sent / elapsed, sum(one["ended"] - one["began"] for one in told) / sum(one["turns"] for one in told)


async def _bare(url: str, organization: UUID, each: int) -> float:
    """Claimed, inserted and recorded by the owner, past policies: asked of nobody, told to nobody. Texts a second."""
    await make_due(url, organization, each)
    connection = await asyncpg.connect(url)
    try:
        campaigns = [row["id"] for row in await connection.fetch("select id from campaigns")]
        began, sent = time.perf_counter(), 0
        for campaign in campaigns:
            while rows := await _portion(connection, organization, campaign):
                for row in rows:
                    await connection.execute(_RECORD, organization, row["id"])
                sent += len(rows)
        return sent / (time.perf_counter() - began)
    finally:
        await connection.close()


async def _portion(connection: asyncpg.Connection, organization: UUID, campaign: UUID) -> list[asyncpg.Record]:
    async with connection.transaction():
        leads = [row["lead_id"] for row in await connection.fetch(_CLAIM, organization, campaign, NOW)]
        await connection.execute(_THREADS, organization, leads)
        return await connection.fetch(_TEXTS, organization, leads) if leads else []
