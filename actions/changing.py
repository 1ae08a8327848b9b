"""Changing what is known about a lead, and noting what was heard of them."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from actions.hot_leads import lead_turned_hot
from actions.locking import lock_lead
from actions.scoring import lead_changed
from db.session import Session
from domain.ids import new_id
from domain.lead_facts import FACTS, OBJECTS, check_facts, check_note
from domain.leads import Temperature
from domain.people import Permission
from domain.refusals import Refusal, RefusalCode
from domain.versions import check_version


async def change_lead(
    session: Session, lead_id: UUID, changes: Mapping[str, Any], expected_version: int | None
) -> UUID:
    """Changes the facts that are named. What is said again changes nothing, and nobody is told."""
    session.actor.require(Permission.LEADS_WRITE)
    found = await lock_lead(session, lead_id)
    check_version(expected_version, found["version"], "lead")
    checked = check_facts(changes, found, await session.value("leads", "get_country"))
    if "phone" in checked and checked["phone"] == found["phone"]:
        del checked["phone"], checked["raw_phone"]  # how it was written first stays
    id: UUID = found["id"]
    if any(_differs(name, value, found[name]) for name, value in checked.items()):
        await session.execute("leads", "change_lead", id, *(checked.get(name, found[name]) for name in FACTS))
        await lead_changed(session, id)
        if checked.get("temperature") == Temperature.HOT != found["temperature"]:
            await lead_turned_hot(session, id)
    return id


def _differs(name: str, value: Any, known: Any) -> bool:
    return bool(json.loads(value) != json.loads(known) if name in OBJECTS else value != known)


async def add_lead_note(session: Session, lead_id: UUID, body: str) -> UUID:
    """One who was put away can still be noted about; of who was erased nothing is kept any more."""
    session.actor.require(Permission.LEADS_WRITE)
    words = check_note(body)
    found, note_id = await lock_lead(session, lead_id, at_hand=False), new_id()
    if found["erased_at"]:
        raise Refusal(RefusalCode.CONFLICT, "This person's data was erased.", "leadId")
    await session.value("leads", "add_lead_note", note_id, found["id"], session.actor.member_id, words)
    await lead_changed(session, found["id"])
    return note_id
