"""Presence: which members have an inbox open, in this process or another. Kept in memory alone, and renewed."""

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from uuid import UUID

from domain.analytics import Signal, SignalKind
from domain.people import Actor
from realtime.signals import Signals

_RENEWAL_SECONDS = 10.0
_FORGET_SECONDS = 25.0  # a process that has not renewed for so long is taken for dead
_GRACE_SECONDS = 3.0  # who comes back within this time was never away


class Presence:
    """Knows who is there by what each process says of those it serves. Only a change is shown."""

    def __init__(self, signals: Signals) -> None:
        self._signals = signals
        self._here: Counter[tuple[UUID, UUID]] = Counter()
        self._heard: dict[UUID, dict[UUID, dict[str, float]]] = defaultdict(dict)
        signals.is_news = self._is_news

    def of(self, organization_id: UUID) -> list[Signal]:
        """Whoever is there now."""
        return [_signal(organization_id, member_id, True) for member_id in self._heard.get(organization_id, ())]

    @contextmanager
    def shown(self, actor: Actor) -> Iterator[None]:
        """While an inbox of the actor is open. Programs are nobody's colleagues."""
        if actor.member_id is None:
            yield
            return
        who = (actor.organization_id, actor.member_id)
        self._here[who] += 1
        if self._here[who] == 1:
            self._signals.send(_signal(*who, True))
        try:
            yield
        finally:
            self._here[who] -= 1
            asyncio.get_running_loop().call_later(_GRACE_SECONDS, self._take_leave, who)

    async def run(self) -> None:
        """Renews those who are here, and forgets those whose process has fallen silent."""
        while True:
            await asyncio.sleep(_RENEWAL_SECONDS)
            for who in [who for who, count in self._here.items() if count]:
                self._signals.send(_signal(*who, True))
            self._forget(time.monotonic() - _FORGET_SECONDS)

    def _take_leave(self, who: tuple[UUID, UUID]) -> None:
        if who in self._here and not self._here[who]:
            del self._here[who]
            self._signals.send(_signal(*who, False))

    def _is_news(self, signal: Signal, process: str) -> bool:
        """Whether this changes who is there."""
        if signal.kind is not SignalKind.MEMBER_PRESENCE:
            return True
        present = self._heard[signal.organization_id]
        was_there = signal.member_id in present
        processes = present.setdefault(signal.member_id, {})
        processes.pop(process, None)
        if signal.is_on:
            processes[process] = time.monotonic()
        if not processes:
            del present[signal.member_id]
        return was_there != (signal.member_id in present)

    def _forget(self, before: float) -> None:
        for organization_id, present in self._heard.items():
            silent = [
                (member_id, process)
                for member_id, processes in present.items()
                for process, heard in processes.items()
                if heard < before
            ]
            for member_id, process in silent:
                gone = _signal(organization_id, member_id, False)
                if self._is_news(gone, process):
                    self._signals.show(gone)
        self._heard = defaultdict(dict, {key: present for key, present in self._heard.items() if present})


def _signal(organization_id: UUID, member_id: UUID, is_on: bool) -> Signal:
    return Signal(SignalKind.MEMBER_PRESENCE, organization_id, member_id, member_id, is_on, datetime.now(UTC))
