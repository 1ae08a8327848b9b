"""What is sent from on which channel."""

from collections.abc import Collection

from db.session import Row, Session
from domain.conversations import Channel


async def find_senders(session: Session, campaign: Row, channels: Collection[Channel]) -> dict[Channel, str]:
    """Of a campaign with its policy (`get_terms`): on each of these channels what there is; not a number that rests."""
    number = await session.value("dispatching", "get_sender", campaign["sender"])
    ours = {one: campaign["mail_address"] if one is Channel.EMAIL else number for one in channels}
    return {channel: sender for channel, sender in ours.items() if sender}
