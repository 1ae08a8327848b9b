"""Writing by hand: whether a person may write to a lead on a channel now, as the gate has it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from domain.campaigns.gate import Decision, decide
from domain.campaigns.schedules import Schedule
from domain.campaigns.sendings import Outgoing, Purpose, Recipient, Sender, Sending
from domain.campaigns.zones import Whereabouts
from domain.conversations import WRITTEN_ON, Channel, can_be_reached
from domain.mail import find_address
from domain.people import OrganizationStatus

# People write at any hour: the gate asks neither where somebody is nor what time it is there.
_AT_ANY_HOUR = Schedule(Whereabouts(("UTC",), ""), None, keeps_holidays=False)


def ask_by_hand(thread: Mapping[str, Any], now: datetime) -> Decision:
    """Of a lead on a channel with what it would be sent from, as `get_thread_for_sending` reads them."""
    status = OrganizationStatus(thread["organization_status"])
    sender = Sender(status=OrganizationStatus.PAUSED if thread["has_trial_ended"] else status, country="")
    recipient = Recipient(
        address=thread["recipient"],
        archived_at=thread["archived_at"],
        is_suppressed=thread["is_suppressed"],
        is_address_invalid=not is_reachable(thread),
    )
    outgoing = Outgoing(purpose=Purpose.BY_HAND, channel=Channel(thread["channel"]), has_sender=bool(thread["sender"]))
    return decide(Sending(outgoing=outgoing, sender=sender, recipient=recipient, schedule=_AT_ANY_HOUR), now)


def is_reachable(thread: Mapping[str, Any]) -> bool:
    """Whether something sent to the address on the channel can arrive, as far as is known."""
    channel, address = thread["channel"], thread["recipient"]
    if not address or channel not in WRITTEN_ON:
        return False
    if channel == Channel.EMAIL:
        return thread["email_problem"] is None and find_address(address) is not None
    return can_be_reached(thread["phone_problem"], channel)
