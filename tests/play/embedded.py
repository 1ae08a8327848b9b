"""Embedded PostgreSQL servers, and processes that start them, join them and die on them."""

import asyncio
import fcntl
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg

from tests.play.databases import ROOT

BEGIN = """
import os, signal, subprocess, sys, time
from pathlib import Path
from db.embedded.server import EmbeddedPostgres
server = EmbeddedPostgres.start(Path(sys.argv[1]), durable=False)
print(server.url, flush=True)
"""
WAIT = "sys.stdin.read()\n"


@contextmanager
def new_data_dir() -> Iterator[Path]:
    """Not there yet, in a folder that any account can reach."""
    folder = Path(tempfile.mkdtemp(prefix="rekindle-"))
    folder.chmod(0o755)
    yield folder / "data"
    shutil.rmtree(folder)


def eventually(condition: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


def is_quiet(data_dir: Path) -> bool:
    """No process of a server is left: the last one to end frees the lock."""
    lock = data_dir / "postgres.lock"
    if not lock.exists():
        return True
    with lock.open("r+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


def ask(url: str, sql: str, password: str | None = None, database: str | None = None) -> object:
    async def answer() -> object:
        connection = await asyncpg.connect(url, timeout=10, password=password, database=database)
        try:
            return await connection.fetchval(sql)
        finally:
            await connection.close()

    return asyncio.run(answer())


def server_pid(data_dir: Path) -> int:
    pid: int = json.loads((data_dir / "postgres" / "server.json").read_text())["pid"]
    return pid


@contextmanager
def process(
    script: str, data_dir: Path, python: str = sys.executable, **options: object
) -> Iterator[subprocess.Popen[str]]:
    """Another process of Rekindle, in a session of its own like a shell's job; ended with the test."""
    options = {"cwd": ROOT, "start_new_session": True} | options
    command = [python, "-c", script, str(data_dir)]
    running = subprocess.Popen(command, stdin=-1, stdout=-1, stderr=-1, text=True, **options)  # type: ignore[call-overload]
    with running:
        try:
            yield running
        finally:
            running.kill()


def says(running: subprocess.Popen[str]) -> str:
    assert running.stdout is not None
    assert running.stderr is not None
    line = running.stdout.readline().strip()
    assert line, running.stderr.read()
    return line
