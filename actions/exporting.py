"""Lists as files: asked for, written in the background, linked, and forgotten."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson

from db.exporting import LISTS, check_columns, permissions_for
from db.filters import read_filter
from db.session import Row, Session
from domain.analytics import EventKind
from domain.exporting import ExportStatus
from domain.ids import new_id
from domain.people import LeadScope, Permission, Rights
from domain.refusals import Refusal, RefusalCode, not_found

KEPT_FOR = timedelta(days=7)


async def create_export(session: Session, list_name: str, filter: Mapping[str, Any], columns: Sequence[str]) -> UUID:
    """Has a list written down as whoever asks for it sees it."""
    entity = LISTS[list_name]
    wanted = check_columns(entity, columns)
    _require(session, list_name, wanted)
    read_filter(entity, filter, [])
    id, actor = new_id(), session.actor
    who = (actor.member_id, actor.api_key_id, actor.lead_scope, actor.rights.dataset_ids)
    await session.execute("exporting", "add_export", id, *who, list_name, orjson.dumps(filter).decode(), wanted)
    _tell(session, id)
    return id


def _require(session: Session, list_name: str, columns: Sequence[str]) -> None:
    for permission in (Permission.INBOX_READ, *permissions_for(LISTS[list_name], columns)):
        session.actor.require(permission)


async def cancel_export(session: Session, id: UUID) -> UUID:
    """Goes no further. One that has ended stays as it is."""
    if (await _lock(session, id))["status"] == ExportStatus.WRITING:
        await end_export(session, id, ExportStatus.CANCELLED)
    return id


async def link_export(session: Session, id: UUID) -> UUID:
    """For whoever wants to download one, which the audit trail tells of: who may read what is in it."""
    session.actor.require(Permission.INBOX_READ)
    found = await _lock(session, id)
    _require(session, found["list"], found["columns"])
    limit = None if found["limited_to"] is None else frozenset(found["limited_to"])
    then = Rights(permissions=frozenset(), lead_scope=LeadScope(found["lead_scope"]), dataset_ids=limit)
    session.actor.require_cover(then)
    if found["status"] != ExportStatus.COMPLETED:
        raise Refusal(RefusalCode.CONFLICT, f"This export is {found['status']}: there is no file of it.", "exportId")
    if found["file_deleted_at"]:
        raise Refusal(RefusalCode.CONFLICT, "The file was deleted after a week: export anew.", "exportId")
    await session.execute("exporting", "note_link", id)
    return id


async def _lock(session: Session, id: UUID) -> Row:
    found = await session.row("exporting", "lock_export", id)
    if found is None:
        raise not_found("export", "exportId")
    return found


async def note_rows(session: Session, id: UUID, done: int, total: int) -> None:
    await session.execute("exporting", "note_progress", id, done, total)
    _tell(session, id)


async def complete_export(session: Session, id: UUID, size_bytes: int) -> None:
    await session.execute("exporting", "note_size", id, size_bytes)
    await end_export(session, id, ExportStatus.COMPLETED)


async def end_export(session: Session, id: UUID, status: ExportStatus, problem: str | None = None) -> None:
    await session.execute("exporting", "end_work", id, status, problem, KEPT_FOR)
    _tell(session, id)


async def find_written(session: Session, id: UUID) -> Row:
    """What is in a file; refuses one that is not there, or not any more."""
    found = await session.row("exporting", "find_written", id)
    if found is None:
        raise not_found("export with a file", "exportId")
    return found


async def find_exports_to_forget(session: Session, most: int) -> list[UUID]:
    return [row["id"] for row in await session.rows("exporting", "files_to_forget", most)]


async def forget_export(session: Session, id: UUID) -> None:
    await session.execute("exporting", "forget_file", id)


def _tell(session: Session, id: UUID) -> None:
    session.announce(EventKind.EXPORT_CHANGED, subject_id=id)
