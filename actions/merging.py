"""Two leads who are one person: merged into the older one, and taken apart again."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

import orjson

from actions.enrolling import tell_of_enrollment
from actions.enrollments import end_rivals
from actions.placing import place_lead, tell_withdrawn
from actions.scoring import lead_changed
from db.session import Row, Session
from domain.analytics import EventKind
from domain.identity import FACTS, Gift, give, in_order, take_back
from domain.ids import new_id
from domain.people import Permission
from domain.refusals import Refusal, RefusalCode, bad_input, not_found

# What belongs to a lead and follows it, in the order in which everybody locks.
_FOLLOWING = (
    "conversations", "messages", "notes", "insights", "rivals", "customers", "customer_invitations", "bookings",
    "lead_merges", "consents", "enrollments", "step_runs", "tasks", "drafts", "exposures", "insight_evidence",
    "replay_rows",
)  # fmt: skip
# What of it comes back with the rows that followed; messages and insights go where their conversation goes.
_RETURNING = {
    "conversations": "conversations",
    "messages": "conversations",
    "insights": "conversations",
    "insight_evidence": "conversations",
    "notes": "notes",
    "customers": "customers",
    "customer_invitations": "customers",
    "bookings": "bookings",
    "lead_merges": "lead_merges",
    "consents": "consents",
    "enrollments": "enrollments",
    "step_runs": "enrollments",
    "tasks": "enrollments",
    "drafts": "conversations",
    "exposures": "conversations",
    "replay_rows": "conversations",
}


async def resolve_lead(session: Session, lead_id: UUID) -> UUID:
    """The lead an id leads to: itself, or the one it was merged into."""
    found: UUID | None = await session.value("merging", "resolve_lead", lead_id)
    return found or lead_id


async def merge_leads(session: Session, lead_id: UUID, other_id: UUID) -> UUID:
    """Keeps the older of the two, who takes over what it does not know and all that belongs to the other.

    The other's id and addresses lead to it from now on. Merging who is one already changes nothing.
    """
    session.actor.require(Permission.LEADS_WRITE)
    pair = [await resolve_lead(session, id) for id in (lead_id, other_id)]
    rows = [dict(row) for row in await session.rows("merging", "lock_pair", pair)]
    for id, field in zip(pair, ("leadId", "otherLeadId"), strict=True):
        if id not in {row["id"] for row in rows}:
            raise not_found("lead", field)
    if len(rows) == 1:
        if lead_id == other_id:
            raise bad_input("A lead cannot be merged with itself: name another.", "otherLeadId")
        return pair[0]
    kept, absorbed = in_order(rows[0], rows[1])
    _check(kept, absorbed)
    await _absorb(session, kept, absorbed)
    return UUID(int=kept["id"].int)


def _check(kept: Row, absorbed: Row) -> None:
    if kept["erased_at"] or absorbed["erased_at"]:
        raise Refusal(RefusalCode.CONFLICT, "One of the two was erased: nobody is left to merge.")
    for one, other in ((kept, absorbed), (absorbed, kept)):
        if one["duplicate_of_id"] not in (None, other["id"]):
            raise Refusal(
                RefusalCode.CONFLICT, f"{one['name']} repeats lead_{one['duplicate_of_id']}: merge those two first."
            )


async def _absorb(session: Session, kept: Row, absorbed: Row) -> None:
    gift = give(kept, absorbed)
    keepers = (kept["owner_id"], kept["assignee_id"])
    taken = ("phone" in gift.got, "email" in gift.got)
    await session.value("leads", "keep_in_sight", absorbed["id"])
    await session.execute("merging", "absorb_lead", absorbed["id"], kept["id"], *keepers, *taken)
    await _fill(session, kept["id"], {name: kept[name] for name in (*FACTS, "tags")} | gift.got)
    await session.execute("merging", "take_over_contact", kept["id"], absorbed["id"])
    await end_rivals(session, kept["id"], absorbed["id"])
    followed = await _follow(session, kept["id"], absorbed["id"], keepers)
    before = {name: absorbed[name] for name in ("owner_id", "assignee_id", "phone", "email", "duplicate_of_id")}
    datasets = await _together(session, kept, absorbed)
    gave = {"kept": asdict(gift), "absorbed": before, "datasets": [_given(kept), _given(absorbed)]}
    said = (_json(gave), _json(followed), session.actor.member_id)
    await session.execute(
        "merging", "add_merge", new_id(), kept["id"], *keepers, datasets or None, absorbed["id"], *said
    )
    await _tell(session, kept["id"], absorbed, followed)


async def _together(session: Session, kept: Row, absorbed: Row) -> list[UUID]:
    """Who was kept is in the datasets of both; answers them."""
    datasets = sorted({*_given(kept), *_given(absorbed)})
    await place_lead(session, absorbed["id"], [], after=kept["id"])
    await place_lead(session, kept["id"], datasets)
    return datasets


def _given(lead: Row) -> list[UUID]:
    return list(lead["dataset_ids"] or ())


async def _fill(session: Session, lead_id: UUID, whole: dict[str, Any]) -> None:
    await session.execute("merging", "fill_lead", lead_id, *(whole[name] for name in (*FACTS, "tags")))


async def _follow(session: Session, kept: UUID, absorbed: UUID, keepers: Sequence[UUID | None]) -> dict[str, Any]:
    """Moves what belongs to the absorbed lead; answers the ids of all that moved."""
    quiet = await session.rows("merging", "quiet_conversations", [kept, absorbed])
    await session.execute("merging", "archive_conversations", [row["id"] for row in quiet])
    followed: dict[str, Any] = {"archived": {str(row["id"]): row["status"] for row in quiet}}
    for table in _FOLLOWING:
        moved = await session.rows("merging", f"move_{table}", absorbed, kept, *keepers)
        followed[table] = [row["id"] for row in moved]
    followed["customers"] += followed.pop("rivals")
    for kind in ("absorbed", "duplicates"):
        followed[kind] = [row["id"] for row in await session.rows("merging", f"redirect_{kind}", absorbed, kept)]
    return followed


async def _tell(session: Session, kept: UUID, absorbed: Row, followed: dict[str, Any]) -> None:
    tell_withdrawn(session, absorbed)
    await lead_changed(session, kept)
    for conversation_id in followed["conversations"]:
        session.announce(EventKind.CONVERSATION_CHANGED, conversation_id=conversation_id)
    for booking_id in followed["bookings"]:
        session.announce(EventKind.BOOKING_CHANGED, lead_id=kept, booking_id=booking_id)
    for enrollment_id in followed["enrollments"]:
        tell_of_enrollment(session, kept, enrollment_id)


async def undo_merge(session: Session, merge_id: UUID) -> UUID:
    """Takes the two apart again; answers the lead that had been absorbed.

    What was said since in its conversations goes along; what somebody has changed since stays with who was kept.
    """
    session.actor.require(Permission.LEADS_WRITE)
    merge = await session.row("merging", "lock_merge", merge_id)
    if merge is None:
        raise not_found("merge", "leadMergeId")
    if merge["undone_at"]:
        return UUID(int=merge["absorbed_id"].int)
    if await session.value("merging", "find_later_merge", merge["lead_id"], merge_id):
        raise Refusal(RefusalCode.CONFLICT, "This lead was merged once more since: undo that first.", "leadMergeId")
    gave = orjson.loads(merge["gave"])
    _check_sight(session, _ids(gave["datasets"][1]))
    pair = [merge["lead_id"], merge["absorbed_id"]]
    rows = {row["id"]: dict(row) for row in await session.rows("merging", "lock_pair", pair)}
    await _release(session, rows[merge["lead_id"]], merge, gave)
    await session.execute("merging", "undo_merge", merge_id)
    return UUID(int=merge["absorbed_id"].int)


async def _release(session: Session, kept: Row, merge: Row, gave: dict[str, Any]) -> None:
    followed, absorbed = orjson.loads(merge["followed"]), merge["absorbed_id"]
    before, whole = gave["absorbed"], take_back(kept, Gift(**gave["kept"]))
    back = {name: before[name] if whole[name] != before[name] else None for name in ("phone", "email")}
    await _fill(session, kept["id"], whole)
    keepers = (_id(before["owner_id"]), _id(before["assignee_id"]))
    repeated = (*back.values(), _id(before["duplicate_of_id"]))
    await session.value("leads", "keep_in_sight", absorbed)
    await session.execute("merging", "release_lead", absorbed, *keepers, *repeated)
    for table, by in _RETURNING.items():
        ids = [UUID(id) for id in followed.get(by, ())]  # a merge of before there were bookings names none
        await session.execute("merging", f"return_{table}", ids, absorbed, *keepers)
    for kind in ("absorbed", "duplicates"):
        await session.execute("merging", f"return_{kind}", [UUID(id) for id in followed[kind]], absorbed)
    for id, status in followed["archived"].items():
        await session.execute("merging", "reopen_conversation", UUID(id), status)
    await _apart(session, kept, absorbed, *(_ids(given) for given in gave["datasets"]))
    async with session.beyond_datasets():  # one of the two may have left the actor's sight with this
        await lead_changed(session, kept["id"], absorbed)
    for id in followed["conversations"]:
        session.announce(EventKind.CONVERSATION_CHANGED, conversation_id=UUID(id))
    for id in followed.get("bookings", ()):
        session.announce(EventKind.BOOKING_CHANGED, lead_id=absorbed, booking_id=UUID(id))
    for id in followed.get("enrollments", ()):
        tell_of_enrollment(session, absorbed, UUID(id))


async def _apart(session: Session, kept: Row, absorbed: UUID, had: Sequence[UUID], other_had: Sequence[UUID]) -> None:
    """Each is where it was; where somebody has put them since stays with who was kept."""
    gained = {*other_had} - {*had}
    if gained:
        tell_withdrawn(session, kept)
        await place_lead(session, kept["id"], [id for id in _given(kept) if id not in gained])
    await place_lead(session, absorbed, other_had)


def _check_sight(session: Session, other_had: Sequence[UUID]) -> None:
    limit = session.actor.rights.dataset_ids
    if limit is not None and limit.isdisjoint(other_had):
        raise Refusal(RefusalCode.FORBIDDEN, "Taken apart, one of the two would be in no dataset that you see.")


def _ids(texts: Iterable[str]) -> list[UUID]:
    return [UUID(text) for text in texts]


def _id(text: str | None) -> UUID | None:
    return UUID(text) if text else None


def _json(value: Any) -> str:
    return orjson.dumps(value, default=str).decode()
