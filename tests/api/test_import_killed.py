"""An import whose workers are killed on the way: every row is accounted for, and none twice."""

import signal
import tempfile
from collections import Counter
from pathlib import Path

import asyncpg

from tests.play.imports import announced, bare, begin, put, reached, state
from tests.play.messy import Fate, Messy, write_text
from tests.play.process import free_port, process
from tests.play.tenant import Tenant
from tests.play.waiting import until

ROWS = 1_600
MADE = {Fate.FINE: "CREATED", Fate.BAD_PHONE: "CREATED", Fate.BAD_EMAIL: "CREATED", Fate.AGAIN: "LINKED"}


async def done(tenant: Tenant, id: str, rows: int) -> None:
    async def has_come_so_far() -> bool:
        return bool((await state(tenant, id))["doneRows"] >= rows)

    await until(has_come_so_far, 90)


async def test_killed_twice_on_the_way_no_row_is_lost_or_repeated(idle: Tenant) -> None:
    """S1.18: a German header, a title above it, blank rows, quoted line breaks, duplicates and bad numbers."""
    messy = Messy(ROWS, encoding="cp1252")
    with tempfile.TemporaryDirectory() as folder:
        content = write_text(messy, Path(folder) / "leads.csv", "cp1252", ";").read_bytes()
    id, url = await announced(idle)
    assert (await put(url, content)).status_code == 200
    storage = idle.house.settings.storage_url or ""
    for stage, rows in enumerate((1, ROWS // 2)):
        async with process(idle.house, free_port(), "work", STORAGE_URL=storage) as worker:
            if stage == 0:
                await reached(idle, id, "MAPPING")
                assert (await begin(idle, id, requiredFields=["FIRST_NAME"]))["status"] == "IMPORTING"
            await done(idle, id, rows)
            worker.kill()
            assert await worker.wait() == -signal.SIGKILL
        assert (await state(idle, id))["status"] == "IMPORTING", "it was killed on the way"
        await expire(idle)
    async with process(idle.house, free_port(), "work", STORAGE_URL=storage):
        found = await reached(idle, id, "COMPLETED")
    assert found["doneRows"] == found["totalRows"] == len(messy.truths)
    await check_rows(idle, id, messy)


async def expire(tenant: Tenant) -> None:
    """As if the killed worker's lease of a minute had ended."""
    connection = await asyncpg.connect(tenant.house.database_url)
    await connection.execute("update imports set next_attempt_at = now()")
    await connection.close()


def expected(messy: Messy) -> dict[int, str]:
    """What should have become of each row; who comes again without having been there before is new."""
    fates: dict[int, str] = {}
    seen: set[object] = set()
    for truth in messy.truths:
        is_new = truth.fate is Fate.AGAIN and truth.facts["phone"] not in seen
        fates[truth.row] = "CREATED" if is_new else MADE.get(truth.fate, "FAILED")
        seen.add(truth.facts.get("phone"))
    return fates


async def check_rows(tenant: Tenant, id: str, messy: Messy) -> None:
    connection = await asyncpg.connect(tenant.house.database_url)
    of = "select row_number, outcome, lead_id from import_rows where import_id = $1"
    rows = {row["row_number"]: row for row in await connection.fetch(of, bare(id))}
    assert expected(messy) == {number: row["outcome"] for number, row in rows.items()}
    counted = Counter(row["outcome"] for row in rows.values())
    leads = await connection.fetch(
        "select id, phone, first_name from leads where organization_id = $1", tenant.organization_id
    )
    assert len(leads) == counted["CREATED"]
    by_id = {lead["id"]: lead for lead in leads}
    for truth in messy.truths:
        if truth.fate is Fate.FINE:
            lead = by_id[rows[truth.row]["lead_id"]]
            assert (lead["first_name"], lead["phone"]) == (truth.facts["first_name"], truth.facts["phone"])
    dataset = await connection.fetchrow("select total_leads, active_leads from datasets")
    assert dataset and dataset["total_leads"] == len(leads) == dataset["active_leads"]
    await connection.close()
