"""Asks what a version would say in threads that were answered already, one replay of an organization at a time."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from actions.answering import record_use
from actions.holding import hold_work, maker_of
from actions.replaying import Replayed, end_replay, next_row, read_thread, record_replayed, replayed
from db.database import Database
from db.session import Row, Session
from domain.answering import Brief, ModelAway, ModelTrouble, Usage
from domain.drafts import ModelOutcome, ModelPurpose
from domain.output_rules import OutputRules
from domain.people import Actor, Permission
from domain.replays import OUT_OF_SIGHT, ReplayOutcome, ReplayStatus
from workers.answering import Writer, hold_to, outcome_of
from workers.holding import Held, Lost, take_work


@dataclass(frozen=True, slots=True)
class Replaying:
    """Thread by thread, so that after a kill it is gone on with from the last that was recorded."""

    database: Database
    writer: Writer

    async def find_due(self) -> set[UUID]:
        return {row["organization_id"] for row in await self.database.look_up("organizations_with_replays")}

    async def take_replay(self, organization_id: UUID) -> bool:
        """The next one that is due, to its end; put off where the model is away."""
        return await take_work(self.database, "replaying", organization_id, self._do, _fail)

    async def _do(self, held: Held) -> None:
        done: int = held.job["done_count"]
        while row := await self._next(held, done):
            await self._replay(held, row)
            done = row["position"]
        async with held.work() as session:
            await end_replay(session, held.job["id"], ReplayStatus.COMPLETED)

    async def _next(self, held: Held, done: int) -> Row | None:
        async with held.work() as session:
            return await next_row(session, held.job["id"], done)

    async def _replay(self, held: Held, row: Row) -> None:
        if row["outcome"] != ReplayOutcome.WAITING:
            await self._record(held, row, None)
            return
        thread = await self._read(held, row)
        if thread is None:
            await self._record(held, row, Replayed(ReplayOutcome.FAILED, OUT_OF_SIGHT))
            return
        try:
            answer, usage, rules = await self.writer.write(*thread, row["id"], held.holder)
        except ModelAway as away:
            await self._account(held, away)
            raise
        except ModelTrouble as trouble:
            became = Replayed(ReplayOutcome.FAILED, trouble.reason)
            await self._record(held, row, became, outcome_of(trouble), trouble.usage)
            return
        breaches = await hold_to(answer.text, rules)
        await self._record(held, row, replayed(answer, breaches, usage), ModelOutcome.ANSWERED, usage)

    async def _read(self, held: Held, row: Row) -> tuple[Brief, OutputRules] | None:
        """As whoever began it, with the rights they have now."""
        async with held.work() as session:
            maker = await maker_of(session, held.job)
        if held.job["creator_id"] or held.job["api_key_id"]:
            maker.require(Permission.PROMPTS_WRITE)
        async with self.database.work(maker) as session:
            return await read_thread(session, row, held.job["prompt_version_id"], datetime.now(UTC))

    async def _record(
        self,
        held: Held,
        row: Row,
        became: Replayed | None,
        outcome: ModelOutcome = ModelOutcome.ANSWERED,
        usage: Usage | None = None,
    ) -> None:
        """What was asked is paid for, though it was cancelled meanwhile."""
        async with self.database.work(Actor(held.organization_id)) as session:
            await self._note_use(session, outcome, usage)
            is_ours = await hold_work(session, held.queue, held.job["id"], held.holder)
            if is_ours:
                await record_replayed(session, held.job["id"], row, became)
        if not is_ours:
            raise Lost

    async def _account(self, held: Held, away: ModelAway) -> None:
        async with self.database.work(Actor(held.organization_id)) as session:
            await self._note_use(session, ModelOutcome.AWAY, away.usage)

    async def _note_use(self, session: Session, outcome: ModelOutcome, usage: Usage | None) -> None:
        if usage and (usage.input_tokens or usage.output_tokens):
            await record_use(session, ModelPurpose.REPLAY, outcome, usage, self.writer.cost(usage))


async def _fail(session: Session, id: UUID, problem: str) -> None:
    await end_replay(session, id, ReplayStatus.FAILED, problem)
