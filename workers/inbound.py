"""Works off stored webhooks: a text goes into its conversation, a report moves a message on."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson
import structlog

from actions.receiving import (
    claim_webhooks,
    lock_leads,
    postpone_webhook,
    receive_text,
    record_status,
    settle_webhooks,
)
from db.database import Database
from db.session import Session
from domain.people import Actor
from domain.troubles import Trouble
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
    async with database.work(Actor(organization_id)) as session:
        claimed = await claim_webhooks(session, _MOST_AT_ONCE)
        webhooks = [dict(row, fields=orjson.loads(row["payload"])) for row in claimed]
        if not webhooks:
            return False
        if len(webhooks) > 1:
            await _lock_leads(session, webhooks)
        await settle_webhooks(session, [item["id"] for item in webhooks if await _is_worked_off(session, item)])
    return len(webhooks) == _MOST_AT_ONCE


async def _lock_leads(session: Session, webhooks: Sequence[Webhook]) -> None:
    texts = [item["fields"] for item in webhooks if item["kind"] == "MESSAGE"]
    reports = [item["fields"] for item in webhooks if item["kind"] == "STATUS"]
    phones = [read_address(fields["From"]) for fields in texts]
    await lock_leads(session, phones, [fields["MessageSid"] for fields in reports])


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
    report = read_report(fields, at)
    if report and not await record_status(session, report):
        raise NotYet(f"no message {report.external_id} is known yet")
