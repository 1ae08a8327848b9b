"""The contenders: each a server process of its own, served as `rekindle serve` serves."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Any

from bench.bare import bare
from bench.cpu import pin
from bench.dataloaders import dataloaders
from bench.questions import Job
from cli.compose import running
from cli.server import WebServer, listen
from cli.settings import Settings, read_settings

POOL_SIZE = 10
ACCOUNT = "AC" + "0" * 32
_NOBODY = "http://127.0.0.1:9"  # nothing is sent here, so nobody has to take it
_PATIENCE_SECONDS = 10
_ROOT = Path(__file__).parent.parent


class Name(StrEnum):
    BARE = "bare"
    REKINDLE = "rekindle"
    STRAWBERRY = "strawberry"


async def serve(name: Name, job: Job) -> None:
    """Serves until SIGTERM, and says on standard output at which port."""
    settings = read_settings(
        database_url=job.url,
        jwt_secret=job.secret,
        twilio_account_sid=ACCOUNT,
        twilio_auth_token=job.secret,
        twilio_api_url=_NOBODY,
        host="127.0.0.1",
        port=0,
        pool_size=POOL_SIZE,
        explorer=False,
    )
    listener = listen(settings.host, settings.port)
    async with _application(name, job, settings) as app:
        server = WebServer(app, lambda: print(listener.getsockname()[1], flush=True))
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, server.stop)
        await server.serve(sockets=[listener])


@asynccontextmanager
async def _application(name: Name, job: Job, settings: Settings) -> AsyncIterator[Any]:
    if name is Name.REKINDLE:
        async with running(settings, job.url) as parts:
            yield parts.app
        return
    make = bare if name is Name.BARE else dataloaders
    async with make(job, POOL_SIZE) as app:
        yield app


@contextmanager
def start_all(job: Job, cpus: set[int]) -> Iterator[dict[Name, "Server"]]:
    with ExitStack() as stack:
        yield {name: stack.enter_context(start(name, job, cpus)) for name in Name}


class Server:
    """A contender that runs."""

    def __init__(self, pid: int, port: int) -> None:
        self.pid = pid
        self.port = port


@contextmanager
def start(name: Name, job: Job, cpus: set[int]) -> Iterator[Server]:
    with launched([sys.executable, "-m", "bench", "contend", name], job.write(), cpus) as (pid, said):
        yield Server(pid, int(said))


@contextmanager
def launched(command: list[str], told: str, cpus: set[int], folder: Path = _ROOT) -> Iterator[tuple[int, str]]:
    """A process that is told something and then says one line; ended by its id when the block ends."""
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=folder)
    assert process.stdin and process.stdout
    try:
        pin(process.pid, cpus)
        with process.stdin as line:
            line.write(told)
        said = process.stdout.readline()
        if not said:
            raise RuntimeError(f"This did not start: {' '.join(command)}")
        yield process.pid, said
    finally:
        process.terminate()
        try:
            process.wait(_PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
