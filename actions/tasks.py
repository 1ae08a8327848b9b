"""Tasks: what people say came of them."""

from uuid import UUID

from actions.carrier_codes import note_phone_problems
from actions.locking import lock_lead
from actions.scoring import lead_changed
from actions.step_tasks import tell_of_task
from db.session import Row, Session
from domain.conversations import PhoneProblem
from domain.people import Permission
from domain.refusals import not_found
from domain.tasks import CONTACTED, TaskOutcome, TaskStatus, check_done, check_note, check_open


async def complete_task(session: Session, task_id: UUID, outcome: TaskOutcome, note: str | None) -> UUID:
    """Done, with what came of it; saying the same again changes nothing. Nothing more goes to a wrong number."""
    words = check_note(note)
    lead, found = await _lock(session, task_id)
    if (found["outcome"], found["note"]) == (outcome, words):
        return task_id
    check_open(TaskStatus(found["status"]))
    await session.execute("tasks", "complete_task", task_id, outcome, words, session.actor.member_id)
    await _heed(session, lead, outcome)
    tell_of_task(session, found["lead_id"], task_id)
    return task_id


async def reopen_task(session: Session, task_id: UUID) -> UUID:
    """To be done again: it keeps its note. What is known of the lead by it stays known."""
    _, found = await _lock(session, task_id)
    if found["status"] != TaskStatus.OPEN:
        check_done(TaskStatus(found["status"]))
        await session.execute("tasks", "reopen_task", task_id)
        tell_of_task(session, found["lead_id"], task_id)
    return task_id


async def _heed(session: Session, lead: Row, outcome: TaskOutcome) -> None:
    if outcome in CONTACTED:
        await session.execute("tasks", "note_contact", lead["id"])
        await lead_changed(session, lead["id"])
    if outcome is TaskOutcome.WRONG_NUMBER and lead["phone"]:
        await note_phone_problems(session, [(lead["id"], lead["phone"], PhoneProblem.INVALID)])


async def _lock(session: Session, task_id: UUID) -> tuple[Row, Row]:
    """The lead first, as everybody does; then the task."""
    session.actor.require(Permission.MESSAGES_SEND)
    lead_id = await session.value("tasks", "get_lead_of", task_id)
    if lead_id is None:
        raise not_found("task", "taskId")
    lead = await lock_lead(session, lead_id, field="taskId")
    found = await session.row("tasks", "lock_task", task_id)
    if found is None:
        raise not_found("task", "taskId")
    return lead, found
