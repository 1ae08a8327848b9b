"""Replays: what a version would say in threads that were answered already. Nothing is sent, and no lead changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from actions.answering import brief_of, get_rules, get_voice
from actions.prompt_versions import lock_prompt
from db.session import Row, Session
from domain.analytics import EventKind
from domain.answering import Answer, Brief, Usage
from domain.drafts import MOST_LINES
from domain.ids import new_id
from domain.output_rules import Breach, OutputRules
from domain.people import Permission
from domain.refusals import not_found
from domain.replays import MOST_TAUGHT, NOTHING, ReplayOutcome, ReplayStatus, check_threads, judge

_LONGEST_PROBLEM = 500


async def replay_prompt_version(
    session: Session, version_id: UUID, threads: int, dataset_id: UUID | None = None
) -> UUID:
    """Chooses the threads now, as whoever begins it sees them, and has them answered in the background."""
    session.actor.require(Permission.PROMPTS_WRITE)
    check_threads(threads)
    place = await session.row("prompts", "get_place_of_version", version_id)
    if place is None:
        raise not_found("prompt version", "promptVersionId")
    await lock_prompt(session, place["prompt_id"])
    if dataset_id and await session.row("datasets", "find_dataset", dataset_id) is None:
        raise not_found("dataset", "datasetId")
    id, actor = new_id(), session.actor
    who = (actor.member_id, actor.api_key_id, actor.lead_scope, actor.rights.dataset_ids)
    await session.execute("replaying", "add_replay", id, *who, version_id, dataset_id, threads)
    wanted = (version_id, threads, dataset_id, place["dataset_id"], MOST_TAUGHT)
    total = len(await session.rows("replaying", "choose_threads", id, *wanted))
    await session.execute("replaying", "set_total", id, total)
    if total:
        tell_of_replay(session, id)
    else:
        await end_replay(session, id, ReplayStatus.COMPLETED, NOTHING)
    return id


async def cancel_replay(session: Session, id: UUID) -> UUID:
    """Goes no further; what was written stays. One that has ended stays as it is."""
    session.actor.require(Permission.PROMPTS_WRITE)
    found = await session.row("replaying", "lock_replay", id)
    if found is None:
        raise not_found("replay", "replayId")
    if found["status"] == ReplayStatus.RUNNING:
        await end_replay(session, id, ReplayStatus.CANCELLED)
    return id


async def end_replay(session: Session, id: UUID, status: ReplayStatus, problem: str | None = None) -> None:
    await session.execute("replaying", "end_work", id, status, problem)
    tell_of_replay(session, id)


async def next_row(session: Session, id: UUID, done: int) -> Row | None:
    """The thread after so many; one whose lead was erased meanwhile is not waiting any more."""
    return await session.row("replaying", "next_row", id, done)


async def read_thread(session: Session, row: Row, version_id: UUID, now: datetime) -> tuple[Brief, OutputRules] | None:
    """A thread as it stood, as far as whoever replays it sees it: None where they do not, or where it is gone."""
    thread = await session.row("answering", "get_brief", row["conversation_id"], now)
    said = await session.rows("replaying", "get_lines", row["inbound_message_id"], MOST_LINES)
    if thread is None or not said:
        return None
    lines: Sequence[Row] = [dict(line) for line in said]
    voice = await get_voice(session, version_id)
    return brief_of(thread, lines, voice), await get_rules(session, thread, voice)


@dataclass(frozen=True, slots=True)
class Replayed:
    """What became of one thread."""

    outcome: ReplayOutcome
    problem: str | None = None
    answer: Answer | None = None
    breaches: Sequence[Breach] = ()
    model: str | None = None


def replayed(answer: Answer, breaches: tuple[Breach, ...], usage: Usage) -> Replayed:
    outcome, problem = judge(answer, breaches)
    return Replayed(outcome, problem, answer, breaches, usage.model)


async def record_replayed(session: Session, id: UUID, row: Row, became: Replayed | None) -> None:
    """Whoever records holds the replay. Of a row that waits no more only its turn is over."""
    written = became and await session.value("replaying", "record_row", row["id"], *_values(became))
    broken = bool(became and written and became.breaches)
    await session.execute("replaying", "note_progress", id, row["position"], int(broken))
    tell_of_replay(session, id)


def _values(became: Replayed) -> tuple[Any, ...]:
    """In the order of the statement's parameters."""
    said = became.answer
    rules = list(dict.fromkeys(breach.rule for breach in became.breaches))
    problem = became.problem and became.problem[:_LONGEST_PROBLEM]
    understood = (said.intent, said.sentiment, said.wants_human) if said else (None, None, None)
    return became.outcome, problem, (said and said.text) or None, rules, *understood, became.model


def tell_of_replay(session: Session, id: UUID) -> None:
    session.announce(EventKind.REPLAY_CHANGED, subject_id=id)
