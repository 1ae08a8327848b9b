"""Imports, as people steer them: a file is announced, uploaded, mapped, rehearsed, imported or given up."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import orjson

from db.session import Row, Session
from domain.analytics import EventKind
from domain.datasets import DuplicatePolicy
from domain.ids import new_id
from domain.importing import ENDED, UNDER_WAY, ImportStatus
from domain.imports.fields import Field, check_mapping
from domain.imports.mapping import Proposal
from domain.people import LeadScope, Permission
from domain.refusals import Refusal, RefusalCode, bad_input, not_found
from domain.texts import check_characters

KEPT_FOR = timedelta(days=30)  # from the end of an import until its file goes
_LONGEST_NAME = 255
_AWAITING = (ImportStatus.PENDING, ImportStatus.MAPPING, ImportStatus.FAILED)


@dataclass(frozen=True, slots=True)
class Orders:
    """How an import is to be done; None keeps what was said or is usual."""

    mapping: Mapping[str, str] | None = None  # header → target; None takes what was proposed
    policy: DuplicatePolicy | None = None
    required: frozenset[Field] | None = None


async def create_import(
    session: Session, dataset_id: UUID, file_name: str, policy: DuplicatePolicy | None = None
) -> UUID:
    """Announces a file of people for a dataset; the file itself is uploaded next."""
    _require(session)
    name = check_characters(file_name.strip(), "fileName")[-_LONGEST_NAME:]
    if not name:
        raise bad_input("Say what the file is called.", "fileName")
    import_id = new_id()
    added = await session.value("imports", "add_import", import_id, dataset_id, session.actor.member_id, name, policy)
    if not added:
        raise not_found("dataset that is at hand", "datasetId")
    return import_id


def _require(session: Session) -> None:
    """Who imports meets everybody who is there already, so they must be one who sees everybody."""
    session.actor.require(Permission.LEADS_IMPORT)
    if session.actor.lead_scope is not LeadScope.ALL or session.actor.sight.is_limited:
        raise Refusal(RefusalCode.FORBIDDEN, "Who imports must see all leads: ask somebody who does.")


async def lock_import(session: Session, import_id: UUID, *among: ImportStatus) -> Row:
    """Refuses an import that stands elsewhere."""
    found = await session.row("imports", "lock_import", import_id)
    if found is None:
        raise not_found("import", "importId")
    if ImportStatus(found["status"]) not in among:
        raise Refusal(RefusalCode.CONFLICT, f"This import is {found['status']}: that cannot be done now.", "importId")
    return found


async def check_awaits_file(session: Session, import_id: UUID) -> None:
    """Before anything is uploaded: whether it would be taken."""
    await lock_import(session, import_id, *_AWAITING)


async def take_file(session: Session, import_id: UUID, size_bytes: int) -> UUID:
    """The file is there: it is read next. Another takes its place until the import begins, or after it has failed."""
    await lock_import(session, import_id, *_AWAITING)
    for name in ("clear_columns", "clear_rows"):
        await session.execute("imports", name, import_id)
    await session.execute("imports", "take_file", import_id, size_bytes)
    _tell(session, import_id)
    return import_id


async def begin_import(session: Session, import_id: UUID, orders: Orders, *, rehearse: bool = False) -> UUID:
    """Begins it, or a rehearsal that counts what would become of each row and changes nobody."""
    _require(session)
    found = await lock_import(session, import_id, ImportStatus.MAPPING)
    await _map(session, import_id, orders.mapping)
    policy = orders.policy or found["duplicate_policy"]
    required = found["required_fields"] if orders.required is None else sorted(orders.required)
    status = ImportStatus.REHEARSING if rehearse else ImportStatus.IMPORTING
    await session.execute("imports", "clear_rows", import_id)
    await session.execute("imports", "begin_import", import_id, status, policy, required)
    _tell(session, import_id)
    return import_id


async def _map(session: Session, import_id: UUID, mapping: Mapping[str, str] | None) -> None:
    columns = await session.rows("imports", "get_columns", import_id)
    said = {row["header"]: row["target"] for row in columns} if mapping is None else mapping
    targets = check_mapping([row["header"] for row in columns], said)
    await session.execute(
        "imports", "map_columns", import_id, list(range(len(targets))), [target.text for target in targets]
    )


async def cancel_import(session: Session, import_id: UUID) -> UUID:
    """Goes no further; who was imported stays. One that has ended stays as it is."""
    _require(session)
    found = await session.row("imports", "lock_import", import_id)
    if found is None:
        raise not_found("import", "importId")
    if ImportStatus(found["status"]) not in ENDED:
        await end_import(session, import_id, ImportStatus.CANCELLED)
    return import_id


async def end_import(session: Session, import_id: UUID, status: ImportStatus, problem: str | None = None) -> None:
    await session.execute("imports", "end_import", import_id, status, problem, KEPT_FOR)
    _tell(session, import_id)


async def record_look(
    session: Session, import_id: UUID, facts: Iterable[object], proposals: Iterable[Proposal]
) -> None:
    """What was found in the file: its facts in the order of the statement, and what its columns are about."""
    columns = [
        {
            "id": UUID(int=new_id().int),
            "position": position,
            "header": one.header,
            "samples": one.samples,
            "proposed": one.target.text,
            "confidence": one.confidence,
            "reason": one.reason,
            "target": one.target.text,
        }
        for position, one in enumerate(proposals)
    ]
    await session.execute("imports", "record_look", import_id, *facts)
    await session.execute("imports", "add_columns", import_id, orjson.dumps(columns).decode())
    _tell(session, import_id)


def is_under_way(status: str) -> bool:
    return ImportStatus(status) in UNDER_WAY


def _tell(session: Session, import_id: UUID) -> None:
    session.announce(EventKind.IMPORT_CHANGED, subject_id=import_id)


async def lock_awaiting(session: Session, import_id: UUID) -> UUID:
    """For whoever wants to upload; refuses where a file would not be taken."""
    _require(session)
    await check_awaits_file(session, import_id)
    return import_id


async def link_outcome(session: Session, import_id: UUID) -> UUID:
    """For whoever wants to download what became of each row, which the audit trail tells of."""
    session.actor.require(Permission.LEADS_IMPORT)
    await lock_import(session, import_id, *(status for status in ImportStatus if status is not ImportStatus.PENDING))
    await session.execute("imports", "note_outcome_link", import_id, datetime.now(UTC))
    return import_id


async def read_outcomes(session: Session, import_id: UUID, after: int, most: int) -> list[Row]:
    """What became of the rows behind a row, in the order of the file."""
    return [dict(row) for row in await session.rows("imports", "get_outcomes", import_id, after, most)]


async def find_files_to_forget(session: Session, most: int) -> list[UUID]:
    """Imports whose files have been kept for long enough, locked until this unit of work ends."""
    return [row["id"] for row in await session.rows("imports", "files_to_forget", most)]


async def forget_file(session: Session, import_id: UUID) -> None:
    """The file was deleted; what was quoted from it goes too."""
    for name in ("forget_file", "forget_values", "forget_samples"):
        await session.execute("imports", name, import_id)


async def find_dataset(session: Session, name: str) -> UUID | None:
    """The dataset of this name that is at hand."""
    found: UUID | None = await session.value("imports", "find_dataset_by_name", name)
    return found


async def describe_import(session: Session, import_id: UUID) -> Row:
    """How far it is, with its columns, for whoever waits for it on the command line."""
    found = await session.row("imports", "describe_import", import_id)
    if found is None:
        raise not_found("import", "importId")
    columns = [dict(row) for row in await session.rows("imports", "describe_columns", import_id)]
    return {**found, "columns": columns}
