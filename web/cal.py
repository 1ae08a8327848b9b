"""Cal.com's webhooks: checked, stored raw, answered. What they mean is worked out afterwards."""

import hashlib
import json
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from actions.credentials import find_signing_secrets
from db.database import Database
from domain.credentials import CredentialProvider
from domain.ids import new_id
from domain.troubles import Trouble
from gateways.cal_webhooks import booking_of, is_genuine, read_webhook
from web.requests import Unfit, read_body

log = structlog.get_logger()
_LARGEST = 256 * 1024  # bytes; Cal.com's have some ten thousand
_SIGNATURE = re.compile("[0-9a-f]{64}")
_NOBODYS = [(None, secrets.token_hex())]


@dataclass(frozen=True, slots=True)
class CalWebhooks:
    """`poke` hears whose webhook was stored."""

    database: Database
    poke: Callable[[UUID], None]

    async def bookings(self, request: Request) -> Response:
        """What became of a booking. One that nobody signed is answered alike, whatever organization it is for."""
        try:
            body = await read_body(request, _LARGEST)
            organization = await self._signer(request, body)
            if organization is None:
                log.warning(
                    "forged webhook refused", path=request.url.path, client=request.client and request.client.host
                )
                return PlainTextResponse("The signature does not match.", 403)
            fields = read_webhook(body)
            uid = booking_of(fields)
            if uid:
                await self._store(organization, uid, body, fields)
        except Unfit as unfit:
            return PlainTextResponse(str(unfit), unfit.status)
        except ValueError as error:
            return PlainTextResponse(str(error), 400)
        except Trouble:
            return PlainTextResponse("Not stored: send it again.", 503)
        return PlainTextResponse("Stored." if uid else "Nothing to do.")

    async def _signer(self, request: Request, body: bytes) -> UUID | None:
        """The organization that the address names, if a secret it has given us signs the body so."""
        signature = request.headers.get("x-cal-signature-256", "")
        if not _SIGNATURE.fullmatch(signature):
            return None
        key = request.path_params["organization"]
        candidates = await find_signing_secrets(self.database, CredentialProvider.CAL, key)
        # Where there is none the body is signed all the same, so that nobody learns from the clock.
        fitting = [whose for whose, secret in candidates or _NOBODYS if is_genuine(body, signature, secret)]
        return fitting[0] if fitting else None

    async def _store(self, organization: UUID, uid: str, body: bytes, fields: dict[str, Any]) -> None:
        """Cal.com's webhooks have no id: one that is the same to the byte is a repeat."""
        key = f"{organization}:{hashlib.sha256(body).hexdigest()}"
        raw = json.dumps(fields)
        await self.database.look_up("keep_webhook", new_id(), organization, "cal", key, "BOOKING", uid, raw)
        self.poke(organization)
