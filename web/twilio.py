"""Twilio's webhooks: checked, stored raw, answered. What they mean is worked out afterwards."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

import orjson
import structlog
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from db.database import Database
from domain.ids import new_id
from domain.troubles import Trouble
from gateways.twilio_webhooks import is_genuine, read_address

log = structlog.get_logger()
_NOTHING_TO_SAY = '<?xml version="1.0" encoding="UTF-8"?><Response/>'


@dataclass(frozen=True, slots=True)
class TwilioWebhooks:
    """`public_url` is where Twilio reaches us, without a path; None means the address each request names itself.

    `poke` hears whose webhook was stored.
    """

    database: Database
    auth_token: str
    public_url: str | None
    poke: Callable[[UUID], None]

    async def messages(self, request: Request) -> Response:
        """A lead's text."""
        return await self._receive(request, "MESSAGE", "To", ("MessageSid",))

    async def status(self, request: Request) -> Response:
        """What became of a text of ours. Our number is its sender; each status of a message comes once."""
        return await self._receive(request, "STATUS", "From", ("MessageSid", "MessageStatus"))

    async def _receive(self, request: Request, kind: str, ours: str, key: tuple[str, ...]) -> Response:
        form = await request.form()
        if not self._is_genuine(request, form):
            log.warning("forged webhook refused", path=request.url.path, client=request.client and request.client.host)
            return PlainTextResponse("The signature does not match.", 403)
        fields = {name: value.replace("\x00", "�") for name, value in form.items() if isinstance(value, str)}
        missing = [name for name in ("From", "To", *key) if not fields.get(name)]
        if missing:
            return PlainTextResponse(f"Missing: {', '.join(missing)}.", 400)
        try:
            organization = await self._store(kind, read_address(fields[ours]), ":".join(fields[k] for k in key), fields)
        except Trouble:
            return PlainTextResponse("Not stored: send it again.", 503)
        if organization:
            self.poke(organization)
        else:
            log.warning("webhook for a number nobody has registered; kept", number=fields[ours])
        return Response(_NOTHING_TO_SAY, media_type="text/xml")

    def _is_genuine(self, request: Request, form: FormData) -> bool:
        url = str(request.url)
        if self.public_url:
            query = f"?{request.url.query}" if request.url.query else ""
            url = f"{self.public_url}{request.url.path}{query}"
        return is_genuine(url, form, request.headers.get("x-twilio-signature", ""), self.auth_token)

    async def _store(self, kind: str, number: str, key: str, fields: Mapping[str, str]) -> UUID | None:
        raw = orjson.dumps(fields).decode()
        rows = await self.database.look_up("receive_webhook", new_id(), "twilio", key, kind, number, raw)
        organization: UUID | None = rows[0]["organization_id"]
        return organization
