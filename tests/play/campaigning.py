"""Campaigns under a clock that tests turn, with a carrier in the same process."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from domain.conversations import Carriage, MessageStatus
from domain.links import Links
from gateways.carrier import Carrier, CarrierReceipt, Outbound
from tests.play.tenant import Tenant
from workers.dispatching import Dispatcher, take_enrollments
from workers.sending import Channels, Sender

MORNING = datetime(2027, 3, 3, 10, tzinfo=UTC)  # a Wednesday, in no window's night


@dataclass(slots=True)
class Postbox:
    """A carrier that takes everything, unless told otherwise, and remembers when."""

    clock: Callable[[], datetime]
    sent: list[tuple[datetime, Outbound]] = field(default_factory=list)
    refuse: Callable[[Outbound], Exception | None] = lambda text: None

    async def send(self, message: Outbound) -> CarrierReceipt:
        if trouble := self.refuse(message):
            raise trouble
        self.sent.append((self.clock(), message))
        told = (MessageStatus.SENT, message.sender, message.recipient, message.body, self.clock(), None)
        return CarrierReceipt(f"SM{uuid4().hex}", *told)

    async def find_sent(self, message: Outbound, since: datetime) -> list[CarrierReceipt]:
        return []

    async def close(self) -> None:
        pass


class Theatre:
    """A tenant in whose database nobody else works, and what works for it here."""

    def __init__(self, tenant: Tenant, now: datetime = MORNING, linkedin: Carrier | None = None) -> None:
        self.tenant, self.now = tenant, now
        self.postbox = Postbox(self.clock)
        self.database = tenant.house.parts.database
        channels = Channels(self.postbox, self.postbox, "", Links("", ""), linkedin or self.postbox)
        senders = {carriage: Sender(self.database, channels, carriage) for carriage in Carriage}
        self.texts = senders[Carriage.TEXT]
        self.queued = [senders[Carriage.MAIL], senders[Carriage.LINKEDIN]]
        self.dispatcher = Dispatcher(self.database, senders, self.clock)

    def clock(self) -> datetime:
        return self.now

    async def work(self) -> None:
        """Until nothing is due any more at this time."""
        await self.plan()
        for sender in self.queued:
            while await sender.take_message(self.tenant.organization_id):
                pass

    async def plan(self) -> None:
        """What is due is handed to a carrier, or left to the queue of one."""
        while await take_enrollments(self.database, self.tenant.organization_id, self.clock):
            pass
        while await self.dispatcher.take_steps(self.tenant.organization_id):
            pass
        while await self.dispatcher.take_silences(self.tenant.organization_id):
            pass

    async def pass_(self, *, hours: float = 0, days: float = 0, step: timedelta = timedelta(minutes=30)) -> None:
        """Time goes by, and everything happens that is due meanwhile."""
        until = self.now + timedelta(hours=hours, days=days)
        while self.now < until:
            self.now = min(self.now + step, until)
            await self.work()

    async def reply(self, number: str, body: str = "Tell me more") -> None:
        await self.tenant.text(body, number, at=self.now)

    async def runs(self, campaign: str) -> list[dict[str, Any]]:
        """All that is planned in a campaign, and what became of it."""
        asked = """query ($c: ID!, $a: Cursor) {
          enrollments(first: 100, after: $a, filter: {campaignId: {eq: $c}}, order: [{createdAt: ASC}]) {
            pageInfo { hasNextPage endCursor } nodes { id status reason repliedAt lead { id phone }
              stepRuns { position status skipReason scheduledAt expiresAt message { id status body kind } } } } }"""
        found: list[dict[str, Any]] = []
        page: dict[str, Any] = {"pageInfo": {"hasNextPage": True, "endCursor": None}}
        while page["pageInfo"]["hasNextPage"]:
            after = page["pageInfo"]["endCursor"]
            page = (await self.tenant.owner.ask(asked, c=campaign, a=after))["enrollments"]
            found += page["nodes"]
        return found


def bare(id: str) -> UUID:
    return UUID(id.rpartition("_")[2])
