"""`feed`: one organization's events to very many sockets, delivered by four servers in turn."""

import asyncio
import os
import secrets
import time
from typing import Any

from bench.cpu import pin, places
from bench.feed_report import Results, show
from bench.fixtures import ISSUER, SUBJECT, Data, database, fill
from bench.followed import Name, Server, start_all
from bench.house import allow_many_sockets, console, find_postmaster
from bench.listeners import Listeners, listening
from bench.questions import Job
from bench.stage import Announce, Effort, Stage, check, fill_room, play_round, read_event
from bench.telling import Line
from bench.texting import Texts, texting
from web.tokens import TokenRules

_CONVERSATIONS = 100
_TOKEN_SECONDS = 24 * 3600


def run(effort: Effort) -> None:
    for_servers, for_others = places()
    pin(os.getpid(), for_others)
    allow_many_sockets()
    if not for_servers:
        console.print("Nothing is pinned: this system does not allow it, or has one processor.")
    with database() as url, listening() as listeners:
        data = asyncio.run(fill(url, _CONVERSATIONS))
        job = Job(url, secrets.token_urlsafe(48), str(data.organization), str(data.owner), {})
        with console.status("Starting four servers …"), start_all(job, for_servers) as servers:
            results = asyncio.run(_compare(effort, data, job, servers, listeners))
    show(results, effort.sockets, console)


async def _compare(
    effort: Effort, data: Data, job: Job, servers: dict[Name, Server], listeners: Listeners
) -> dict[Name, Results]:
    token = "Bearer " + TokenRules(job.secret, ISSUER, ISSUER).mint(SUBJECT, _TOKEN_SECONDS)
    async with texting(data.url, data.organization) as texts:
        event = await _example(servers[Name.REKINDLE], listeners, texts, token)
        postmaster = await find_postmaster(data.url)
        results, stages = {}, []
        for name, server in servers.items():
            announce = texts.receive if name is Name.REKINDLE else _say(Line(server.control), event)
            stages.append(stage := Stage(name, server, listeners, announce, postmaster))
            with console.status(f"{effort.sockets:,} sockets follow {name} …"):
                results[name] = Results(await fill_room(stage, effort.sockets, token))
            await check(stage, effort.sockets, event)
        for number in range(effort.rounds):
            for stage in stages:
                with console.status(f"Round {number + 1} of {effort.rounds}: {stage.name} …"):
                    results[stage.name].rounds.append(await play_round(stage, effort))
        return results


async def _example(server: Server, listeners: Listeners, texts: Texts, token: str) -> Any:
    """An event as Rekindle tells it; the others are given its like to tell."""
    listeners.call("open", "example", server.port, 1, token)
    await asyncio.sleep(1)
    listeners.ask("gather", "example", 1)
    await texts.receive()
    await asyncio.to_thread(listeners.hear)
    event = read_event(listeners.call("latest", "example"))
    listeners.call("close", "example")
    return event


def _say(line: Line, event: dict[str, Any]) -> Announce:
    typed = {"__typename": "MessageReceived", **event}

    async def say() -> float:
        now = time.perf_counter()
        line.say(typed)
        return now

    return say
