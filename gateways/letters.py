"""How an e-mail is written: headers that no name or subject can add to, its text, and the same as HTML."""

import html
import re
from collections.abc import Mapping
from datetime import datetime
from email.headerregistry import Address, HeaderRegistry
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any

from domain.mail import one_line
from gateways.carrier import Envelope, Outbound

_LINK = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)'\]]")
_LONGEST_NAME = 100
GOODBYE = "If you no longer want these e-mails, use this link:"  # words that are no plea where they are quoted


class _Tokens(str):
    """A header of ids or addresses, which is broken between them alone: usual ones are encoded where they are long."""

    name: str
    max_count = 1
    defects: tuple[()] = ()

    def __new__(cls, name: str, value: str) -> "_Tokens":
        tokens = super().__new__(cls, value)
        tokens.name = name
        return tokens

    def fold(self, *, policy: Any) -> str:
        lines = f"{policy.linesep} ".join(self.split())
        return f"{self.name}: {lines}{policy.linesep}"


class _Headers(HeaderRegistry):
    _of_tokens = frozenset({"message-id", "in-reply-to", "references", "list-unsubscribe"})

    def __call__(self, name: str, value: Any) -> Any:
        return _Tokens(name, value) if name.lower() in self._of_tokens else super().__call__(name, value)


# Seven bits: no server has to be asked whether it takes eight.
_POLICY = SMTP.clone(header_factory=_Headers(), cte_type="7bit")


def write_letter(message: Outbound, sender: str, message_reference: str, at: datetime) -> bytes:
    """The e-mail as a server takes it; `sender` is who it is from, and answers go to the message's own sender."""
    envelope = message.envelope
    assert envelope, "an e-mail needs an envelope"
    letter = EmailMessage(_POLICY)
    letter["From"] = Address(one_line(envelope.sender_name, _LONGEST_NAME), addr_spec=sender)
    letter["To"] = Address(addr_spec=message.recipient)
    if message.sender.lower() != sender.lower():
        letter["Reply-To"] = Address(one_line(envelope.sender_name, _LONGEST_NAME), addr_spec=message.sender)
    letter["Subject"] = one_line(envelope.subject)
    letter["Date"] = format_datetime(at)
    for name, value in _more_headers(envelope, message_reference).items():
        letter[name] = one_line(value, len(value))
    text = message.body + (f"\n\n-- \n{GOODBYE} {envelope.unsubscribe_url}" if envelope.unsubscribe_url else "")
    letter.set_content(text + "\n")
    letter.add_alternative(write_html(message.body, envelope.unsubscribe_url), subtype="html")
    return letter.as_bytes()


def _more_headers(envelope: Envelope, message_reference: str) -> Mapping[str, str]:
    """Postmark keeps our Message-ID if it is told to, and gives metadata back with what became of an e-mail."""
    headers = {
        "Message-ID": f"<{message_reference}>",
        "X-PM-KeepID": "true",
        "X-PM-Metadata-message": envelope.message_id.hex,
    }
    if envelope.answered:
        headers["In-Reply-To"] = f"<{envelope.answered}>"
    if envelope.references:
        headers["References"] = " ".join(f"<{reference}>" for reference in envelope.references)
    if envelope.unsubscribe_url:
        headers["List-Unsubscribe"] = f"<{envelope.unsubscribe_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def write_html(text: str, unsubscribe_url: str | None = None) -> str:
    """The text, escaped, with its links to be clicked on."""
    paragraphs = "".join(f"<p>{_linked(part)}</p>\n" for part in re.split(r"\n{2,}", text))
    goodbye = ""
    if unsubscribe_url:
        goodbye = f'<p style="color:#666;font-size:12px">{GOODBYE} {_anchor(unsubscribe_url)}</p>\n'
    return f"<!doctype html>\n<html><body>\n{paragraphs}{goodbye}</body></html>\n"


def _linked(text: str) -> str:
    written, end = [], 0
    for link in _LINK.finditer(text):
        written += [html.escape(text[end : link.start()]), _anchor(link[0])]
        end = link.end()
    return "".join([*written, html.escape(text[end:])]).replace("\n", "<br>\n")


def _anchor(url: str) -> str:
    return f'<a href="{html.escape(url)}">{html.escape(url)}</a>'
