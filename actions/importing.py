"""The work of an import: claimed by one process at a time, done in chunks that commit with the place they end at."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from actions.holding import LEASE
from actions.imports import end_import
from actions.newcomers import Newcomer, Newcomers, add_newcomers, as_json, facts_of, prepare, told
from actions.placing import put_into_dataset
from actions.scoring import lead_changed
from db.session import Row, Session
from domain.analytics import EventKind
from domain.datasets import DuplicatePolicy
from domain.ids import new_id, new_ids
from domain.importing import BY_POLICY, ImportStatus, Known, Matched, RowOutcome, count, in_rounds
from domain.imports.people import Candidate, Unfit
from domain.imports.problems import Problem, ProblemCode

Outcome = tuple[int, RowOutcome, UUID | None, Sequence[Problem]]


async def read_targets(session: Session, import_id: UUID) -> list[str]:
    """What each column is about, from left to right."""
    return [row["target"] for row in await session.rows("imports", "get_targets", import_id)]


@dataclass(slots=True)
class _Ledger:
    """What becomes of rows: how many of each are accounted for already, and those that are still to be."""

    accounted: list[RowOutcome] = field(default_factory=list)
    open: list[Outcome] = field(default_factory=list)


@dataclass(slots=True)
class Chunk:
    """Rows that are done in one unit of work, made ready before it, while the database has others to write.

    The newcomers of one round do not depend on one another.
    """

    people: list[Candidate | Unfit] = field(default_factory=list)
    rounds: list[Newcomers] = field(default_factory=list)

    def take(self, job: Row, people: Sequence[Candidate | Unfit]) -> None:
        self.people += people
        if job["status"] != ImportStatus.IMPORTING:
            return
        fit = [one for one in people if isinstance(one, Candidate)]
        if job["duplicate_policy"] == DuplicatePolicy.MERGE:
            # Leads learn addresses from the file, so that it matters to a row what became of the one before it.
            self.rounds += [_newcomers(round) for round in in_rounds(fit)]
        else:
            self.rounds = [_newcomers(fit).after(*self.rounds)]


def _newcomers(people: Sequence[Candidate]) -> Newcomers:
    return prepare(RowOutcome.CREATED, [Newcomer(one, one.problems) for one in people])


async def import_chunk(session: Session, job: Row, chunk: Chunk) -> list[RowOutcome]:
    """Makes leads of people, or finds who they are, and records what became of each row."""
    ledger = _Ledger(open=_unfit(chunk.people))
    for round in chunk.rounds:
        await _take_in(session, job, round, ledger)
    return ledger.accounted + await _record(session, job["id"], ledger.open)


async def rehearse_chunk(
    session: Session, job: Row, people: Sequence[Candidate | Unfit], seen: Known
) -> list[RowOutcome]:
    """What would become of each row; `seen` are the people of the rows before, who would be there by then."""
    candidates = [one for one in people if isinstance(one, Candidate)]
    known, would_be = await _look(session, candidates), BY_POLICY[DuplicatePolicy(job["duplicate_policy"])]
    outcomes = _unfit(people)
    for one in candidates:
        match = known.match(one)
        if match:
            outcomes.append((one.row, would_be, match.lead_id, _troubles(match)))
        else:
            outcome = would_be if seen.match(one) else RowOutcome.CREATED
            outcomes.append((one.row, outcome, None, one.problems))
            seen.learn(one)
    return await _record(session, job["id"], outcomes)


async def begin_anew(session: Session, job: Row) -> None:
    """A rehearsal that broke off: what was counted is not trusted, because who was seen is forgotten."""
    await session.execute("imports", "clear_rows", job["id"])
    given = (job["status"], job["duplicate_policy"], job["required_fields"])
    await session.execute("imports", "begin_import", job["id"], *given)


def _unfit(people: Sequence[Candidate | Unfit]) -> list[Outcome]:
    return [(one.row, RowOutcome.FAILED, None, one.problems) for one in people if isinstance(one, Unfit)]


async def _take_in(session: Session, job: Row, round: Newcomers, ledger: _Ledger) -> None:
    """Adds all, and asks who they are only of those whom the database has left out: most of a file are new.

    Whoever goes or comes in between is met by doing both again.
    """
    while round.people:
        added = await add_newcomers(session, job, round)
        ledger.accounted += [RowOutcome.CREATED] * len(added)
        left_out = [person for row, person in round.people.items() if row not in added]
        known = await _look(session, left_out)
        matched = [match for one in left_out if (match := known.match(one))]
        await _meet(session, job, matched, known, ledger)
        met = {match.person.row for match in matched}
        round = _newcomers([one for one in left_out if one.row not in met])


async def _look(session: Session, people: Sequence[Candidate]) -> Known:
    phones = [one.phone for one in people if one.phone]
    emails = [one.email for one in people if one.email]
    known = Known()
    if not people:
        return known
    for row in await session.rows("imports", "match_leads", phones, emails):
        by = known.by_phone if row["kind"] == "phone" else known.by_email
        by[row["address"]] = row["lead_id"]
    return known


async def _meet(
    session: Session, job: Row, matched: Sequence[Matched[Candidate]], known: Known, ledger: _Ledger
) -> None:
    """What becomes of people who are there already, as the import's policy says."""
    policy = DuplicatePolicy(job["duplicate_policy"])
    if policy is DuplicatePolicy.KEEP_BOTH:
        others = [Newcomer(match.person, _troubles(match), match.lead_id) for match in matched]
        added = await add_newcomers(session, job, prepare(RowOutcome.REPEATED, others))
        ledger.accounted += [RowOutcome.REPEATED] * len(added)
        return
    if matched and policy is not DuplicatePolicy.SKIP:
        await _place(session, job["dataset_id"], sorted({match.lead_id for match in matched}))
        if policy is DuplicatePolicy.MERGE:
            await _fill(session, job, matched, known)
        await _link(session, job, matched, is_marked=policy is DuplicatePolicy.FLAG)
    ledger.open += [(match.person.row, BY_POLICY[policy], match.lead_id, _troubles(match)) for match in matched]


async def _place(session: Session, dataset_id: UUID, lead_ids: Sequence[UUID]) -> None:
    """Locks leads that were there before their row came, and puts them into the dataset unless they are in it."""
    locked = await session.rows("imports", "lock_matched", lead_ids, dataset_id)
    if outside := [row["id"] for row in locked if not row["is_placed"]]:
        await put_into_dataset(session, dataset_id, outside)


def _troubles(match: Matched[Candidate]) -> Sequence[Problem]:
    if not match.is_split:
        return match.person.problems
    return [*match.person.problems, Problem(ProblemCode.ADDRESS_OF_ANOTHER, "EMAIL", match.person.email or "")]


async def _fill(session: Session, job: Row, matched: Sequence[Matched[Candidate]], known: Known) -> None:
    waiting = list(matched)
    while waiting:
        at_once = {match.lead_id: match for match in reversed(waiting)}  # of two who are one lead the first
        facts = [
            facts_of(match.person, match.lead_id)
            | {"is_phone_taken": (match.person.phone or "") in known.by_phone}
            | {"is_email_taken": (match.person.email or "") in known.by_email}
            for match in at_once.values()
        ]
        await session.execute("imports", "fill_people", as_json(facts))
        waiting = [match for match in waiting if at_once[match.lead_id] is not match]
    await _note(session, job, [(match.person, match.lead_id) for match in matched])
    await lead_changed(session, *dict.fromkeys(match.lead_id for match in matched))


async def _link(session: Session, job: Row, matched: Sequence[Matched[Candidate]], *, is_marked: bool) -> None:
    ids, rows = [match.lead_id for match in matched], [match.person.row for match in matched]
    await session.rows("imports", "link_people", job["dataset_id"], ids, rows, is_marked)


async def _note(session: Session, job: Row, people: Sequence[tuple[Candidate, UUID]]) -> None:
    noted = [(new_id(), id, one.notes) for one, id in people if one.notes]
    if noted:
        await session.rows(
            "imports", "add_notes", *(list(column) for column in zip(*noted, strict=True)), job["creator_id"]
        )


async def _record(session: Session, import_id: UUID, outcomes: Sequence[Outcome]) -> list[RowOutcome]:
    if outcomes:
        given = [
            (id, row, outcome, lead_id, as_json(told(problems)) if problems else None)
            for id, (row, outcome, lead_id, problems) in zip(
                new_ids(len(outcomes)), sorted(outcomes, key=_row), strict=True
            )
        ]
        columns = (list(column) for column in zip(*given, strict=True))
        await session.rows("imports", "add_outcomes", import_id, *columns)
    return [outcome for _, outcome, _, _ in outcomes]


def _row(outcome: Outcome) -> int:
    return outcome[0]


async def note_progress(session: Session, import_id: UUID, last_row: int, outcomes: Sequence[RowOutcome]) -> None:
    counts = count(outcomes)
    numbers = (counts[one] for one in RowOutcome)
    await session.execute("imports", "note_progress", import_id, len(outcomes), last_row, *numbers, LEASE)
    session.announce(EventKind.IMPORT_CHANGED, subject_id=import_id)


async def complete_import(session: Session, job: Row) -> None:
    """All rows are done; a rehearsal goes back to where the import can begin."""
    if job["status"] == ImportStatus.REHEARSING:
        await session.execute("imports", "end_rehearsal", job["id"])
        session.announce(EventKind.IMPORT_CHANGED, subject_id=job["id"])
    else:
        await end_import(session, job["id"], ImportStatus.COMPLETED)
        session.announce(EventKind.DATASET_CHANGED, dataset_id=job["dataset_id"])
