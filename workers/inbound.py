"""Works off stored webhooks: what leads write goes into conversations, reports move messages on, bookings are kept."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson
import structlog

from actions.calendars import record_notice
from actions.mailing import receive_mail, record_mail_report
from actions.receiving import (
    claim_webhooks,
    empty_webhook,
    lock_leads,
    postpone_webhook,
    receive_known,
    receive_text,
    record_status,
    settle_webhooks,
)
from db.database import Database
from db.session import Session
from domain.people import Actor
from domain.troubles import Trouble
from gateways.cal_webhooks import read_notice
from gateways.mail_webhooks import MAIL, REPORT, read_mail
from gateways.mail_webhooks import read_report as read_mail_report
from gateways.twilio_webhooks import read_address, read_report, read_text

log = structlog.get_logger()
_MOST_AT_ONCE = 20  # enough to share a commit; their leads are locked meanwhile, and the first waits for the last

Webhook = Mapping[str, Any]


class NotYet(Exception):
    """The webhook cannot be worked off yet; it is tried again later."""


async def take_webhooks(database: Database, organization_id: UUID) -> bool:
    """What is due now, in one transaction: after a kill it is either worked off or untouched.

    Nothing waits for more to come. True when there may be more already; what comes later is poked for.
    """
    async with database.work(Actor(organization_id), is_routine=True) as session:
        claimed = await claim_webhooks(session, _MOST_AT_ONCE)
        webhooks = [dict(row, fields=orjson.loads(row["payload"])) for row in _portion(claimed)]
        if not webhooks:
            return False
        done = await _work_off_together(session, webhooks) if len(webhooks) > 1 else set()
        done |= {item["id"] for item in webhooks if item["id"] not in done and await _is_worked_off(session, item)}
        await settle_webhooks(session, list(done))
    return len(claimed) == _MOST_AT_ONCE or len(webhooks) < len(claimed)


def _portion(claimed: Sequence[Webhook]) -> Sequence[Webhook]:
    """The first that can share a unit of work: texts and reports, whose leads are locked together; or one other."""
    others = [place for place, item in enumerate(claimed) if item["kind"] not in ("MESSAGE", "STATUS")]
    return claimed[: max(others[0], 1)] if others else claimed


async def _work_off_together(session: Session, webhooks: Sequence[Webhook]) -> set[UUID]:
    """Texts into conversations that are there. Where one of them fails none is worked off: each is tried alone."""
    texts = [item for item in webhooks if item["kind"] == "MESSAGE"]
    reports = [item["fields"]["MessageSid"] for item in webhooks if item["kind"] == "STATUS"]
    lead_ids = await lock_leads(session, [read_address(item["fields"]["From"]) for item in texts], reports)
    try:
        async with session.apart():
            read = [read_text(item["fields"], item["received_at"]) for item in texts]
            known = await receive_known(session, lead_ids, read)
    except Trouble:
        raise
    except Exception as error:
        log.warning("texts failed together; each is worked off alone", reason=f"{type(error).__name__}: {error}")
        return set()
    return {item["id"] for item in texts if item["fields"]["MessageSid"] in known}


async def _is_worked_off(session: Session, webhook: Webhook) -> bool:
    """One that fails is undone, kept and tried again; the others go on without it."""
    try:
        async with session.apart():
            await _work_off(session, webhook)
            return True
    except Trouble:
        raise
    except NotYet as reason:
        log.debug("webhook put off", webhook=str(webhook["id"]), reason=str(reason))
        problem = f"NotYet: {reason}"
    except Exception as error:
        log.exception("webhook failed; it is kept and tried again", webhook=str(webhook["id"]))
        problem = f"{type(error).__name__}: {error}"
    await postpone_webhook(session, webhook["id"], problem)
    return False


async def _work_off(session: Session, webhook: Webhook) -> None:
    fields, at = webhook["fields"], webhook["received_at"]
    if webhook["kind"] == "MESSAGE":
        await receive_text(session, read_text(fields, at))
        return
    if worker := _WORKERS.get(webhook["kind"]):
        await worker(session, webhook)
        return
    report = read_report(fields, at)
    if report and not await record_status(session, report):
        raise NotYet(f"no message {report.external_id} is known yet")


async def _record_booking(session: Session, webhook: Webhook) -> None:
    recorded = await record_notice(session, read_notice(webhook["fields"], webhook["received_at"]))
    if recorded is None:
        raise NotYet("nobody knows yet when this call is, or whose")
    if recorded.is_erased:
        await empty_webhook(session, webhook["id"])


async def _receive_mail(session: Session, webhook: Webhook) -> None:
    await receive_mail(session, read_mail(webhook["fields"], webhook["received_at"]))


async def _record_mail_report(session: Session, webhook: Webhook) -> None:
    """Of an address that nobody has nothing is kept, as whoever had it may have been erased."""
    report = read_mail_report(webhook["fields"], webhook["received_at"])
    if report and not await record_mail_report(session, report):
        await empty_webhook(session, webhook["id"])


_WORKERS = {"BOOKING": _record_booking, MAIL: _receive_mail, REPORT: _record_mail_report}
