"""`python -m bench reads`, `feed` and the others."""

import sys
from enum import StrEnum
from typing import Annotated

import typer
import uvloop

from bench import (
    contenders,
    dispatching,
    feed,
    followed,
    idle,
    importing,
    latency,
    month,
    reads,
    scopes,
    search,
    stalled,
)
from bench import killed as kills
from bench.questions import Job
from bench.stage import Effort

app = typer.Typer(
    help="Benchmarks of Rekindle.", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
)


class View(StrEnum):
    OWNER = "owner"
    AGENT = "agent"
    LIMITED = "limited"


@app.callback()
def _benchmarks() -> None:
    """Benchmarks of Rekindle. None of them judges by absolute times."""


@app.command("reads")
def compare_reads(
    rounds: Annotated[int, typer.Option(min=1, help="How often each contender answers each query.")] = 5,
    seconds: Annotated[float, typer.Option(min=0.1, help="For how long, each time.")] = 4,
    most: Annotated[int, typer.Option(min=1, help="And at most how many requests.")] = 100_000,
    conversations: Annotated[int, typer.Option(min=100, help="How many each of two organizations has.")] = 20_000,
    connections: Annotated[int, typer.Option(min=1, help="How many requests are under way at once.")] = 16,
    explain: Annotated[bool, typer.Option("--explain", help="Show the plan of the page's statement.")] = False,
    as_: Annotated[
        View,
        typer.Option("--as", help="agent, limited: what those pay beside an owner who see some leads, or datasets."),
    ] = View.OWNER,
) -> None:
    """Rekindle beside a bare handler with the same SQL, and beside plain Strawberry with DataLoaders."""
    effort = reads.Effort(rounds, seconds, most, connections)
    if as_ is not View.OWNER:
        share = scopes.AGENTS if as_ is View.AGENT else scopes.LIMITED
        scopes.run(effort, conversations, reads.console, share)
    else:
        reads.run(effort, conversations, explain)


@app.command("feed")
def compare_feeds(
    sockets: Annotated[int, typer.Option(min=10, help="How many sockets follow each contender.")] = 2000,
    rounds: Annotated[int, typer.Option(min=1, help="How often each contender has its turn.")] = 3,
    burst: Annotated[int, typer.Option(min=1, help="How many events come at once, each time.")] = 8,
    single: Annotated[int, typer.Option(min=1, help="How many come one by one, each time.")] = 2,
) -> None:
    """Rekindle's feed beside Node's graphql-ws, plain Strawberry subscriptions and the bare socket library."""
    feed.run(Effort(sockets, rounds, burst, single))


@app.command("idle")
def hold_idle_sockets(
    sockets: Annotated[int, typer.Option(min=1, help="How many follow in silence.")] = 10_000,
    organizations: Annotated[int, typer.Option(min=1, help="Over how many others they are spread.")] = 1000,
    messages: Annotated[int, typer.Option(min=2, help="How many single messages are heard, each time.")] = 50,
) -> None:
    """What very many silent sockets take, and what they do to the one that has something to hear."""
    idle.run(sockets, organizations, messages)


@app.command("latency")
def time_texts(
    rates: Annotated[list[int] | None, typer.Option("--rate", min=1, help="Texts a second; may be repeated.")] = None,
    subscribers: Annotated[list[int] | None, typer.Option(min=1, help="Sockets per organization; repeatable.")] = None,
    seconds: Annotated[float, typer.Option(min=0.5, help="For how long each rate is kept up.")] = 15,
    organizations: Annotated[int, typer.Option(min=1, help="Over how many the texts are spread.")] = 1,
) -> None:
    """From a webhook's scheduled instant to the subscribers' sockets, at several rates."""
    latency.run(rates or (10, 100, 500), subscribers or (1, 20), seconds, organizations)


@app.command("stalled")
def stall_sockets(
    seconds: Annotated[float, typer.Option(min=1, help="For how long texts come, without and with stalled ones.")] = 60,
    rate: Annotated[float, typer.Option(min=1, help="Texts a second.")] = 100,
    sockets: Annotated[int, typer.Option(min=1, help="How many do not read.")] = 10,
    healthy: Annotated[int, typer.Option(min=1, help="How many read.")] = 10,
) -> None:
    """What sockets that do not read cost the server and the others, and whether they miss anything."""
    stalled.run(stalled.Effort(rate, seconds, healthy, sockets))


@app.command("search")
def time_searches(
    leads: Annotated[int, typer.Option(min=1000, help="How many the organization has.")] = 100_000,
    each: Annotated[int, typer.Option(min=1, help="How many messages each has; every second has one more.")] = 4,
    rounds: Annotated[int, typer.Option(min=1, help="How many of each kind are typed by each.")] = 100,
    explain: Annotated[bool, typer.Option("--explain", help="Show the plans of what finds.")] = False,
) -> None:
    """How long a page takes, by what is typed and who asks; and what it costs to keep words of what is written."""
    search.run(leads, each, rounds, explain)


@app.command("month")
def play_a_month(
    leads: Annotated[
        int, typer.Option(min=80, max=10_000, help="How many are reactivated; half in New York.")
    ] = 10_000,
) -> None:
    """A month of a reactivation under a virtual clock, with leads of every temper; fails where a rule was broken."""
    month.run(leads)


@app.command("dispatch")
def time_dispatchers(
    scheduled: Annotated[int, typer.Option(min=1000, help="How many steps are planned besides, at most.")] = 1_000_000,
    each: Annotated[int, typer.Option(min=1, help="How many are due in each of twelve campaigns.")] = 100,
    rounds: Annotated[int, typer.Option(min=1, help="How often each has its turn.")] = 3,
) -> None:
    """Due steps handed to a carrier by one, two and four dispatchers, however many are scheduled besides."""
    dispatching.run((10_000, scheduled), each, rounds)


@app.command("import")
def compare_imports(
    rows: Annotated[int, typer.Option(min=100, help="How many people the file has.")] = 100_000,
    rounds: Annotated[int, typer.Option(min=1, help="How often it is brought in.")] = 3,
    killed: Annotated[
        bool, typer.Option("--killed", help="Messy lists instead, by workers that are killed; every row is checked.")
    ] = False,
) -> None:
    """The whole import of a file beside COPY of the same file into a table like leads."""
    if killed:
        kills.run(rows)
    else:
        importing.run(rows, rounds)


@app.command("contend", hidden=True)
def contend(contender: contenders.Name) -> None:
    """Be one of the servers. What it has to know comes as JSON on standard input."""
    uvloop.run(contenders.serve(contender, Job.read(sys.stdin.read())))


@app.command("tell", hidden=True)
def tell(contender: followed.Name) -> None:
    """Be one of the servers that hear of events over a line of their own."""
    uvloop.run(followed.serve(contender))


app()
