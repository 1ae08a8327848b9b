"""`month`: a reactivation of many leads of every temper, day by day under a virtual clock, and what must hold of it."""

import time
from collections import Counter
from itertools import cycle, islice
from typing import Any

import asyncpg
import uvloop
from rich.progress import track
from rich.table import Table

from bench.fixtures import database
from bench.house import console
from db.migrate import migrate
from tests.play.campaigning import Theatre
from tests.play.month import BEGIN, ZONES, Cast, check_plans, check_rates, check_stops, check_times
from tests.play.process import idle_tenant
from tests.play.tenant import Tenant

DAYS = 31
# Of old leads most say nothing.
TEMPERS = (*["silent"] * 12, *["replies"] * 2, *["stops"] * 2, *["bad number"] * 2, *["writes at night"] * 2)
_POLICY = """mutation ($i: AddCampaignPolicyInput!) { addCampaignPolicy(input: $i) { ... on CampaignPolicy { id } } }"""
_DRAFT = """mutation ($i: DraftCampaignInput!) { draftCampaign(input: $i) { ... on Campaign { id } } }"""
_STEPS = """mutation ($i: SetCampaignStepsInput!) { setCampaignSteps(input: $i) { __typename } }"""
_ACTIVATE = """mutation ($i: CampaignInput!) { activateCampaign(input: $i) { ... on Campaign { status } } }"""
_BAR = 40
_WAVES = (0, 13)  # the days on which leads are brought: before either change of clocks, and before Easter


def run(leads: int) -> None:
    with database() as url:
        uvloop.run(_play(url, leads))


async def _play(url: str, leads: int) -> None:
    await migrate(url)
    await _hurry(url)
    async with idle_tenant(url) as tenant:
        cast = Cast(Theatre(tenant, BEGIN, abreast=2))
        rates = {"messagesPerMinute": leads // 20, "messagesPerHour": leads // 4, "messagesPerDay": leads}
        campaign = await _begin(tenant, rates)
        elapsed = 0.0
        for day in track(range(DAYS), "Days", console=console, transient=True):
            if day in _WAVES:
                await _hire(cast, leads // len(_WAVES))
            began = time.monotonic()
            await cast.play(1)
            elapsed += time.monotonic() - began
        check_times(cast)
        check_rates(cast, rates)
        check_stops(cast)
        became = await check_plans(cast, [campaign])
    _show(cast, became, elapsed)


async def _hurry(url: str) -> None:
    """The server looks after its tables every second: a month is minutes here, and it plans by what it knows."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("alter system set autovacuum_naptime = '1s'")
        await connection.execute("select pg_reload_conf()")
    finally:
        await connection.close()


async def _hire(cast: Cast, leads: int) -> None:
    for prefix in ZONES:
        await cast.hire("reactivate", prefix, list(islice(cycle(TEMPERS), leads // len(ZONES))))


async def _begin(tenant: Tenant, rates: dict[str, int]) -> str:
    """M1 at once, M2 and M3 each only without a reply."""

    async def do(document: str, **given: Any) -> dict[str, Any]:
        [made] = (await tenant.owner.ask(document, i=given)).values()
        found: dict[str, Any] = made
        return found

    policy = await do(_POLICY, name="Wide", allowInternational=True, **rates)
    drafted = {"kind": "REACTIVATION", "name": "Wake up", "tag": "reactivate", "campaignPolicyId": policy["id"]}
    id: str = (await do(_DRAFT, **drafted))["id"]
    texts = (("Hello {{first_name}}", 0), ("Still looking?", 48), ("Shall I close your file?", 72))
    steps = [{"channel": "SMS", "body": body, "delayHours": hours} for body, hours in texts]
    await do(_STEPS, campaignId=id, steps=steps)
    await do(_ACTIVATE, campaignId=id)
    return id


def _show(cast: Cast, became: Counter[str], elapsed: float) -> None:
    days = Counter(at.date() for at, _ in cast.theatre.postbox.sent)
    table = Table(title=f"{len(cast.tempers):,} leads: texts of each day", title_justify="left", show_header=False)
    for day, texts in sorted(days.items()):
        table.add_row(f"{day:%a %d %b}", f"{texts:,}", "█" * max(1, _BAR * texts // max(days.values())))
    console.print(table)
    for name, count in became.most_common():
        console.print(f"{name:24}{count:>8,}")
    sent = len(cast.theatre.postbox.sent)
    console.print(f"{sent:,} texts and {len(cast.stopped):,} opt-outs of {DAYS} days in {elapsed:.0f} seconds.")
    console.print(
        "met    in the window where they are, within the rates, nothing after STOP, nothing twice, a reason each"
    )
