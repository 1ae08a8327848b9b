"""`reads`: the inbox page and one small object, answered by three servers in turn."""

import asyncio
import os
import secrets
from dataclasses import dataclass
from typing import Any

import asyncpg
from rich.console import Console

from bench.contenders import Name, Server, start_all
from bench.cpu import between, busy, pin, places, postmaster_of, spent
from bench.fixtures import ISSUER, MESSAGES_EACH, SUBJECT, Data, database, fill
from bench.load import ask_once, press, write_request
from bench.questions import FIELDS, PAGE, QUERIES, Job, compile_statements, variables_of
from bench.report import Measured, Results, show
from db.database import SERVER_ROLE
from web.tokens import TokenRules

_WARM_SECONDS = 1.0
_TOKEN_SECONDS = 24 * 3600
_NARROWEST = 116  # what a table needs
console = Console()
console.width = max(console.width, _NARROWEST)


@dataclass(frozen=True, slots=True)
class Effort:
    """How long and how hard."""

    rounds: int
    seconds: float
    most: int
    connections: int


def run(effort: Effort, conversations: int, explain: bool) -> None:
    for_servers, for_others = places()
    pin(os.getpid(), for_others)
    if not for_servers:
        console.print("Nothing is pinned: this system does not allow it, or has one processor.")
    with database() as url:
        console.print(f"Making {2 * conversations:,} conversations, {2 * conversations * MESSAGES_EACH:,} messages …")
        data = asyncio.run(fill(url, conversations))
        job, postmaster = asyncio.run(_prepare(data, explain))
        requests = _requests(data, TokenRules(job.secret, ISSUER, ISSUER).mint(SUBJECT, _TOKEN_SECONDS))
        with start_all(job, for_servers) as servers:
            _check(servers, requests)
            show(_measure(effort, servers, requests, postmaster), console)


async def _prepare(data: Data, explain: bool) -> tuple[Job, int]:
    statements = await compile_statements(data.organization, data.owner, data.conversations[0])
    connection = await asyncpg.connect(data.url)
    try:
        postmaster = postmaster_of(await connection.fetchval("select pg_backend_pid()"))
        if explain:
            await _explain(connection, statements[PAGE], data)
    finally:
        await connection.close()
    return Job(data.url, secrets.token_urlsafe(48), str(data.organization), str(data.owner), statements), postmaster


async def _explain(connection: asyncpg.Connection, sql: str, data: Data) -> None:
    await connection.execute(f"set role {SERVER_ROLE}; set jit = off")
    plan = f"explain (analyze, buffers off, costs off) {sql}"
    for row in await connection.fetch(plan, data.organization, data.owner):
        console.print(row[0], markup=False, highlight=False, soft_wrap=True)


def _requests(data: Data, token: str) -> dict[str, list[bytes]]:
    return {
        query: [write_request(query, variables, token) for variables in variables_of(query, data.conversations)]
        for query in QUERIES.values()
    }


def _check(servers: dict[Name, Server], requests: dict[str, list[bytes]]) -> None:
    """All must answer the same, but for cursors, which are everybody's own."""
    for query, (request, *_) in requests.items():
        answers = {name: _comparable(ask_once(server.port, request), query) for name, server in servers.items()}
        first, *others = answers.values()
        if not first or any(other != first for other in others):
            raise RuntimeError(f"The contenders do not answer the same: {str(answers)[:2000]}")


def _comparable(answer: Any, query: str) -> Any:
    found = answer["data"][FIELDS[query]]
    if query == PAGE:
        return found["nodes"], found["pageInfo"]["hasNextPage"]
    return found


def _measure(effort: Effort, servers: dict[Name, Server], requests: dict[str, list[bytes]], postmaster: int) -> Results:
    results: Results = {(title, name): [] for title in QUERIES for name in Name}
    for server in servers.values():
        for asked in requests.values():
            press(server.port, asked, effort.connections, _WARM_SECONDS, effort.most)
    for number in range(effort.rounds):
        with console.status(f"Round {number + 1} of {effort.rounds} …"):
            for title, query in QUERIES.items():
                for name, server in servers.items():
                    results[title, name].append(play(effort, server, requests[query], postmaster))
    return results


def play(effort: Effort, server: Server, requests: list[bytes], postmaster: int) -> Measured:
    def clocks() -> tuple[dict[int, float], ...]:
        return spent(server.pid), spent(postmaster, with_children=True), spent(os.getpid()), {0: busy()}

    before = clocks()
    answered = press(server.port, requests, effort.connections, effort.seconds, effort.most)
    by_server, by_database, by_load, by_all = (between(*pair) for pair in zip(before, clocks(), strict=True))
    others = max(0.0, by_all - by_server - by_database - by_load) / answered.seconds
    per_request = 1e6 / answered.count
    return Measured(answered.count / answered.seconds, by_server * per_request, by_database * per_request, others)
