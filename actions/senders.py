"""What is sent from on which channel."""

from collections.abc import Collection

from actions.linkedin import find_account
from db.session import Row, Session
from domain.conversations import Channel


async def find_senders(session: Session, campaign: Row, channels: Collection[Channel]) -> dict[Channel, str]:
    """Of a campaign with its policy (`get_terms`): on each of these channels what the organization has."""
    found = {one: await _sender(session, campaign, one) for one in channels}
    return {channel: sender for channel, sender in found.items() if sender}


async def _sender(session: Session, campaign: Row, channel: Channel) -> str | None:
    """Not a number that rests."""
    if channel is Channel.LINKEDIN:
        return await find_account(session)
    if channel is Channel.EMAIL:
        address: str | None = campaign["mail_address"]
        return address
    number: str | None = await session.value("dispatching", "get_sender", campaign["sender"])
    return number
