"""Starts the embedded PostgreSQL server, or joins the one that another process already runs in the same data dir."""

import json
import os
import socket
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from db.embedded.account import Account
from db.embedded.cluster import NAME, Cluster
from db.embedded.errors import EmbeddedPostgresError
from db.embedded.leash import Leash
from db.embedded.lock import try_lock
from db.embedded.log import last_words, open_log
from db.embedded.places import MAJOR, installed

__all__ = ["EmbeddedPostgres", "EmbeddedPostgresError"]

JOIN_SECONDS = 60
START_SECONDS = 300  # recovery after a crash replays up to a gigabyte or two of the log
ATTEMPTS = 5

# Worth another attempt: the port was taken in between, or the system has not yet forgotten the pid of a killed server.
PASSING = ("could not create any TCP/IP sockets", 'lock file "postmaster.pid" already exists')


class EmbeddedPostgres:
    """A server on 127.0.0.1 that ends with the process that started it, however that ends."""

    def __init__(self, url: str, leash: Leash | None) -> None:
        self.url = url
        self._leash = leash

    @classmethod
    def start(cls, data_dir: Path, *, durable: bool = True) -> Self:
        """Blocks until the server answers. `durable=False` is for tests: a crash of the machine loses the data."""
        try:
            data_dir.mkdir(parents=True, exist_ok=True)
            return cls._start_or_join(data_dir.resolve(), durable)
        except OSError as error:
            raise EmbeddedPostgresError(
                f"The database in {data_dir} cannot be used: {error}. If another account created it, "
                "run Rekindle as that account or choose another data dir."
            ) from error

    @classmethod
    def _start_or_join(cls, data_dir: Path, durable: bool) -> Self:
        deadline = time.monotonic() + JOIN_SECONDS
        while time.monotonic() < deadline:
            with try_lock(data_dir / "postgres.lock") as lock:
                if lock is not None:
                    return cls(*_launch(Cluster.under(data_dir), lock, durable))
            if url := _running_url(data_dir / "postgres"):
                return cls(url, None)
            time.sleep(0.02)
        raise EmbeddedPostgresError(
            f"Another process holds {data_dir}/postgres.lock, but no server has answered for {JOIN_SECONDS} seconds. "
            f"End that process, or look into {data_dir}/postgres/server.log."
        )

    def stop(self) -> None:
        """Ends the server if this object started it; one that was joined goes on."""
        if self._leash is not None:
            self._leash.end()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()


def _launch(cluster: Cluster, lock: int, durable: bool) -> tuple[str, Leash]:
    note = cluster.home / "server.json"
    note.unlink(missing_ok=True)  # so that nobody joins by what an earlier server left
    if not cluster.data.exists():
        cluster.create(lock, durable)
    log = open_log(cluster.log)
    try:
        port, leash = _run(cluster, lock, log, durable)
    finally:
        os.close(log)
    _write(note, {"port": port, "pid": leash.pid})
    return _url(cluster.home, port), leash


def _run(cluster: Cluster, lock: int, log: int, durable: bool) -> tuple[int, Leash]:
    for _ in range(ATTEMPTS):
        cluster.discard_recycled_pid()
        port, begin = _free_port(), os.fstat(log).st_size
        leash = Leash(cluster.command(port, durable), cluster.account, lock, log)
        if leash.wait_until(cluster.is_ready, START_SECONDS):
            return port, leash
        said = last_words(cluster.log, begin)
        if not any(reason in said for reason in PASSING):
            break
    raise EmbeddedPostgresError(f"PostgreSQL did not start. Its log, {cluster.log}, ends with the reason:\n{said}")


def _running_url(home: Path) -> str | None:
    try:
        port = json.loads((home / "server.json").read_text())["port"]
    except FileNotFoundError:
        return None
    asked = Account().run(installed() / f"pginstall{MAJOR}" / "bin" / "pg_isready", "-h", "127.0.0.1", "-p", str(port))
    return _url(home, port) if asked.returncode == 0 else None


def _url(home: Path, port: int) -> str:
    return f"postgresql://{NAME}:{(home / 'password').read_text().strip()}@127.0.0.1:{port}/{NAME}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _write(note: Path, content: dict[str, int]) -> None:
    fresh = note.with_suffix(".new")
    fresh.write_text(json.dumps(content))
    fresh.rename(note)
