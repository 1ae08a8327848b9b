"""An expected no: typed, coded, with a sentence a person can act on."""

from enum import Enum


class RefusalCode(Enum):
    """Every reason the product refuses a request for. The value says what the caller can do."""

    BAD_INPUT = "Mend the named field and send again."
    NOT_FOUND = "Check the id: nothing with it exists in your organization."
    FORBIDDEN = "Ask an administrator of your organization for the permission."
    CONFLICT = "Read the current state and decide again."
    IDEMPOTENCY_KEY_REUSED = "The key was used with another input: take a new key."
    LEAD_ARCHIVED = "The lead was put away: restore it before you change it."
    LEAD_UNREACHABLE = "The lead has no address on this channel: add one, or use another channel."
    LEAD_OPTED_OUT = "They asked not to be written to there. If they have asked otherwise since, optInLead says so."
    NO_SENDER = "Register a phone number for this organization, or for e-mails an address, before sending."
    NO_LAWFUL_BASIS = "Declare the lawful basis of the dataset: why its leads may be written to."
    NO_SEALING_KEY = "Ask whoever runs the server to set REKINDLE_SEALING_KEYS."
    INVALID_CREDENTIALS = "Check what you typed, or ask the organization for a new invitation."
    RATE_LIMITED = "Wait as long as the message says, then try again."
    ORGANIZATION_INACTIVE = "The organization is paused or cancelled: reactivate it before sending."


class Refusal(Exception):
    """Raised by an action or a pure rule; rolls the unit of work back and becomes the answer's `Refused` member."""

    def __init__(self, code: RefusalCode, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.field = field


def bad_input(message: str, field: str | None = None) -> Refusal:
    return Refusal(RefusalCode.BAD_INPUT, message, field)


def not_found(noun: str, field: str | None = None) -> Refusal:
    return Refusal(RefusalCode.NOT_FOUND, f"No {noun} with this id exists in your organization.", field)
