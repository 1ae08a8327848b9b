"""The lively part: in every beat a lead writes, or is answered. It goes on for as long as the demo is open."""

import asyncio
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import takewhile
from random import Random
from typing import Protocol
from uuid import UUID

import httpx
import structlog

from cli.demo.carrier import LoopbackCarrier
from cli.demo.carrier_texts import CarrierText
from cli.demo.cast import Caller
from cli.demo.scenes import REPLIES, Line, Scene, authored
from cli.demo.seeds import Company
from domain.refusals import Refusal
from domain.troubles import Trouble

log = structlog.get_logger()

Pace = tuple[float, float]  # the shortest and the longest pause between two beats, in seconds

_MOST_OPEN = 5  # exchanges at a time
_MOST_WAITS = 20  # beats for a lead's text to come in, before it is forgotten
_MOST_UNANSWERED = 50  # texts of people that leads have yet to reply to
_KEPT = 500  # texts and reports the carrier remembers of each sort
_GO_ON = 0.5  # how often the exchange that went on last goes on
_STRANGER, _NEWCOMER = 0.2, 0.2  # how often a new number writes, or a lead who has not written before
_MACHINE, _SLIP = 0.6, 0.4  # how often the machine answers, and says it badly where it was authored so


class Answers(Protocol):
    async def answer(self, caller: Caller, body: str, member_id: UUID | None) -> bool: ...


@dataclass(slots=True)
class Exchange:
    """What is left to be said between a caller and one of our people."""

    caller: Caller
    lines: deque[Line]
    person: int
    waits: int = 0


class Story:
    """One organization's. Lines left of seeded scenes come first; what people send is replied to before all else."""

    def __init__(
        self, company: Company, carrier: LoopbackCarrier, desk: Answers, pace: Pace, chance: Random | None = None
    ) -> None:
        self._company = company
        self._house = company.house
        self._carrier = carrier
        self._desk = desk
        self._pace = pace
        self._chance = chance or Random()
        self._authored = authored([*self._house.scenes, *self._house.stranger_scenes])
        self._decks: dict[bool, list[Scene]] = {True: [], False: []}
        self._ours: CarrierText | None = None  # the newest text of the carrier's that was looked at
        self._unanswered: deque[CarrierText] = deque(maxlen=_MOST_UNANSWERED)
        self._open = list(self._unfinished()) if company.is_new else []

    async def play(self) -> None:
        """Until cancelled. A beat that fails is told of, and its exchange forgotten."""
        while True:
            await asyncio.sleep(self._chance.uniform(*self._pace))
            try:
                await self.beat()
            except (Trouble, Refusal, httpx.HTTPError) as problem:
                log.warning("the demo missed a beat", organization=self._house.slug, reason=_reason(problem))
            except Exception:
                log.exception("bug in the demo's story", organization=self._house.slug)

    async def beat(self) -> None:
        self._listen()
        if self._unanswered:
            await self._reply(self._unanswered.popleft())
            return
        exchange = self._next()
        if await self._advance(exchange):
            self._open.append(exchange)

    def _listen(self) -> None:
        """Notes what people sent, and lets the carrier forget what is old, so that hours need no more memory."""
        carrier, last = self._carrier, self._ours
        fresh = list(takewhile(lambda text: text is not last, reversed(carrier.accepted)))
        self._ours = fresh[0] if fresh else last
        self._unanswered.extend(text for text in reversed(fresh) if self._is_by_a_person(text))
        del carrier.accepted[:-_KEPT], carrier.heard[:-_KEPT], carrier.reports[:-_KEPT]

    def _is_by_a_person(self, text: CarrierText) -> bool:
        is_ours = text.sender.endswith(self._house.number)
        return is_ours and not self._authored.fullmatch(text.body)

    async def _reply(self, text: CarrierText) -> None:
        """To a person, whose words lead away from what was authored."""
        self._open = [item for item in self._open if item.caller.address != text.recipient]
        await self._say(text.recipient, self._chance.choice(REPLIES))

    def _next(self) -> Exchange:
        """Out of the open ones, or a new one. The one that went on last stands at the end."""
        if not self._open or self._chance.random() > len(self._open) / _MOST_OPEN:
            return self._begin()
        goes_on = self._chance.random() < _GO_ON
        return self._open.pop(-1 if goes_on else self._chance.randrange(len(self._open)))

    def _begin(self) -> Exchange:
        is_stranger = self._chance.random() < _STRANGER
        scene = self._draw(is_stranger)
        caller = self._stranger() if is_stranger else self._lead(scene)
        return self._exchange(caller, scene.lines)

    def _exchange(self, caller: Caller, lines: Iterable[Line]) -> Exchange:
        return Exchange(caller, deque(lines), self._chance.randrange(len(self._company.member_ids)))

    def _unfinished(self) -> Iterable[Exchange]:
        for caller, scene in self._house.seeded():
            if scene.lines[scene.seeded :]:
                yield self._exchange(caller, scene.lines[scene.seeded :])

    def _draw(self, is_stranger: bool) -> Scene:
        """Every scene is played once before one is played again."""
        deck = self._decks[is_stranger]
        if not deck:
            deck.extend(self._house.stranger_scenes if is_stranger else self._house.scenes)
            self._chance.shuffle(deck)
        return deck.pop()

    def _stranger(self) -> Caller:
        return self._house.stranger(self._chance.randrange(len(self._house.stranger_numbers)))

    def _lead(self, scene: Scene) -> Caller:
        """Mostly one whose conversation is open, never one who talks already or began with the same scene."""
        callers = self._house.callers()
        busy = {item.caller for item in self._open} | {who for who, first in self._house.seeded() if first is scene}
        known = [caller for caller in callers[: len(self._house.scenes)] if caller not in busy]
        others = [caller for caller in callers[len(self._house.scenes) :] if caller not in busy]
        return self._chance.choice(others if self._chance.random() < _NEWCOMER else known)

    async def _advance(self, exchange: Exchange) -> bool:
        """Says the next line; False when nothing is left to say."""
        line = exchange.lines[0]
        is_slip = self._chance.random() < _SLIP
        text = line.say(exchange.caller.name, self._house.colleague(exchange.person), badly=is_slip)
        if line.is_ours:
            member_id = None if self._chance.random() < _MACHINE else self._company.member_ids[exchange.person]
            if not await self._desk.answer(exchange.caller, text, member_id):
                exchange.waits += 1
                return exchange.waits < _MOST_WAITS
        else:
            await self._say(exchange.caller.address, text)
        exchange.lines.popleft()
        return bool(exchange.lines)

    async def _say(self, address: str, text: str) -> None:
        prefix = "whatsapp:" if address.startswith("whatsapp:") else ""
        answer = await self._carrier.say(address, prefix + self._house.number, text)
        answer.raise_for_status()


def _reason(problem: Exception) -> str:
    return str(problem) or type(problem).__name__
