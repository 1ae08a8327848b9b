"""The address in an e-mail where somebody wants no more of them: by their mail program's one click, or by a button."""

import html
from dataclasses import dataclass
from uuid import UUID

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from actions.mailing import find_sender_name, unsubscribe
from db.database import Database
from domain.links import Links, Purpose
from domain.people import Actor
from domain.troubles import Trouble

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'"
_GUARDS = {
    "content-security-policy": _POLICY,
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex",
}
_META = '<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
_STYLE = "body{font:18px/1.5 system-ui,sans-serif;max-width:30em;margin:15vh auto;padding:0 1em}button{font:inherit}"
_BUTTON = '<form method="post"><button name="List-Unsubscribe" value="One-Click">Unsubscribe</button></form>'


@dataclass(frozen=True, slots=True)
class Unsubscribing:
    database: Database
    links: Links

    async def page(self, request: Request) -> Response:
        """A button, and nothing more: programs that look for dangers open every link, and want nothing."""
        return await self._answer(request, is_meant=False)

    async def take(self, request: Request) -> Response:
        """RFC 8058: at once, without a login. What is posted says nothing that the link does not."""
        return await self._answer(request, is_meant=True)

    async def _answer(self, request: Request, *, is_meant: bool) -> Response:
        opened = self.links.read(Purpose.UNSUBSCRIBE, request.path_params["token"])
        try:
            name = await self._look(*opened, is_meant=is_meant) if opened else None
        except Trouble:
            return _page("This did not work just now. Please try again in a minute.", 503)
        if name is None:
            return _page("This link is not one of ours, or what it led to is gone. You will get no e-mails by it.", 404)
        if is_meant:
            return _page(f"You will get no more e-mails from {html.escape(name)}.")
        return _page(f"Do you want no more e-mails from {html.escape(name)}?", button=_BUTTON)

    async def _look(self, organization_id: UUID, message_id: UUID, *, is_meant: bool) -> str | None:
        """Who sent the e-mail; None where that is not known any more."""
        async with self.database.work(Actor(organization_id)) as session:
            name = await find_sender_name(session, message_id)
            if name is not None and is_meant:
                await unsubscribe(session, message_id)
            return name


def _page(sentence: str, status: int = 200, button: str = "") -> Response:
    head = f"{_META}<title>E-mails</title><style>{_STYLE}</style>"
    content = f'<!doctype html>\n<html lang="en"><head>{head}</head><body><p>{sentence}</p>{button}</body></html>'
    return HTMLResponse(content, status, headers=_GUARDS)
