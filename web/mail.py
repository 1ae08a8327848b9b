"""A mail provider's webhooks: let in by a password, stored raw, answered. What they mean is worked out afterwards."""

import asyncio
import base64
import binascii
import hmac
import json
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
from gateways.mail_webhooks import Posted, classify, read_webhook
from web.requests import Unfit, read_body

log = structlog.get_logger()
_LARGEST = 40 * 1024 * 1024  # bytes; an e-mail with its files has 35 million at most
_NOBODYS = [(None, secrets.token_hex())]


@dataclass(frozen=True, slots=True)
class MailWebhooks:
    """`poke` hears whose webhook was stored."""

    database: Database
    poke: Callable[[UUID], None]

    async def receive(self, request: Request) -> Response:
        """An e-mail, or what became of one. Who has no password is answered alike, whatever organization it is for."""
        try:
            organization = await self._let_in(request)
            if organization is None:
                log.warning(
                    "forged webhook refused", path=request.url.path, client=request.client and request.client.host
                )
                return PlainTextResponse("The password does not match.", 403)
            fields = await asyncio.to_thread(read_webhook, await read_body(request, _LARGEST))
            posted = classify(fields)
            if posted:
                await self._store(organization, posted, fields)
        except Unfit as unfit:
            return PlainTextResponse(str(unfit), unfit.status)
        except ValueError as error:
            return PlainTextResponse(str(error), 400)
        except Trouble:
            return PlainTextResponse("Not stored: send it again.", 503)
        return PlainTextResponse("Stored." if posted else "Nothing to do.")

    async def _let_in(self, request: Request) -> UUID | None:
        """The organization that the address names, if the password is one that it has given its provider."""
        given = _password(request.headers.get("authorization", ""))
        if not given:
            return None
        key = request.path_params["organization"]
        candidates = await find_signing_secrets(self.database, CredentialProvider.SMTP, key)
        # Where there is none something is compared all the same, so that nobody learns from the clock.
        fitting = [whose for whose, secret in candidates or _NOBODYS if _is_same(secret, given)]
        return fitting[0] if fitting else None

    async def _store(self, organization: UUID, posted: Posted, fields: dict[str, Any]) -> None:
        key = f"{organization}:{posted.kind}:{posted.id}"
        raw = json.dumps(fields)
        about = (posted.kind, posted.address, raw)
        await self.database.look_up("keep_webhook", new_id(), organization, "mail", key, *about)
        self.poke(organization)


def _password(authorization: str) -> bytes:
    """Of Basic the password, whoever gives it; or a bearer token."""
    scheme, _, said = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return said.strip().encode("utf-8", "replace")
    if scheme.lower() != "basic":
        return b""
    try:
        return base64.b64decode(said.strip(), validate=True).partition(b":")[2]
    except (binascii.Error, ValueError):
        return b""


def _is_same(secret: str, given: bytes) -> bool:
    return hmac.compare_digest(secret.encode("utf-8", "surrogatepass"), given)
