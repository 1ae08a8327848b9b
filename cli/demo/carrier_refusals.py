"""Why the loopback carrier says no, or could not deliver: Twilio's error codes, their HTTP status and their words."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from domain.conversations import LONGEST_TEXT, LONGEST_VALIDITY_SECONDS

_ADDRESS = re.compile(r"(whatsapp:)?\+[1-9]\d{6,14}")

_WORDS = {
    20003: "Authenticate",
    20404: "The requested resource was not found",
    20429: "Too Many Requests",
    20500: "Internal Server Error",
    20503: "Service Unavailable",
    21211: "Invalid 'To' Phone Number",
    21408: "Permission to send an SMS has not been enabled for the region indicated by the 'To' number",
    21602: "Message body is required.",
    21603: "A 'From' phone number is required.",
    21604: "A 'To' phone number is required.",
    21606: "The 'From' phone number provided is not a valid, SMS-capable inbound phone number for your account.",
    21610: "Attempt to send to unsubscribed recipient",
    21611: "This 'From' number has exceeded the maximum number of queued messages",
    21612: "Message cannot be sent with the current combination of 'To' and/or 'From' parameters",
    21614: "'To' number is not a valid mobile number",
    21617: f"The concatenated message body exceeds the {LONGEST_TEXT} character limit.",
    21624: "Invalid validity period value",
    30003: "Unreachable destination handset",
    30004: "Message blocked",
    30005: "Unknown destination handset",
    30006: "Landline or unreachable carrier",
    30007: "Carrier violation",
    30008: "Unknown error",
}
_STATUS_OF_CODE = {20003: 401, 20404: 404, 20429: 429, 20500: 500, 20503: 503, 21611: 429}
_CODE_OF_STATUS = {401: 20003, 404: 20404, 429: 20429, 503: 20503}

# The recipients that Twilio itself reserves for trying refusals out.
_MAGIC_RECIPIENTS = {
    "+15005550001": 21211,
    "+15005550002": 21612,
    "+15005550003": 21408,
    "+15005550004": 21610,
    "+15005550009": 21614,
}


@dataclass(frozen=True, slots=True)
class Failure:
    http_status: int
    code: int

    def answer(self) -> dict[str, object]:
        return {
            "code": self.code,
            "message": words(self.code),
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": self.http_status,
        }


def words(code: int) -> str:
    return _WORDS.get(code, "Failed")


def failure(http_status: int | None = None, code: int | None = None) -> Failure:
    """Fills in what is not said: the status that goes with a code, the code that goes with a status."""
    if code is None:
        code = _CODE_OF_STATUS.get(http_status or 500, 20500)
    return Failure(http_status or _STATUS_OF_CODE.get(code, 400), code)


def find_refusal(form: Mapping[str, str], numbers: Collection[str], opted_out: Collection[str]) -> Failure | None:
    """The first thing Twilio would find wrong with a create, given our own numbers (none registered: any is ours)."""
    recipient, sender, body = form.get("To", ""), form.get("From", ""), form.get("Body", "")
    has_service = bool(form.get("MessagingServiceSid"))
    checks = [
        (21604, not recipient),
        (21603, not sender and not has_service),
        (21602, not body),
        (21617, len(body) > LONGEST_TEXT),
        (21211, not _ADDRESS.fullmatch(recipient)),
        (_MAGIC_RECIPIENTS.get(recipient, 0), recipient in _MAGIC_RECIPIENTS),
        (21606, bool(sender and numbers) and sender not in numbers),
        (21610, recipient in opted_out),
        (21624, not _is_validity(form.get("ValidityPeriod", "1"))),
    ]
    return next((failure(code=code) for code, is_wrong in checks if is_wrong), None)


def _is_validity(seconds: str) -> bool:
    return seconds.isdecimal() and 1 <= int(seconds) <= LONGEST_VALIDITY_SECONDS
