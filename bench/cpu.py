"""Processor time, of the server and of the database apart, and who runs where."""

import os
import sys
from contextlib import suppress

import psutil  # type: ignore[import-untyped]


def pin(pid: int, cpus: set[int]) -> None:
    """Where the system allows it; what the process starts inherits it."""
    if cpus and sys.platform == "linux":
        os.sched_setaffinity(pid, cpus)


def places() -> tuple[set[int], set[int]]:
    """The processor of the servers, and that of the database and the load; both empty where nothing can be pinned."""
    if sys.platform != "linux":
        return set(), set()
    mine = sorted(os.sched_getaffinity(0))
    return ({mine[0]}, {mine[1]}) if len(mine) > 1 else (set(), set())


def postmaster_of(backend: int) -> int:
    """The process that started this one of PostgreSQL."""
    parent: int = psutil.Process(backend).ppid()
    return parent


def spent(pid: int, *, with_children: bool = False) -> dict[int, float]:
    """Seconds of processor time so far, by process."""
    process = psutil.Process(pid)
    family = [process, *(process.children(recursive=True) if with_children else ())]
    seconds = {}
    for member in family:
        with suppress(psutil.NoSuchProcess):
            times = member.cpu_times()
            seconds[member.pid] = times.user + times.system
    return seconds


def between(before: dict[int, float], after: dict[int, float]) -> float:
    """Seconds spent in between by the processes that are there afterwards."""
    return sum(seconds - before.get(pid, 0.0) for pid, seconds in after.items())


def busy() -> float:
    """Seconds that all processors together have worked for processes, whosever they are."""
    times = psutil.cpu_times()
    return float(times.user + times.system + getattr(times, "nice", 0.0))
