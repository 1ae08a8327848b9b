"""Datasets: batches of leads, and what is known of them."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import orjson

from db.session import Row, Session
from domain.analytics import EventKind
from domain.datasets import USUAL_DAYS, DuplicatePolicy, check_change
from domain.ids import new_id
from domain.people import Permission
from domain.refusals import Refusal, RefusalCode, not_found

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
    if session.actor.sight.is_limited:
        raise Refusal(RefusalCode.FORBIDDEN, "You are limited to some datasets, and would not see another one.")
    dataset_id = new_id()
    await session.execute("datasets", "add_dataset", dataset_id, *_stored(_FACTS | check_change(facts)))
    tell_of_dataset(session, dataset_id)
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
    tell_of_dataset(session, dataset_id)
    return dataset_id


async def start_dataset(session: Session, dataset_id: UUID) -> UUID:
    """Work with it begins, and with it the days until it is archived. Starting it again changes nothing."""
    found = await _lock(session, dataset_id)
    check_open(found)
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
        tell_of_dataset(session, row["id"])
    return len(rows)


async def check_datasets(session: Session, dataset_ids: Iterable[UUID], field: str) -> None:
    """Refuses datasets that are not there, or not in the actor's sight."""
    wanted = set(dataset_ids)
    if len(await session.rows("datasets", "find_datasets", wanted)) < len(wanted):
        raise not_found("dataset", field)


async def _lock(session: Session, dataset_id: UUID) -> Row:
    session.actor.require(Permission.DATASETS_WRITE)
    found = await session.row("datasets", "lock_dataset", dataset_id)
    if found is None:
        raise not_found("dataset", "datasetId")
    return found


def check_open(dataset: Row) -> None:
    if dataset["archived_at"]:
        raise Refusal(RefusalCode.CONFLICT, "This dataset is archived: restore it first.", "datasetId")


async def _turn(session: Session, dataset_id: UUID, verb: str, *, unless: object) -> UUID:
    """What is so already is told to nobody."""
    if not unless:
        await session.execute("datasets", verb, dataset_id)
        tell_of_dataset(session, dataset_id)
    return dataset_id


def _stored(facts: Mapping[str, Any]) -> list[Any]:
    return [orjson.dumps(value).decode() if isinstance(value, dict) else value for value in facts.values()]


def tell_of_dataset(session: Session, dataset_id: UUID) -> None:
    """Once per unit of work, however many leads it moves."""
    if not any(item.dataset_id == dataset_id for item in session.announcements):
        session.announce(EventKind.DATASET_CHANGED, dataset_id=dataset_id)
