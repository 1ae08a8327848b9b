"""Writes Sophie's answers: a model is asked with no transaction open, and another unit of work records what it said."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID

import structlog

from actions.answering import (
    Writing,
    ends_before,
    get_writing,
    hold_draft,
    record_answer,
    record_use,
    wait_for,
)
from actions.drafts import Written, claim_draft, settle_draft
from db.database import Database
from db.session import Row, Session
from domain.answering import Answer, Brief, ModelAway, ModelRefused, ModelTrouble, Usage
from domain.campaigns.reasons import Verdict
from domain.drafts import MOST_ATTEMPTS, DraftReason, DraftStatus, ModelOutcome, ModelPurpose, again_at
from domain.ids import new_id
from domain.output_rules import Breach, OutputRules, find_breaches
from domain.people import Actor

log = structlog.get_logger()
_AT_A_TIME = 8  # drafts of one organization
_NEVER_ENDED = "Whoever began to write it never came to an end."


class Writer(Protocol):
    """Whoever writes answers: a model, or plain rules."""

    async def write(self, brief: Brief, rules: OutputRules, *ids: UUID) -> tuple[Answer, Usage, OutputRules]: ...

    def cost(self, usage: Usage) -> int: ...


def now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class _Claimed:
    """A draft in somebody's hands, and what is to be written; nothing where it was settled at once."""

    holder: UUID
    writing: Writing | None


@dataclass(slots=True)
class Answering:
    """One draft at a time, from its claim to what became of it."""

    database: Database
    writer: Writer
    clock: Callable[[], datetime] = now

    async def find_due(self) -> set[UUID]:
        return {row["organization_id"] for row in await self.database.look_up("organizations_with_drafts")}

    async def take_draft(self, organization_id: UUID) -> bool:
        """Several of them at a time, because models think for seconds. False when none is due."""
        actor, writers = Actor(organization_id), list[asyncio.Task[None]]()
        count = 0
        try:
            while count < _AT_A_TIME and (claimed := await self._claim(actor)):
                count += 1
                if claimed.writing:
                    writers.append(asyncio.create_task(self._write(actor, claimed.writing, claimed.holder)))
        finally:
            ended = await asyncio.gather(*writers, return_exceptions=True)
        for trouble in ended:
            if trouble:
                raise trouble
        return count > 0

    async def _claim(self, actor: Actor) -> _Claimed | None:
        """The next one that is due, looked at; None when none is."""
        holder = new_id()
        async with self.database.work(actor) as session:
            draft = await claim_draft(session, holder, self.clock())
            return _Claimed(holder, await self._begin(session, draft)) if draft else None

    async def _begin(self, session: Session, draft: Row) -> Writing | None:
        """What is to be written; None where nothing is, or not now."""
        if draft["attempts"] > MOST_ATTEMPTS:
            await settle_draft(session, draft, DraftStatus.WITHHELD, DraftReason.MODEL_AWAY, _NEVER_ENDED)
            return None
        writing = await get_writing(session, draft, self.clock())
        if ended := ends_before(writing):
            await settle_draft(session, draft, *ended)
            return None
        decision = writing.decision
        if decision.verdict is Verdict.WAIT and decision.retry_at and not draft["is_proposal"]:
            await wait_for(session, draft, decision.retry_at, decision.message)
            return None
        return writing

    async def _write(self, actor: Actor, writing: Writing, holder: UUID) -> None:
        try:
            ids = (writing.draft["id"], holder)
            answer, usage, rules = await self.writer.write(writing.brief, writing.rules, *ids)
        except ModelTrouble as trouble:
            await self._fail(actor, writing, holder, trouble)
            return
        breaches = await hold_to(answer.text, rules)
        async with self.database.work(actor) as session:
            await self._account(session, ModelOutcome.ANSWERED, usage)
            if await hold_draft(session, writing.draft, holder):
                fresh = await get_writing(session, writing.draft, self.clock())
                fresh = replace(fresh, version_id=writing.version_id)  # what wrote it may be live no more
                if ended := ends_before(fresh):
                    await settle_draft(
                        session, writing.draft, *ended, written=Written(answer.text or None, model=usage.model)
                    )
                else:
                    await record_answer(session, fresh, answer, usage, breaches, self.clock())

    async def _fail(self, actor: Actor, writing: Writing, holder: UUID, trouble: ModelTrouble) -> None:
        """Put off where asking again may help; else people are asked to answer, and told why."""
        log.warning("no answer came of asking", draft=str(writing.draft["id"]), reason=trouble.reason)
        async with self.database.work(actor) as session:
            if trouble.usage:
                await self._account(session, outcome_of(trouble), trouble.usage)
            if not await hold_draft(session, writing.draft, holder):
                return
            attempts = writing.draft["attempts"]
            if isinstance(trouble, ModelAway) and attempts < MOST_ATTEMPTS:
                await wait_for(session, writing.draft, again_at(self.clock(), attempts), trouble.reason, attempts)
            else:
                reason = DraftReason(f"MODEL_{outcome_of(trouble)}")
                await settle_draft(session, writing.draft, DraftStatus.WITHHELD, reason, trouble.reason)

    async def _account(self, session: Session, outcome: ModelOutcome, usage: Usage) -> None:
        if usage.input_tokens or usage.output_tokens:
            await record_use(session, ModelPurpose.ANSWER, outcome, usage, self.writer.cost(usage))


async def hold_to(text: str, rules: OutputRules) -> tuple[Breach, ...]:
    """What of an answer must not be said. In a thread: a hostile one can take seconds to look at."""
    return await asyncio.to_thread(find_breaches, text, rules) if text else ()


def outcome_of(trouble: ModelTrouble) -> ModelOutcome:
    if isinstance(trouble, ModelAway):
        return ModelOutcome.AWAY
    return ModelOutcome.REFUSED if isinstance(trouble, ModelRefused) else ModelOutcome.MALFORMED
