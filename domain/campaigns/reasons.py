"""Why something is not sent: the reasons there are, what each means for a step, and whom each can keep."""

from collections.abc import Mapping
from enum import StrEnum

from domain.campaigns.sendings import Purpose


class GateReason(StrEnum):
    ORGANIZATION_INACTIVE = "ORGANIZATION_INACTIVE"
    SENDING_DISABLED = "SENDING_DISABLED"
    CAMPAIGN_NOT_ACTIVE = "CAMPAIGN_NOT_ACTIVE"
    ENROLLMENT_NOT_ACTIVE = "ENROLLMENT_NOT_ACTIVE"
    NO_SENDER = "NO_SENDER"
    LEAD_ARCHIVED = "LEAD_ARCHIVED"
    MANUAL_MODE = "MANUAL_MODE"
    SUPPRESSED = "SUPPRESSED"
    NO_CONSENT = "NO_CONSENT"
    INVALID_ADDRESS = "INVALID_ADDRESS"
    INTERNATIONAL_BLOCKED = "INTERNATIONAL_BLOCKED"
    OUTSIDE_WINDOW = "OUTSIDE_WINDOW"
    QUIET_HOURS = "QUIET_HOURS"
    RATE_LIMITED = "RATE_LIMITED"
    FREQUENCY_CAP = "FREQUENCY_CAP"
    EXPIRED = "EXPIRED"
    CONTENT_BLOCKED = "CONTENT_BLOCKED"
    ALREADY_SENT = "ALREADY_SENT"
    REPLIED_SINCE = "REPLIED_SINCE"


class Verdict(StrEnum):
    """SEND it; WAIT until the time told; HOLD it until somebody changes something; END it: it will never be sent."""

    SEND = "SEND"
    WAIT = "WAIT"
    HOLD = "HOLD"
    END = "END"


_R = GateReason

_ALWAYS = frozenset({_R.INVALID_ADDRESS, _R.ALREADY_SENT})
_BY_HAND = _ALWAYS | {
    _R.ORGANIZATION_INACTIVE, _R.NO_SENDER, _R.LEAD_ARCHIVED, _R.SUPPRESSED, _R.RATE_LIMITED, _R.EXPIRED,
}  # fmt: skip
_ANSWER = _BY_HAND | {
    _R.SENDING_DISABLED, _R.MANUAL_MODE, _R.INTERNATIONAL_BLOCKED, _R.OUTSIDE_WINDOW, _R.QUIET_HOURS,
    _R.CONTENT_BLOCKED,
}  # fmt: skip
# Whoever writes to us may be answered, and chooses how often: consent and the cap are asked of campaigns alone. What
# the law wants answered is answered whatever else holds, and at any hour.
ASKED: Mapping[Purpose, frozenset[GateReason]] = {
    Purpose.STEP: frozenset(GateReason),
    Purpose.NUDGE: frozenset(GateReason) - {_R.CAMPAIGN_NOT_ACTIVE, _R.ENROLLMENT_NOT_ACTIVE, _R.REPLIED_SINCE},
    Purpose.ANSWER: _ANSWER,
    Purpose.BY_HAND: _BY_HAND,
    Purpose.COMPLIANCE: _ALWAYS,
}

SENTENCES: Mapping[GateReason, str] = {
    _R.ORGANIZATION_INACTIVE: "The organization is paused or cancelled: nothing is sent until it is resumed.",
    _R.SENDING_DISABLED: "Sending is switched off in the campaign's policy.",
    _R.CAMPAIGN_NOT_ACTIVE: "The campaign is not running.",
    _R.ENROLLMENT_NOT_ACTIVE: "The lead is not active in this campaign.",
    _R.NO_SENDER: "There is nothing to send it from on this channel: add a number, or set the channel up.",
    _R.LEAD_ARCHIVED: "The lead was put away: restore it to write to it.",
    _R.MANUAL_MODE: "A colleague has taken the lead over; it goes on when they hand it back.",
    _R.SUPPRESSED: "They asked not to be written to at this address.",
    _R.NO_CONSENT: "No dataset of the lead says on what lawful basis they may be written to, or they took it back.",
    _R.INVALID_ADDRESS: "The lead has no address on this channel that works.",
    _R.INTERNATIONAL_BLOCKED: "The number is abroad, and the policy allows none.",
    _R.OUTSIDE_WINDOW: "It is outside the sending window, or a holiday where they are.",
    _R.QUIET_HOURS: "It is night where they are: nothing is sent from 21:00 to 08:00.",
    _R.RATE_LIMITED: "As much was sent as may be for now.",
    _R.FREQUENCY_CAP: "They have had as many texts as one person gets for now.",
    _R.EXPIRED: "It is too late for it to be worth sending.",
    _R.CONTENT_BLOCKED: "The text contains what the organization wants in no text.",
    _R.ALREADY_SENT: "It was sent already.",
    _R.REPLIED_SINCE: "They have replied: a person or Sophie takes it from here.",
}
NEVER_OPENS = "There is no time at which they may be written to: widen the window, or say in which time zone they are."
