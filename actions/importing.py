"""The work of an import: claimed by one process at a time, done in chunks that commit with the place they end at."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson

from actions.imports import end_import
from actions.placing import put_into_dataset
from actions.scoring import lead_changed, score_leads
from db.session import Row, Session
from domain.analytics import EventKind
from domain.datasets import DuplicatePolicy
from domain.ids import new_id
from domain.importing import BY_POLICY, ImportStatus, Known, Matched, RowOutcome, count, in_rounds
from domain.imports.people import Candidate, Unfit
from domain.imports.problems import Problem, ProblemCode

LEASE = timedelta(seconds=60)
_LONGEST_PLACE = 255
Outcome = tuple[int, RowOutcome, UUID | None, Sequence[Problem]]


async def claim_import(session: Session, holder: UUID) -> Row | None:
    """The organization's next import that is due, held for a minute at a time; with its targets."""
    found = await session.row("imports", "claim_import", holder, LEASE)
    if found is None:
        return None
    targets = [row["target"] for row in await session.rows("imports", "get_targets", found["id"])]
    return {**found, "targets": targets}


async def hold_import(session: Session, import_id: UUID, holder: UUID) -> bool:
    """Whether it is still ours to do; locks it until this unit of work ends."""
    return bool(await session.value("imports", "hold_import", import_id, holder, LEASE))


async def put_off_import(session: Session, import_id: UUID, problem: str, delay: timedelta) -> None:
    await session.execute("imports", "put_off_import", import_id, problem[:500], delay)


async def import_chunk(session: Session, job: Row, people: Sequence[Candidate | Unfit]) -> list[RowOutcome]:
    """Makes leads of people, or finds who they are, and records what became of each row."""
    outcomes: list[Outcome] = [
        (one.row, RowOutcome.FAILED, None, one.problems) for one in people if isinstance(one, Unfit)
    ]
    for round in in_rounds([one for one in people if isinstance(one, Candidate)]):
        outcomes += await _take_in(session, job, round)
    return await _record(session, job["id"], outcomes)


async def rehearse_chunk(
    session: Session, job: Row, people: Sequence[Candidate | Unfit], seen: Known
) -> list[RowOutcome]:
    """What would become of each row; `seen` are the people of the rows before, who would be there by then."""
    candidates = [one for one in people if isinstance(one, Candidate)]
    known, would_be = await _look(session, candidates), BY_POLICY[DuplicatePolicy(job["duplicate_policy"])]
    outcomes: list[Outcome] = [
        (one.row, RowOutcome.FAILED, None, one.problems) for one in people if isinstance(one, Unfit)
    ]
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


async def _take_in(session: Session, job: Row, round: Sequence[Candidate]) -> list[Outcome]:
    """Whoever comes between the look and the adding is met by looking again."""
    outcomes: list[Outcome] = []
    waiting = list(round)
    while waiting:
        known = await _look(session, waiting)
        matched = [match for one in waiting if (match := known.match(one))]
        there = {match.person.row for match in matched}
        added = await _add(session, job, [(one, None) for one in waiting if one.row not in there])
        outcomes += [(one.row, RowOutcome.CREATED, lead, one.problems) for one, lead in added]
        outcomes += await _meet(session, job, matched, known)
        done = there | {one.row for one, _ in added}
        waiting = [one for one in waiting if one.row not in done]
    return outcomes


async def _look(session: Session, people: Sequence[Candidate]) -> Known:
    phones = [one.phone for one in people if one.phone]
    emails = [one.email for one in people if one.email]
    known = Known()
    for row in await session.rows("imports", "match_leads", phones, emails):
        by = known.by_phone if row["kind"] == "phone" else known.by_email
        by[row["address"]] = row["lead_id"]
    return known


async def _add(
    session: Session, job: Row, people: Sequence[tuple[Candidate, UUID | None]]
) -> list[tuple[Candidate, UUID]]:
    """Those who were added, each with who they repeat; in the dataset, with their notes and their score."""
    if not people:
        return []
    given = {new_id(): one for one in people}
    facts = [_facts(one, id) | {"duplicate_of_id": repeats} for id, (one, repeats) in given.items()]
    made = {row["id"] for row in await session.rows("imports", "add_people", _json(facts), job["dataset_id"])}
    added = [(one, id) for id, (one, _) in given.items() if id in made]
    await _link(session, job, [(one, id, False) for one, id in added])
    await _note(session, job, added)
    await score_leads(session, [id for _, id in added])
    return added


async def _meet(session: Session, job: Row, matched: Sequence[Matched[Candidate]], known: Known) -> list[Outcome]:
    """What becomes of people who are there already, as the import's policy says."""
    if not matched:
        return []
    policy = DuplicatePolicy(job["duplicate_policy"])
    leads = {match.person.row: match.lead_id for match in matched}
    if policy is DuplicatePolicy.KEEP_BOTH:
        leads |= {one.row: id for one, id in await _add(session, job, [(m.person, m.lead_id) for m in matched])}
    elif policy is not DuplicatePolicy.SKIP:
        await session.rows("imports", "lock_matched", list(set(leads.values())))
        await put_into_dataset(session, job["dataset_id"], list(set(leads.values())))
        if policy is DuplicatePolicy.MERGE:
            await _fill(session, job, matched, known)
        await _link(session, job, [(m.person, m.lead_id, policy is DuplicatePolicy.FLAG) for m in matched])
    return [(m.person.row, BY_POLICY[policy], leads[m.person.row], _troubles(m)) for m in matched]


def _troubles(match: Matched[Candidate]) -> Sequence[Problem]:
    if not match.is_split:
        return match.person.problems
    return [*match.person.problems, Problem(ProblemCode.ADDRESS_OF_ANOTHER, "EMAIL", match.person.email or "")]


async def _fill(session: Session, job: Row, matched: Sequence[Matched[Candidate]], known: Known) -> None:
    facts = [
        _facts(match.person, match.lead_id)
        | {"is_phone_taken": (match.person.phone or "") in known.by_phone}
        | {"is_email_taken": (match.person.email or "") in known.by_email}
        for match in matched
    ]
    await session.execute("imports", "fill_people", _json(facts))
    await _note(session, job, [(match.person, match.lead_id) for match in matched])
    await lead_changed(session, *dict.fromkeys(match.lead_id for match in matched))


async def _link(session: Session, job: Row, people: Sequence[tuple[Candidate, UUID, bool]]) -> None:
    ids, marks = [id for _, id, _ in people], [is_marked for _, _, is_marked in people]
    await session.rows("imports", "link_people", job["dataset_id"], ids, marks, [one.row for one, _, _ in people])


async def _note(session: Session, job: Row, people: Sequence[tuple[Candidate, UUID]]) -> None:
    noted = [(new_id(), id, one.notes) for one, id in people if one.notes]
    if noted:
        await session.rows(
            "imports", "add_notes", *(list(column) for column in zip(*noted, strict=True)), job["creator_id"]
        )


async def _record(session: Session, import_id: UUID, outcomes: Sequence[Outcome]) -> list[RowOutcome]:
    columns: list[list[Any]] = [[], [], [], [], []]
    for row, outcome, lead_id, problems in sorted(outcomes, key=lambda one: one[0]):
        told = _json([{"code": p.code, "field": p.field, "value": p.value} for p in problems]) if problems else None
        for column, value in zip(columns, (new_id(), row, outcome, lead_id, told), strict=True):
            column.append(value)
    await session.rows("imports", "add_outcomes", import_id, *columns)
    return [outcome for _, outcome, _, _ in outcomes]


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


def _facts(one: Candidate, id: UUID) -> dict[str, Any]:
    """As the statements read them."""
    return {
        "id": UUID(int=id.int),  # the driver's own kind cannot be written as JSON
        "first_name": one.first_name,
        "last_name": one.last_name,
        "company": one.company,
        "title": one.title,
        "industry": one.industry,
        "location": one.location or _place(one),
        "postcode": one.postcode,
        "country": one.country if _is_code(one.country) else None,
        "phone": one.phone,
        "raw_phone": one.phone_raw,
        "email": one.email,
        "linkedin_url": one.linkedin_url,
        "source": one.source,
        "inquiry_date": one.inquiry_date,
        "tags": one.tags,
        "custom_fields": one.custom,
    }


def _place(one: Candidate) -> str | None:
    """Where they are, in words; a country that is no code is one of them."""
    country = None if _is_code(one.country) else one.country
    return ", ".join(part for part in (one.address, one.city, country) if part)[:_LONGEST_PLACE] or None


def _is_code(country: str | None) -> bool:
    return country is not None and len(country) == 2 and country.isascii() and country.isupper()


def _json(value: object) -> str:
    return orjson.dumps(value, default=str).decode()
