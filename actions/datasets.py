"""Datasets: batches of leads, what is known of them, and which leads are in them."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson

from actions.scoring import lead_changed
from db.session import Row, Session
from domain.analytics import EventKind
from domain.datasets import MOST_LEADS_AT_ONCE, USUAL_DAYS, DuplicatePolicy, check_change
from domain.ids import new_id
from domain.people import Permission
from domain.refusals import Refusal, RefusalCode, bad_input, not_found

# In the order of the statements' parameters, with what is usual.
_FACTS: dict[str, Any] = {
    "name": None,
    "description": None,
    "source": None,
    "column_mapping": None,
    "duplicate_policy": DuplicatePolicy.FLAG,
    "lawful_basis": None,
    "auto_archive_after_days": USUAL_DAYS,
}


async def create_dataset(session: Session, facts: Mapping[str, Any]) -> UUID:
    """What is not said is as usual. A name that is taken is refused, however it is written."""
    session.actor.require(Permission.DATASETS_WRITE)
    dataset_id = new_id()
    await session.execute("datasets", "add_dataset", dataset_id, *_stored(_FACTS | check_change(facts)))
    _tell(session, dataset_id)
    return dataset_id


async def change_dataset(
    session: Session, dataset_id: UUID, changes: Mapping[str, Any], expected_version: int | None
) -> UUID:
    """Changes what is named. Of two people who read one version, one wins; counters make no versions."""
    found = await _lock(session, dataset_id)
    checked = check_change(changes)
    if expected_version not in (None, found["version"]):
        raise Refusal(
            RefusalCode.CONFLICT,
            f"Somebody else has changed this dataset: it has version {found['version']} now. Read it anew.",
            "expectedVersion",
        )
    whole = {name: found[name] for name in _FACTS}
    await session.execute("datasets", "change_dataset", dataset_id, *_stored(whole | checked))
    _tell(session, dataset_id)
    return dataset_id


async def start_dataset(session: Session, dataset_id: UUID) -> UUID:
    """Work with it begins, and with it the days until it is archived. Starting it again changes nothing."""
    found = await _lock(session, dataset_id)
    _check_open(found)
    if found["lawful_basis"] is None:
        raise Refusal(
            RefusalCode.NO_LAWFUL_BASIS,
            "Nobody has said why the leads of this dataset may be written to: declare its lawful basis first.",
            "lawfulBasis",
        )
    return await _turn(session, dataset_id, "start_dataset", unless=found["started_at"])


async def archive_dataset(session: Session, dataset_id: UUID) -> UUID:
    """Puts it away; its leads stay as they are, and in it."""
    found = await _lock(session, dataset_id)
    return await _turn(session, dataset_id, "archive_dataset", unless=found["archived_at"])


async def restore_dataset(session: Session, dataset_id: UUID) -> UUID:
    """Takes it up again. The days until it is archived by itself begin anew."""
    found = await _lock(session, dataset_id)
    return await _turn(session, dataset_id, "restore_dataset", unless=found["archived_at"] is None)


async def archive_due_datasets(session: Session) -> int:
    """Those whose time is up are put away; how many there were."""
    rows = await session.rows("datasets", "archive_due")
    for row in rows:
        _tell(session, row["id"])
    return len(rows)


async def add_leads_to_dataset(session: Session, dataset_id: UUID, lead_ids: Sequence[UUID]) -> UUID:
    """All of them, or none where one of them is unknown. Who is in it already stays in it once."""
    _check_open(await _find(session, dataset_id))
    leads = await _lock_leads(session, lead_ids)
    added = await session.rows("datasets", "add_leads", dataset_id, leads)
    await _tell_of_leads(session, dataset_id, [row["lead_id"] for row in added])
    return dataset_id


async def remove_leads_from_dataset(session: Session, dataset_id: UUID, lead_ids: Sequence[UUID]) -> UUID:
    """They leave the dataset, and nothing else. Who is not in it stays out of it."""
    await _find(session, dataset_id)
    leads = await _lock_leads(session, lead_ids)
    removed = await session.rows("datasets", "remove_leads", dataset_id, leads)
    await _tell_of_leads(session, dataset_id, [row["lead_id"] for row in removed])
    return dataset_id


async def _find(session: Session, dataset_id: UUID) -> Row:
    session.actor.require(Permission.DATASETS_WRITE)
    found = await session.row("datasets", "find_dataset", dataset_id)
    if found is None:
        raise not_found("dataset", "datasetId")
    return found


async def _lock(session: Session, dataset_id: UUID) -> Row:
    session.actor.require(Permission.DATASETS_WRITE)
    found = await session.row("datasets", "lock_dataset", dataset_id)
    if found is None:
        raise not_found("dataset", "datasetId")
    return found


def _check_open(dataset: Row) -> None:
    if dataset["archived_at"]:
        raise Refusal(RefusalCode.CONFLICT, "This dataset is archived: restore it first.", "datasetId")


async def _turn(session: Session, dataset_id: UUID, verb: str, *, unless: object) -> UUID:
    """What is so already is told to nobody."""
    if not unless:
        await session.execute("datasets", verb, dataset_id)
        _tell(session, dataset_id)
    return dataset_id


async def _lock_leads(session: Session, lead_ids: Sequence[UUID]) -> list[UUID]:
    """First the leads, then all that belongs to them, and the counters of datasets last: every writer locks so."""
    wanted = set(lead_ids)
    if not 1 <= len(wanted) <= MOST_LEADS_AT_ONCE:
        raise bad_input(f"Name between 1 and {MOST_LEADS_AT_ONCE} leads.", "leadIds")
    found = [row["id"] for row in await session.rows("datasets", "lock_leads", wanted)]
    if len(found) < len(wanted):
        unknown = len(wanted) - len(found)
        raise Refusal(RefusalCode.NOT_FOUND, f"{unknown} of these ids name no lead of your organization.", "leadIds")
    return found


def _stored(facts: Mapping[str, Any]) -> list[Any]:
    return [orjson.dumps(value).decode() if isinstance(value, dict) else value for value in facts.values()]


def _tell(session: Session, dataset_id: UUID) -> None:
    """Once per unit of work, however many leads it moves."""
    if not any(item.dataset_id == dataset_id for item in session.announcements):
        session.announce(EventKind.DATASET_CHANGED, dataset_id=dataset_id)


async def _tell_of_leads(session: Session, dataset_id: UUID, moved: Sequence[UUID]) -> None:
    await lead_changed(session, *moved)
    if moved:
        _tell(session, dataset_id)
