"""`search`: how long it takes to find whom somebody means, by what is typed and who asks."""

import asyncio
import json
import os
import re
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from random import Random
from typing import Any

import asyncpg
from rich.console import Console
from rich.table import Table

from bench.contenders import Name, start
from bench.cpu import pin, places
from bench.fixtures import ISSUER, database
from bench.heard import quantile
from bench.library import COMPANIES, FIRST_NAMES, NAMES, WORDS, Library, some, stock, word
from bench.questions import Job
from db.database import SERVER_ROLE
from web.tokens import TokenRules

MOST_P99 = 0.2  # seconds
_TURNS = 3  # of which the quickest counts
_BIG = ["leads", "messages", "lead_notes", "lead_words", "dataset_leads", "conversations"]
_QUERY = "query ($s: String) { found: %s(search: $s, first: 25) { nodes { id } pageInfo { hasNextPage endCursor } } }"
_READ = "select relname, seq_scan, seq_tup_read from pg_stat_user_tables where relname = any ($1)"
_SIZES = """
select c.relname, pg_size_pretty(pg_relation_size(c.oid)) from pg_class c
where c.relname in ('leads', 'messages', 'lead_words', 'lead_words_pkey', 'lead_words_by_key', 'lead_words_by_at')
order by pg_relation_size(c.oid) desc"""
_TRIGGERS = "alter table {0} {1} trigger find_added"
_WRITES = {
    "leads": """
insert into leads (organization_id, id, first_name, last_name, company, email, phone, pipeline_stage_id)
select organization_id, gen_random_uuid(), first_name, last_name, company, 'new.' || email,
       '+3360' || lpad((row_number() over ())::text, 8, '0'), pipeline_stage_id
from leads where organization_id = $1 limit 10000""",
    "messages": """
insert into messages (organization_id, id, conversation_id, lead_id, direction, status, body, sender, recipient,
                      segments)
select organization_id, gen_random_uuid(), conversation_id, lead_id, direction, status, body, sender, recipient, 1
from messages where organization_id = $1 limit 10000""",
}
console = Console()
console.width = max(console.width, 128)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of query: the list that is searched, and how one is made."""

    field: str
    ask: Callable[[Random, int], str]


def _name(random: Random) -> str:
    return f"{random.choice(FIRST_NAMES)} {word(some(random, NAMES))}son"


KINDS = {
    "one letter": Kind("leads", lambda random, _: random.choice("bcdgjmrst")),
    "name prefix": Kind("leads", lambda random, _: _name(random).split()[random.randrange(2)][:3]),
    "full name": Kind("leads", lambda random, _: _name(random)),
    "phone digits": Kind("leads", lambda random, leads: f"07{random.randrange(leads):09}"[: random.choice([7, 9, 11])]),
    "last four": Kind("leads", lambda random, leads: f"{random.randrange(10_000):04}"),
    "e-mail": Kind("leads", lambda random, _: _name(random).lower().replace(" ", ".")),
    "company": Kind("leads", lambda random, _: word(some(random, COMPANIES))),
    "note or text": Kind("leads", lambda random, _: word(some(random, WORDS))),
    "message word": Kind("messages", lambda random, _: word(some(random, WORDS))),
    "two words": Kind("messages", lambda random, _: f"{word(some(random, WORDS))} {word(some(random, WORDS))}"),
    "rare word": Kind("messages", lambda random, _: word(random.randrange(WORDS * 3 // 4, WORDS))),
    "commonest word": Kind("messages", lambda random, _: word(random.randrange(1, 4))),
    "… of a lead": Kind("leads", lambda random, _: word(random.randrange(1, 4))),
    "no hit": Kind("leads", lambda random, _: f"qu{random.randrange(10**6)}x"),
    "no hit together": Kind("messages", lambda random, _: f"{word(random.randrange(1, 4))} qux{random.randrange(99)}"),
}
Times = dict[tuple[str, str], list[float]]


def run(leads: int, each: int, rounds: int, explain: bool) -> None:
    for_servers, for_others = places()
    pin(os.getpid(), for_others)
    with database() as url:
        library = asyncio.run(stock(url, leads, each, _timed))
        asyncio.run(_weigh(url, library))
        job = Job(url, secrets.token_urlsafe(48), str(library.organization), "", {})
        before = asyncio.run(_scans(url))
        with start(Name.REKINDLE, job, for_servers) as server:
            times = _measure(server.port, job, library, leads, rounds)
        scans = {table: n - before[table] for table, n in asyncio.run(_scans(url)).items() if n > before[table]}
        _show(times, library, scans)
        if explain:
            asyncio.run(_explain(url, library))


@contextmanager
def _timed(title: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    console.print(f"{title}: {time.perf_counter() - began:,.1f} s")


def _measure(port: int, job: Job, library: Library, leads: int, rounds: int) -> Times:
    rules, times = TokenRules(job.secret, ISSUER, ISSUER), {}
    for asker, subject in library.askers.items():
        connection = _Caller(port, rules.mint(subject, 24 * 3600))
        for title, kind in KINDS.items():
            random = Random(title)
            asked = [kind.ask(random, leads) for _ in range(rounds)]
            connection.time(kind.field, asked[0])
            times[title, asker] = sorted(connection.time(kind.field, text) for text in asked)
    return times


class _Caller:
    """One who types, waits and types again."""

    def __init__(self, port: int, token: str) -> None:
        self.connection = HTTPConnection("127.0.0.1", port, timeout=60)
        self.headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def time(self, field: str, text: str) -> float:
        """Seconds to a page."""
        body = json.dumps({"query": _QUERY % field, "variables": {"s": text}})
        began = time.perf_counter()
        self.connection.request("POST", "/graphql", body, self.headers)
        answer = json.loads(self.connection.getresponse().read())
        taken = time.perf_counter() - began
        if answer.get("errors"):
            raise RuntimeError(f"{text!r}: {answer['errors']}")
        return taken


async def _weigh(url: str, library: Library) -> None:
    """How large the index is, and what it costs to write beside it."""
    connection = await asyncpg.connect(url)
    try:
        for row in await connection.fetch(_SIZES):
            console.print(f"{row[0]}: {row[1]}")
        for table, sql in _WRITES.items():
            turns = [
                (way, await _write(connection, table, way, sql, library)) for way in ("disable", "enable") * _TURNS
            ]
            plain, kept = (min(seconds for way, seconds in turns if way == wanted) for wanted in ("disable", "enable"))
            console.print(
                f"10,000 {table}: {plain:.2f} s, with their words {kept:.2f} s: {1e2 * (kept - plain):.0f} µs for each"
            )
        await connection.execute("vacuum analyze")
    finally:
        await connection.close()


async def _write(connection: asyncpg.Connection, table: str, way: str, sql: str, library: Library) -> float:
    transaction = connection.transaction()
    await transaction.start()
    try:
        await connection.execute(_TRIGGERS.format(table, way))
        began = time.perf_counter()
        await connection.execute(sql, library.organization)
        return time.perf_counter() - began
    finally:
        await transaction.rollback()


async def _scans(url: str) -> dict[str, int]:
    connection = await asyncpg.connect(url)
    try:
        return {row["relname"]: row["seq_scan"] for row in await connection.fetch(_READ, _BIG)}
    finally:
        await connection.close()


def _show(times: Times, library: Library, scans: dict[str, int]) -> None:
    table = Table(title="searches: milliseconds to a page of 25, p50 / p99", title_justify="left")
    for heading in ("what is typed", *library.askers):
        table.add_column(heading, justify="right", no_wrap=True)
    for title in KINDS:
        cells = [times[title, asker] for asker in library.askers]
        table.add_row(title, *(f"{1e3 * quantile(cell, 50):,.1f} / {1e3 * quantile(cell, 99):,.1f}" for cell in cells))
    console.print(table)
    late = [" as ".join(key) for key, cell in times.items() if quantile(cell, 99) > MOST_P99]
    console.print(
        f"{'missed' if late else 'met'}: p99 at most {1e3 * MOST_P99:.0f} ms {', '.join(late)}", soft_wrap=True
    )
    console.print(f"{'missed' if scans else 'met'}: no table is read whole {scans or ''}")


async def _explain(url: str, library: Library) -> None:
    """What the function that finds goes by, as it does when an owner types."""
    connection = await asyncpg.connect(url)
    try:
        for name, text in (("find_leads", "smith"), ("find_messages", word(3))):
            await connection.execute(f"set role {SERVER_ROLE}")
            await connection.execute("reset role; set jit = off")
            body = await connection.fetchval("select prosrc from pg_proc where proname = $1", name)
            given = {"asked": f"'{text}'::text", "ascending": "false", "tier_from": "null::smallint"}
            given |= {"at_from": "null::timestamptz", "id_from": "null::uuid"}
            for parameter, value in given.items():
                body = re.sub(rf"\b{parameter}\b", value, body)
            async with connection.transaction():
                await connection.execute("select begin_request($1, null, 'ALL')", library.organization)
                await connection.execute("set local role rekindle_lookup")
                rows: list[Any] = await connection.fetch(f"explain (analyze, costs off, buffers off) {body} limit 26")
            for row in rows:
                console.print(row[0], markup=False, highlight=False, soft_wrap=True)
    finally:
        await connection.close()
