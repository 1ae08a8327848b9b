"""The house: one Rekindle server with its worker inside, its tenants, and whoever listens."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import asyncpg
import uvloop
from rich.console import Console

from bench import contenders
from bench.contenders import Server
from bench.cpu import Watch, pin, places, postmaster_of
from bench.fixtures import ISSUER, Tenant, database, fill_many
from bench.listeners import Listeners, listening
from bench.questions import Job
from bench.webhooks import write_webhook
from web.tokens import TokenRules

_TOKEN_SECONDS = 24 * 3600
_NARROWEST = 128  # what the tables need
console = Console()
console.width = max(console.width, _NARROWEST)


@dataclass(frozen=True, slots=True)
class House:
    """What the servers share, and who is there to ask them."""

    job: Job
    tenants: list[Tenant]
    listeners: Listeners
    postmaster: int
    cpus: set[int]

    @contextmanager
    def serving(self) -> Iterator[Server]:
        with contenders.start(contenders.Name.REKINDLE, self.job, self.cpus) as server:
            yield server

    def watch(self, server: int) -> Watch:
        """How much of the processors the server of this process id takes from now on, and the others."""
        return Watch(server, self.postmaster, self.listeners.pid)

    def bearer(self, tenant: Tenant) -> str:
        return "Bearer " + TokenRules(self.job.secret, ISSUER, ISSUER).mint(tenant.subject, _TOKEN_SECONDS)

    def webhook(self, server: Server, tenant: Tenant, lead: int, body: str) -> bytes:
        return write_webhook(server.port, self.job.secret, tenant, lead, body)


@contextmanager
def opened(organizations: int, leads: int) -> Iterator[House]:
    """A database with so many organizations of so many leads each; everything ends with the block."""
    for_servers, for_others = places()
    pin(os.getpid(), for_others)
    allow_many_sockets()
    if not for_servers:
        console.print("Nothing is pinned: this system does not allow it, or has one processor.")
    with database() as url, listening() as listeners:
        with console.status(f"Making {organizations:,} organizations …"):
            tenants = uvloop.run(fill_many(url, organizations, leads))
        job = Job(url, secrets.token_urlsafe(48), str(tenants[0].organization), "", {})
        yield House(job, tenants, listeners, uvloop.run(find_postmaster(url)), for_servers)


def allow_many_sockets() -> None:
    with suppress(ImportError):
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


async def find_postmaster(url: str) -> int:
    connection = await asyncpg.connect(url)
    try:
        return postmaster_of(await connection.fetchval("select pg_backend_pid()"))
    finally:
        await connection.close()
