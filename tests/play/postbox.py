"""A mail server on loopback: it takes e-mails, and has the mishaps that tests script."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from enum import Enum
from typing import Any, cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.play.waiting import until


class Mishap(Enum):
    """What the server says, or does, instead of taking an e-mail."""

    GREYLISTED = "450 4.7.1 Try again later"
    NOBODY = "550 5.1.1 No such user here"
    UNWANTED = "550 5.7.1 We do not want this"
    SENDER_REFUSED = "553 5.7.1 Not your address"
    GOING_DOWN = "421 4.3.2 Going down"
    REFUSED_AS_SPAM = "554 5.7.1 This is spam"
    FULL = "452 4.2.2 No space"
    CUT_BEFORE_DATA = "cut before"
    CUT_AFTER_DATA = "cut after"
    TAKEN_AND_CUT = "taken and cut"
    SILENT = "silent"

    @property
    def said(self) -> str:
        return str(self.value)


class Postbox:
    """Takes what it is given, unless a mishap was announced for the next e-mail (or, by address, for every one)."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.raw: list[bytes] = []
        self.envelopes: list[tuple[str, list[str]]] = []
        self.mishaps: list[Mishap] = []
        self.of_address: dict[str, Mishap] = {}
        self.tried = self.connections = 0
        self.port = 0
        self.thinks = False  # about what it was given
        self.may_take = asyncio.Event()
        self.may_take.set()
        self._server: asyncio.Server | None = None
        self._transports: set[asyncio.Transport] = set()

    @property
    def url(self) -> str:
        return f"smtp://post:secret%40@127.0.0.1:{self.port}"

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator["Postbox"]:
        await self.up()
        try:
            yield self
        finally:
            await self.down()

    async def up(self) -> None:
        """At the same port as before."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Smtp(self), "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def down(self) -> None:
        if self._server:
            self._server.close()
            for transport in tuple(self._transports):
                transport.abort()
            await self._server.wait_closed()
        self._server = None

    async def sent_to(self, address: str) -> EmailMessage:
        """The e-mail to this address, once there is one."""

        async def look() -> EmailMessage | None:
            return next((one for one in self.letters if address in str(one["To"])), None)

        found = await until(look)
        assert found
        return found

    def to(self, address: str) -> list[EmailMessage]:
        return [one for one in self.letters if address in str(one["To"])]

    # What aiosmtpd calls.

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.tried += 1
        envelope.mishap = None  # type: ignore[attr-defined]
        if self.mishaps:
            envelope.mishap = self.mishaps.pop(0)  # type: ignore[attr-defined]
        if envelope.mishap is Mishap.SENDER_REFUSED:  # type: ignore[attr-defined]
            return Mishap.SENDER_REFUSED.said
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        mishap: Mishap | None = self.of_address.get(address) or envelope.mishap  # type: ignore[attr-defined]
        envelope.mishap = mishap  # type: ignore[attr-defined]
        if mishap and mishap in (Mishap.GREYLISTED, Mishap.NOBODY, Mishap.UNWANTED, Mishap.GOING_DOWN):
            return mishap.said
        if mishap is Mishap.CUT_BEFORE_DATA:
            _cut(server)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        mishap: Mishap | None = envelope.mishap  # type: ignore[attr-defined]
        if mishap in (Mishap.REFUSED_AS_SPAM, Mishap.FULL):
            return mishap.said
        if mishap is Mishap.CUT_AFTER_DATA:
            _cut(server)
            return "250 nobody hears this"
        self.thinks = True
        await self.may_take.wait()
        content = envelope.content
        assert isinstance(content, bytes)
        self.raw.append(content)
        self.letters.append(message_from_bytes(content, policy=default))
        self.envelopes.append((envelope.mail_from or "", list(envelope.rcpt_tos)))
        if mishap is Mishap.TAKEN_AND_CUT:
            _cut(server)
        if mishap is Mishap.SILENT:
            await asyncio.Event().wait()
        return "250 OK"

    def arrived(self, transport: asyncio.Transport) -> None:
        self.connections += 1
        self._transports.add(transport)

    def left(self, transport: Any) -> None:
        self._transports.discard(transport)


def _cut(server: SMTP) -> None:
    assert server.transport
    cast(asyncio.Transport, server.transport).abort()


class _Smtp(SMTP):
    def __init__(self, postbox: Postbox) -> None:
        self._postbox = postbox
        super().__init__(postbox, hostname="post.example", authenticator=_let_in, auth_require_tls=False)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._postbox.arrived(cast(asyncio.Transport, transport))

    def connection_lost(self, error: Exception | None) -> None:
        self._postbox.left(self.transport)
        super().connection_lost(error)


def _let_in(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
    is_known = isinstance(data, LoginPassword) and (data.login, data.password) == (b"post", b"secret@")
    return AuthResult(success=is_known, handled=False)
