"""Which leads are in which datasets; and with that, who may see them."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from actions.datasets import check_open, tell_of_dataset
from actions.locking import lock_leads
from actions.scoring import lead_changed
from db.session import Row, Session
from domain.analytics import EventKind
from domain.datasets import MOST_LEADS_AT_ONCE
from domain.people import Permission
from domain.refusals import Refusal, RefusalCode, bad_input, not_found

# What belongs to a lead, in the order in which everybody locks it.
_BELONGINGS = (
    "absorbed",
    "conversations",
    "messages",
    "insights",
    "customers",
    "customer_invitations",
    "bookings",
    "lead_merges",
    "lead_notes",
    "consents",
    "enrollments",
    "step_runs",
    "tasks",
    "drafts",
    "exposures",
    "insight_evidence",
    "replay_rows",
)


async def add_leads_to_dataset(session: Session, dataset_id: UUID, lead_ids: Sequence[UUID]) -> UUID:
    """All of them, or none where one of them is unknown. Who is in it already stays in it once."""
    check_open(await _find(session, dataset_id))
    leads = await _lock_leads(session, lead_ids)
    added = [lead_id for lead_id, lead in leads.items() if dataset_id not in (lead["dataset_ids"] or ())]
    if added:
        await _carry(session, "put_leads", dataset_id, added)
        await session.rows("datasets", "add_leads", [dataset_id], added)
    return dataset_id


async def remove_leads_from_dataset(session: Session, dataset_id: UUID, lead_ids: Sequence[UUID]) -> UUID:
    """They leave the dataset, and nothing else. Who is not in it stays out of it.

    Who saw a lead for this dataset alone is told that it is gone.
    """
    await _find(session, dataset_id)
    leads = await _lock_leads(session, lead_ids)
    removed = [lead_id for lead_id, lead in leads.items() if dataset_id in (lead["dataset_ids"] or ())]
    for lead_id in removed:
        tell_withdrawn(session, leads[lead_id])
    if removed:
        await _carry(session, "take_leads", dataset_id, removed)
        await session.rows("datasets", "remove_leads", dataset_id, removed)
    return dataset_id


def tell_withdrawn(session: Session, lead: Row) -> None:
    """Whoever saw the lead where it was until now, and sees it no more, hears so."""
    keepers = {name: lead[name] for name in ("owner_id", "assignee_id", "dataset_ids")}
    session.announce(EventKind.LEAD_WITHDRAWN, lead_id=lead["id"], **keepers)


async def _carry(session: Session, verb: str, dataset_id: UUID, lead_ids: Sequence[UUID]) -> None:
    """Changes the datasets of locked leads, and the copies that all that belongs to them has; nobody else does.

    A lead may be in datasets that the actor does not see, and may leave their sight with this.
    """
    async with session.beyond_datasets():
        await session.execute("datasets", verb, dataset_id, lead_ids)
        await _carry_along(session, lead_ids)
    await lead_changed(session, *lead_ids)
    tell_of_dataset(session, dataset_id)


async def _carry_along(session: Session, lead_ids: Sequence[UUID]) -> None:
    for table in _BELONGINGS:
        await session.execute("datasets", f"carry_to_{table}", lead_ids)


async def place_lead(session: Session, lead_id: UUID, dataset_ids: Sequence[UUID], after: UUID | None = None) -> None:
    """Puts a locked lead into these datasets and takes it out of all others, for a merge and its undoing.

    Who was merged into another is in no dataset; `after` is then the lead whose sight it shares.
    """
    async with session.beyond_datasets():
        await session.execute("datasets", "leave_others", lead_id, dataset_ids)
        await session.execute("datasets", "place_lead", lead_id, dataset_ids)
        if dataset_ids:
            await session.rows("datasets", "add_leads", dataset_ids, [lead_id])
        await _carry_along(session, [after or lead_id])


async def put_into_dataset(session: Session, dataset_id: UUID, lead_ids: Sequence[UUID]) -> None:
    """Leads that were there before their file came, and are locked; those who are in it already stay as they are."""
    put = [row["id"] for row in await session.rows("datasets", "put_new_leads", dataset_id, lead_ids)]
    if put:
        await _carry_along(session, put)
        await lead_changed(session, *put)


async def datasets_for_new_lead(session: Session, dataset_ids: Sequence[UUID]) -> list[UUID]:
    """Where a new lead goes. Who is limited to datasets names one of them, unless there is only one."""
    limit = session.actor.rights.dataset_ids
    wanted = set(dataset_ids or (limit if limit and len(limit) == 1 else ()))
    if limit is not None and not wanted:
        raise bad_input("You are limited to some datasets: say which of them this lead goes into.", "datasetIds")
    found = [row["id"] for row in await session.rows("datasets", "find_open_datasets", wanted)] if wanted else []
    if len(found) < len(wanted):
        raise Refusal(RefusalCode.NOT_FOUND, "One of these datasets is not there, or archived.", "datasetIds")
    return sorted(found)


async def place_new_lead(session: Session, lead_id: UUID, dataset_ids: Sequence[UUID]) -> None:
    """Puts a lead that was just made with these datasets into them; nothing belongs to it yet."""
    await session.rows("datasets", "add_leads", dataset_ids, [lead_id])
    for dataset_id in dataset_ids:
        tell_of_dataset(session, dataset_id)


async def _find(session: Session, dataset_id: UUID) -> Row:
    session.actor.require(Permission.DATASETS_WRITE)
    found = await session.row("datasets", "find_dataset", dataset_id)
    if found is None:
        raise not_found("dataset", "datasetId")
    return found


async def _lock_leads(session: Session, lead_ids: Sequence[UUID]) -> Mapping[UUID, Row]:
    """First the leads, then all that belongs to them, and the datasets that are counted last: every writer locks so."""
    leads = await lock_leads(session, lead_ids, most=MOST_LEADS_AT_ONCE, at_hand=False)
    return {lead["id"]: lead for lead in leads}
