"""Processor time, of the server and of the database apart, and who runs where."""

import os
import sys
import time
from contextlib import suppress
from dataclasses import dataclass

import psutil  # type: ignore[import-untyped]

MOST_FOR_OTHERS = 0.1  # of a processor; with more than this a measurement is disturbed


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


@dataclass(frozen=True, slots=True)
class Shares:
    """Processor time by whose it was, each as a share of one processor."""

    server: float
    database: float
    others: float

    def doubt(self, name: str) -> list[str]:
        if self.others <= MOST_FOR_OTHERS:
            return []
        return [f"Disturbed: at {name}, others took {self.others:.2f} of a processor."]


class Watch:
    """Looks from when it is made; `load` is who works for the measurement besides this process."""

    def __init__(self, server: int, postmaster: int, load: int) -> None:
        self._server = server
        self._postmaster = postmaster
        self._load = load
        self._before = self._clocks()

    def read(self) -> Shares:
        pairs = zip(self._before, self._clocks(), strict=True)
        server, database, load, everybody, seconds = (between(*pair) for pair in pairs)
        others = max(0.0, everybody - server - database - load)
        return Shares(server / seconds, database / seconds, others / seconds)

    def _clocks(self) -> tuple[dict[int, float], ...]:
        database, load = spent(self._postmaster, with_children=True), spent(os.getpid()) | spent(self._load)
        return spent(self._server), database, load, {0: busy()}, {0: time.perf_counter()}
