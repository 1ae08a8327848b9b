"""What the codes of a carrier bring about, beyond the text they are about."""

from collections.abc import Sequence
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


def says_something(code: int | None) -> bool:
    """About whom a text was for, or who sent it: they are locked before it, as everybody locks."""
    return code in set(CarrierCode)


async def lock_recipients(session: Session, message_ids: Sequence[UUID]) -> dict[UUID, Row]:
    """Whom messages went to, by the ids of the messages."""
    rows = await session.rows("complying", "lock_recipients", message_ids) if message_ids else []
    return {row["id"]: dict(row) for row in rows}


async def act_on_codes(session: Session, told: Sequence[tuple[Row, int]]) -> None:
    """Once the texts have got them; with each what `lock_recipients` found of it."""
    found = [(sent, await _act(session, sent, CarrierCode(code))) for sent, code in told]
    await note_phone_problems(session, [(one["lead_id"], one["recipient"], what) for one, what in found if what])


async def note_phone_problems(session: Session, problems: Sequence[tuple[UUID, str, PhoneProblem]]) -> None:
    """Of leads that are locked, what is wrong with which number; unless they have another number by now."""
    if problems:
        await _note(session, "note_phone_problems", *map(list, zip(*problems, strict=True)))


async def _act(session: Session, sent: Row, code: CarrierCode) -> PhoneProblem | None:
    """What is wrong with the number, where that is what it says."""
    if code is CarrierCode.OPTED_OUT:
        await _leave_alone(session, sent)
    elif code is CarrierCode.FILTERED:
        await note_filtered(session, sent)
    elif code is CarrierCode.SWITCHED_OFF:
        await _retry(session, sent)
    elif code is CarrierCode.UNKNOWN:
        times = await session.value("complying", "count_unknown", sent["lead_id"], sent["recipient"], code)
        return PhoneProblem.INVALID if times >= _MOST_UNKNOWN else None
    return _PROBLEMS.get(code)


async def _leave_alone(session: Session, sent: Row) -> None:
    """They told the carrier, which would not say so before we wrote."""
    channel = Channel(sent["channel"])
    if await withdraw(session, sent["lead_id"], channel, [sent["recipient"]], ConsentSource.CARRIER):
        said = (ConsentKind.WITHDRAWN, ConsentSource.CARRIER, str(int(CarrierCode.OPTED_OUT)), sent["id"])
        await record_consent(session, sent["lead_id"], channel, *said)
        await lead_changed(session, sent["lead_id"])


async def note_dead_addresses(session: Session, sent: Sequence[Row]) -> None:
    """No e-mail arrives there; unless the lead has another address by now."""
    if sent:
        to = ([one["lead_id"] for one in sent], [one["recipient"] for one in sent])
        await _note(session, "note_email_problems", *to, EmailProblem.BOUNCED)


async def _note(session: Session, statement: str, *given: object) -> None:
    await lead_changed(session, *(row["id"] for row in await session.rows("complying", statement, *given)))


async def _retry(session: Session, sent: Row) -> None:
    given = (new_id(), sent["id"], len(_RETRIES), list(_RETRIES))
    message_id: UUID | None = await session.value("complying", "add_retry", *given)
    await session.execute("dispatching", "retry_run", sent["id"], len(_RETRIES), list(_RETRIES))
    if message_id:
        session.announce(EventKind.MESSAGE_SENT, conversation_id=sent["conversation_id"], message_id=message_id)
