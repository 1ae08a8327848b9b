"""What a mail provider posts to us, in the JSON of Postmark: e-mails that came in, and what became of ours."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parseaddr
from typing import Any
from uuid import UUID

from domain.conversations import Channel, InboundText
from domain.mail import (
    LONGEST_MAIL,
    InboundMail,
    MailReport,
    ReportKind,
    find_address,
    find_ours,
    one_line,
    read_references,
)
from domain.quoting import without_quotes
from gateways.mail_pages import read_page
from gateways.posted import read_object

MAIL, REPORT = "MAIL", "MAIL_REPORT"
_INBOUND = "Inbound"
_REPORTS = {"Bounce", "SpamComplaint", "Delivery", "Open", "SubscriptionChange"}
_DEAD = {"HardBounce", "BadEmailAddress"}
# Postmark calls these bounces too: somebody's machine has answered, or wants to be answered.
_NO_BOUNCES = {"AutoResponder", "ChallengeVerification", "Subscribe", "AddressChange"}
_WHEN = ("BouncedAt", "DeliveredAt", "ReceivedAt", "ChangedAt")
_LONGEST_NAME, _LONGEST_WORDS, _MOST_REFERENCES = 200, 500, 20
_MACHINES = {"x-autoreply", "x-autorespond"}


@dataclass(frozen=True, slots=True)
class Posted:
    """What is stored: its sort, the provider's id of it, and whose address it is about."""

    kind: str
    id: str
    address: str


def read_webhook(body: bytes) -> dict[str, Any]:
    """The JSON of a webhook, without the contents of files; ValueError where it is none."""
    fields = read_object(body)
    fields.pop("RawEmail", None)
    for file in _objects(fields.get("Attachments")):
        file.pop("Content", None)
    return fields


def classify(fields: Mapping[str, Any]) -> Posted | None:
    """None for what nothing follows from: other events, what names nobody, and tests of the address."""
    record = _record(fields)
    id, address = _text(fields.get("MessageID")), _address(fields)
    if address is None or not (id or fields.get("ID")):
        return None
    if record == _INBOUND:
        return Posted(MAIL, f"{id}", address) if id else None
    if record not in _REPORTS:
        return None
    when = "" if record in ("Open", "Delivery") else next(filter(None, (_text(fields.get(name)) for name in _WHEN)), "")
    return Posted(REPORT, f"{record}:{fields.get('ID') or id}:{address}:{when}", address)


def read_mail(fields: Mapping[str, Any], received_at: datetime) -> InboundMail:
    """An e-mail that came in, with what is new in it."""
    headers = {name.lower(): value for name, value in _headers(fields)}
    sender, name = _sender(fields)
    own = next(iter(read_references(headers.get("message-id", ""))), None)
    text = InboundText(
        external_id=own or f"mail:{fields['MessageID']}",
        channel=Channel.EMAIL,
        sender=sender or "",
        recipient=_recipient(fields),
        body=_body(fields),
        media_urls=(),
        at=received_at,
        subject=one_line(_text(fields.get("Subject"))) or None,
        is_automatic=headers.get("auto-submitted", "no").lower() != "no" or not _MACHINES.isdisjoint(headers),
    )
    answered = read_references(headers.get("in-reply-to", ""))
    before = reversed(read_references(headers.get("references", "")))
    return InboundMail(text, name, tuple(dict.fromkeys((*answered, *before)))[:_MOST_REFERENCES])


def read_report(fields: Mapping[str, Any], received_at: datetime) -> MailReport | None:
    """What became of an e-mail of ours; None where it says nothing that counts here."""
    kind, address = _report_kind(fields), _address(fields)
    if kind is None or address is None:
        return None
    said = (one_line(_text(fields.get(name)), _LONGEST_WORDS) for name in ("Description", "Details"))
    words = " ".join(part for part in said if part)[:_LONGEST_WORDS] or None
    when = next((at for name in _WHEN if (at := _instant(fields.get(name)))), received_at)
    return MailReport(kind, address, _ours(fields), min(when, received_at), words)


def _report_kind(fields: Mapping[str, Any]) -> ReportKind | None:
    record, type_ = _record(fields), _text(fields.get("Type"))
    if record == "SubscriptionChange":
        return _suppression_kind(fields)
    if record == "SpamComplaint" or type_ == "SpamComplaint":
        return ReportKind.COMPLAINT
    if record != "Bounce":
        return {"Delivery": ReportKind.DELIVERED, "Open": ReportKind.OPENED}.get(record)
    if type_ == "Unsubscribe":
        return ReportKind.UNSUBSCRIBED
    if type_ in _NO_BOUNCES:
        return None
    return ReportKind.HARD_BOUNCE if type_ in _DEAD else ReportKind.SOFT_BOUNCE


def _suppression_kind(fields: Mapping[str, Any]) -> ReportKind | None:
    """Somebody has used the provider's own link; what its operators change is not what anybody asked for."""
    if fields.get("SuppressSending") is not True or fields.get("Origin") != "Recipient":
        return None
    is_complaint = fields.get("SuppressionReason") == "SpamComplaint"
    return ReportKind.COMPLAINT if is_complaint else ReportKind.UNSUBSCRIBED


def _record(fields: Mapping[str, Any]) -> str:
    """E-mails that came in say nothing of it."""
    return _text(fields.get("RecordType", _INBOUND))


def _ours(fields: Mapping[str, Any]) -> UUID | None:
    """The message of ours: given back as metadata, or in its Message-ID where the provider keeps that."""
    given = _text(_object(fields.get("Metadata")).get("message"))
    found = find_ours((f"{given}@metadata", _text(fields.get("MessageID")).strip("<>")))
    return found[0] if found else None


def _address(fields: Mapping[str, Any]) -> str | None:
    """Who wrote, or whom ours was for."""
    if _record(fields) == _INBOUND:
        return _sender(fields)[0]
    return _clean(_text(fields.get("Email")) or _text(fields.get("Recipient")))


def _sender(fields: Mapping[str, Any]) -> tuple[str | None, str | None]:
    whole = _object(fields.get("FromFull"))
    name, address = parseaddr(_text(fields.get("From")))
    said = _text(whole.get("Name")) or _text(fields.get("FromName")) or name
    return _clean(_text(whole.get("Email")) or address), one_line(said, _LONGEST_NAME) or None


def _recipient(fields: Mapping[str, Any]) -> str:
    """The first it went to; otherwise the address it was forwarded to."""
    first: Mapping[str, Any] = next(iter(_objects(fields.get("ToFull"))), {})
    given = (first.get("Email"), parseaddr(_text(fields.get("To")))[1], fields.get("OriginalRecipient"))
    return next((address for one in given if (address := _clean(_text(one)))), "")


def _clean(address: str) -> str | None:
    found = find_address(address.strip())
    return found.lower() if found else None


def _body(fields: Mapping[str, Any]) -> str:
    """Where the provider knows what is new, that; files are named, and not kept."""
    text = _text(fields.get("StrippedTextReply")).strip()
    if not text:
        whole = _text(fields.get("TextBody")) or read_page(_text(fields.get("HtmlBody"))[: 10 * LONGEST_MAIL])
        text = without_quotes(whole[:LONGEST_MAIL])
    names = [one_line(_text(file.get("Name"))) for file in _objects(fields.get("Attachments"))]
    files = "\n".join(f"[file: {name or 'without a name'}]" for name in names[:100])
    return "\n\n".join(part for part in (text[:LONGEST_MAIL], files) if part)


def _headers(fields: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for header in _objects(fields.get("Headers")):
        yield _text(header.get("Name")), _text(header.get("Value")).strip()


def _instant(value: Any) -> datetime | None:
    try:
        read = datetime.fromisoformat(value) if isinstance(value, str) else None
        return read and (read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        return None


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _objects(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
