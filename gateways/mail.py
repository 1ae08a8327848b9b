"""E-mails, handed to a mail server over SMTP."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from urllib.parse import unquote, urlsplit

from aiosmtplib import SMTP, SMTPException, SMTPRecipientRefused, SMTPResponseException, SMTPSenderRefused

from domain.conversations import MessageStatus
from domain.mail import find_address, reference_of
from gateways.carrier import CarrierBusy, CarrierReceipt, CarrierRefused, CarrierUnaware, CarrierUnreachable, Outbound
from gateways.letters import write_letter

_USUAL_PORTS = {"smtp": 587, "smtps": 465}
_AT_HOME = ("localhost", "127.0.0.1", "::1")
_MOST_IDLE = 4
_MOST_LETTERS = 50  # over one connection: servers hang up on who says too much, and on who says nothing
_IDLE_SECONDS = 20.0
_TO_SAY_SOMETHING = 5.0
_LOST = (SMTPException, OSError)  # with timeouts
_GOING_DOWN = 421
_NO_SUCH_ADDRESS = ("5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10")  # what RFC 3463 and 7505 say of whom it is for


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds: for a connection, with all that comes before an e-mail; and until it is taken, as servers look at it."""

    to_connect: float = 15
    to_take: float = 120


_USUAL_PATIENCE = Patience()


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where e-mails are handed in. A password goes over TLS alone, unless the server is on this machine."""

    host: str
    port: int
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    is_tls: bool = False

    @property
    def start_tls(self) -> bool | None:
        """None: where the server offers it."""
        if self.is_tls:
            return False
        return True if self.password and self.host not in _AT_HOME else None


def read_mail_server(url: str) -> MailServer:
    """smtp://user:password@host:587, or smtps:// for TLS from the first byte; ValueError where it is neither."""
    parts = urlsplit(url)
    if parts.scheme not in _USUAL_PORTS or not parts.hostname:
        raise ValueError("must look like smtp://user:password@smtp.example.com:587 (smtps:// with TLS from the start)")
    user, password = (unquote(part) if part else None for part in (parts.username, parts.password))
    return MailServer(
        parts.hostname, parts.port or _USUAL_PORTS[parts.scheme], user, password, is_tls=parts.scheme == "smtps"
    )


@dataclass(slots=True)
class _Line:
    """A connection that was used before, and since when nothing is said on it."""

    server: SMTP
    letters: int = 0
    since: float = 0


class Mail:
    """A Carrier. `sender` is who e-mails are from; without one each is from the organization's own address.

    Of one e-mail nothing is repeated once its text was on its way: a mail server cannot be asked what it took.
    """

    def __init__(self, server: MailServer, sender: str | None = None, patience: Patience = _USUAL_PATIENCE) -> None:
        self._server = server
        self._sender = sender
        self._patience = patience
        self._idle: list[_Line] = []

    async def send(self, message: Outbound) -> CarrierReceipt:
        assert message.envelope, "an e-mail needs an envelope"
        recipient, sender = find_address(message.recipient), find_address(self._sender or message.sender)
        if recipient is None or sender is None:
            raise CarrierRefused(None, "No e-mail can be sent to this address.", is_address_dead=recipient is None)
        at = datetime.now(UTC).replace(microsecond=0)
        reference = reference_of(message.envelope.message_id, sender)
        letter = write_letter(replace(message, recipient=recipient), sender, reference, at)
        async with self._talk() as server:
            await self._address(server, sender, recipient)
            await self._hand_over(server, letter)
        return CarrierReceipt(reference, MessageStatus.SENT, message.sender, message.recipient, message.body, at, None)

    async def find_sent(self, message: Outbound, since: datetime) -> list[CarrierReceipt]:
        raise CarrierUnaware("A mail server does not say what it took.")

    async def close(self) -> None:
        idle, self._idle = self._idle, []
        for line in idle:
            await _hang_up(line.server)

    @asynccontextmanager
    async def _talk(self) -> AsyncIterator[SMTP]:
        """A connection that answers. It is kept for the next e-mail, unless something went wrong on it."""
        line = await self._find_idle() or _Line(await self._connect())
        try:
            yield line.server
        except CarrierRefused:
            await self._keep(line)
            raise
        except BaseException:
            line.server.close()
            raise
        await self._keep(line)

    async def _keep(self, line: _Line) -> None:
        line.letters, line.since = line.letters + 1, asyncio.get_running_loop().time()
        if len(self._idle) < _MOST_IDLE and line.letters < _MOST_LETTERS:
            self._idle.append(line)
        else:
            await _hang_up(line.server)

    async def _find_idle(self) -> _Line | None:
        """One that the server has not hung up on meanwhile."""
        while self._idle:
            line = self._idle.pop()
            try:
                if asyncio.get_running_loop().time() - line.since < _IDLE_SECONDS:
                    await line.server.rset(timeout=_TO_SAY_SOMETHING)
                    return line
            except _LOST:
                pass
            line.server.close()
        return None

    async def _connect(self) -> SMTP:
        """One that does not take our password takes nothing from us, as one that is away."""
        server = SMTP(
            hostname=self._server.host,
            port=self._server.port,
            username=self._server.user,
            password=self._server.password,
            use_tls=self._server.is_tls,
            start_tls=self._server.start_tls,
            timeout=self._patience.to_connect,
        )
        try:
            async with asyncio.timeout(self._patience.to_connect):
                await server.connect()
        except _LOST as error:
            raise CarrierBusy(f"The mail server cannot be used: {error or type(error).__name__}") from error
        return server

    async def _address(self, server: SMTP, sender: str, recipient: str) -> None:
        """Whatever fails here, the server has nothing yet."""
        try:
            async with asyncio.timeout(self._patience.to_connect):
                await server.mail(sender)
                await server.rcpt(recipient)
        except SMTPResponseException as error:
            raise _judge(error) from error
        except _LOST as error:
            raise CarrierBusy(f"The mail server hung up: {error or type(error).__name__}") from error

    async def _hand_over(self, server: SMTP, letter: bytes) -> None:
        """Without an answer it may have it or not, for good."""
        try:
            await server.data(letter, timeout=self._patience.to_take)
        except SMTPResponseException as error:
            if error.code < 400:
                raise CarrierUnaware("The mail server's answer says nothing.") from error
            raise _judge(error) from error
        except _LOST as error:
            raise CarrierUnaware("The mail server gave no answer.") from error


def _judge(error: SMTPResponseException) -> CarrierRefused | CarrierUnreachable:
    """What an answer that is not a success means for the e-mail: from 500 on it is a no, below it is for later."""
    code, words = error.code, " ".join(str(error.message).split())
    if code == _GOING_DOWN:
        return CarrierBusy(f"The mail server takes nothing now: {code} {words}")
    if 400 <= code < 500:
        return CarrierUnreachable(f"The mail server does not take it now: {code} {words}")
    if isinstance(error, SMTPSenderRefused):
        words = f"The mail server takes nothing from this sender: {words}"
    is_dead = isinstance(error, SMTPRecipientRefused) and words.startswith(_NO_SUCH_ADDRESS)
    return CarrierRefused(code if code > 0 else None, words, is_address_dead=is_dead)


async def _hang_up(server: SMTP) -> None:
    try:
        await server.quit()
    except _LOST:
        server.close()
