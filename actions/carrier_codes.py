"""What the codes of a carrier bring about, beyond the text they are about."""

from datetime import timedelta
from uuid import UUID

from actions.opting import record_consent, withdraw
from actions.phone_numbers import note_filtered
from actions.scoring import lead_changed
from db.session import Row, Session
from domain.analytics import EventKind
from domain.compliance import ConsentKind, ConsentSource
from domain.conversations import CarrierCode, Channel, PhoneProblem
from domain.ids import new_id
from domain.mail import EmailProblem

_PROBLEMS = {
    CarrierCode.INVALID_NUMBER: PhoneProblem.INVALID,
    CarrierCode.NO_MOBILE: PhoneProblem.INVALID,
    CarrierCode.LANDLINE: PhoneProblem.LANDLINE,
}
_MOST_UNKNOWN = 2  # times that nobody was found at a number, after which it is taken for invalid
_RETRIES = (timedelta(minutes=30), timedelta(hours=4))


async def lock_recipient(
    session: Session, message_id: UUID, code: int | None, *, is_about_them: bool = False
) -> Row | None:
    """Whom a message went to, where what is told says something about them; locked before it, as everybody locks."""
    if code not in set(CarrierCode) and not is_about_them:
        return None
    return await session.row("complying", "lock_recipient", message_id)


async def act_on_code(session: Session, sent: Row, code: int) -> None:
    """Once the text has got it; `sent` is what `lock_recipient` found."""
    found = CarrierCode(code)
    if found is CarrierCode.OPTED_OUT:
        await _leave_alone(session, sent)
    elif found is CarrierCode.FILTERED:
        await note_filtered(session, sent)
    elif found is CarrierCode.SWITCHED_OFF:
        await _retry(session, sent)
    elif found is CarrierCode.UNKNOWN:
        if await session.value("complying", "count_unknown", sent["lead_id"], sent["recipient"], code) >= _MOST_UNKNOWN:
            await _note(session, sent, PhoneProblem.INVALID)
    else:
        await _note(session, sent, _PROBLEMS[found])


async def _leave_alone(session: Session, sent: Row) -> None:
    """They told the carrier, which would not say so before we wrote."""
    channel = Channel(sent["channel"])
    if await withdraw(session, sent["lead_id"], channel, [sent["recipient"]], ConsentSource.CARRIER):
        said = (ConsentKind.WITHDRAWN, ConsentSource.CARRIER, str(int(CarrierCode.OPTED_OUT)), sent["id"])
        await record_consent(session, sent["lead_id"], channel, *said)
        await lead_changed(session, sent["lead_id"])


async def _note(session: Session, sent: Row, problem: PhoneProblem) -> None:
    """Unless the lead has another number by now."""
    if await session.value("complying", "note_phone_problem", sent["lead_id"], sent["recipient"], problem):
        await lead_changed(session, sent["lead_id"])


async def note_dead_address(session: Session, sent: Row) -> None:
    """No e-mail arrives there; unless the lead has another address by now."""
    if await session.value("complying", "note_email_problem", sent["lead_id"], sent["recipient"], EmailProblem.BOUNCED):
        await lead_changed(session, sent["lead_id"])


async def _retry(session: Session, sent: Row) -> None:
    given = (new_id(), sent["id"], len(_RETRIES), list(_RETRIES))
    message_id: UUID | None = await session.value("complying", "add_retry", *given)
    await session.execute("dispatching", "retry_run", sent["id"], len(_RETRIES), list(_RETRIES))
    if message_id:
        session.announce(EventKind.MESSAGE_SENT, conversation_id=sent["conversation_id"], message_id=message_id)
