"""Works off stored webhooks: a text goes into its conversation, a report moves a message on."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson
import structlog

from actions.receiving import claim_webhook, postpone_webhook, receive_text, record_status, settle_webhook
from db.database import Database
from db.session import Session
from domain.people import Actor
from domain.troubles import Trouble
from gateways.twilio_webhooks import read_report, read_text

log = structlog.get_logger()


class NotYet(Exception):
    """The webhook cannot be worked off yet; it is tried again later."""


async def take_webhook(database: Database, organization_id: UUID) -> bool:
    """One webhook, in one transaction: after a kill it is either worked off or untouched."""
    webhook: Mapping[str, Any] | None = None
    try:
        async with database.work(Actor(organization_id)) as session:
            webhook = await claim_webhook(session)
            if webhook is None:
                return False
            await _work_off(session, webhook)
            await settle_webhook(session, webhook["id"])
    except Trouble:
        raise
    except Exception as error:
        if webhook is None:
            raise
        await _postpone(database, organization_id, webhook, error)
    return True


async def _work_off(session: Session, webhook: Mapping[str, Any]) -> None:
    fields = orjson.loads(webhook["payload"])
    if webhook["kind"] == "MESSAGE":
        await receive_text(session, read_text(fields, webhook["received_at"]))
        return
    report = read_report(fields, webhook["received_at"])
    if report and not await record_status(session, report):
        raise NotYet(f"no message {report.external_id} is known yet")


async def _postpone(database: Database, organization_id: UUID, webhook: Mapping[str, Any], error: Exception) -> None:
    """One that fails is kept and tried again; the others go on without it."""
    if isinstance(error, NotYet):
        log.debug("webhook put off", webhook=str(webhook["id"]), reason=str(error))
    else:
        log.exception("webhook failed; it is kept and tried again", webhook=str(webhook["id"]))
    async with database.work(Actor(organization_id)) as session:
        await postpone_webhook(session, webhook["id"], f"{type(error).__name__}: {error}")
