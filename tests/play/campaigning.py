"""Campaigns under a clock that tests turn, with a carrier in the same process."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from actions.receiving import lock_leads, receive_known, receive_text
from domain.conversations import Carriage, MessageStatus
from domain.links import Links
from gateways.carrier import Carrier, CarrierReceipt, CarrierUnreachable, Outbound
from tests.play.tenant import Tenant, inbound_text
from workers.dispatching import Dispatcher, take_enrollments
from workers.sending import Channels, Sender

# Whether there is anything to do at a time, of what `Theatre.work` does.
_ANYTHING_DUE = """
select exists (select from enrollment_requests where organization_id = $1)
  or exists (select from campaign_turns t join campaigns c on c.organization_id = $1 and c.id = t.id
             where t.organization_id = $1 and t.next_attempt_at <= $2 and c.status = 'ACTIVE')
  or exists (select from silences where organization_id = $1 and next_attempt_at <= $2)
  or exists (select from silence_recalls where organization_id = $1 and after is not null)
  or exists (select from messages where organization_id = $1 and status in ('QUEUED', 'SENDING')
               and carriage = any ($3::text[]) and scheduled_at <= now())"""
_AT_ONCE = 20  # as many texts as the queue of a server works off together
MORNING = datetime(2027, 3, 3, 10, tzinfo=UTC)  # a Wednesday, in no window's night


@dataclass(slots=True)
class Postbox:
    """A carrier that takes everything, unless told otherwise, and remembers when."""

    clock: Callable[[], datetime]
    sent: list[tuple[datetime, Outbound]] = field(default_factory=list)
    refuse: Callable[[Outbound], Exception | None] = lambda text: None
    is_down: bool = False

    async def send(self, message: Outbound) -> CarrierReceipt:
        if trouble := self.refuse(message):
            self.is_down = isinstance(trouble, CarrierUnreachable)
            raise trouble
        self.sent.append((self.clock(), message))
        told = (MessageStatus.SENT, message.sender, message.recipient, message.body, self.clock(), None)
        return CarrierReceipt(f"SM{uuid4().hex}", *told)

    async def find_sent(self, message: Outbound, since: datetime) -> list[CarrierReceipt]:
        return []

    async def close(self) -> None:
        pass


class Theatre:
    """A tenant in whose database nobody else works, and what works for it here.

    One turn after the other; or two abreast as in a server, where a lead that one of them holds gets the next text a
    little later.
    """

    def __init__(
        self, tenant: Tenant, now: datetime = MORNING, linkedin: Carrier | None = None, abreast: int = 1
    ) -> None:
        self.tenant, self.now, self.abreast = tenant, now, abreast
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
        if not await self._is_anything_due():
            return
        await self.plan()
        for sender in self.queued:
            while await sender.take_message(self.tenant.organization_id):
                pass

    async def _is_anything_due(self) -> bool:
        carriages = [sender.carriage for sender in self.queued]
        async with self.database.work(self.tenant.product) as session:
            given = (self.tenant.organization_id, self.now, carriages)
            found: bool = await session.connection.fetchval(_ANYTHING_DUE, *given)
        return found

    async def plan(self) -> None:
        """What is due is handed to a carrier, or left to the queue of one.

        What a carrier could not take is due again by the database's clock, which is behind this one: it is tried once.
        """
        self.postbox.is_down = False
        while await take_enrollments(self.database, self.tenant.organization_id, self.clock):
            pass
        await asyncio.gather(*(self._steps() for _ in range(self.abreast)))
        while await self.dispatcher.take_silences(self.tenant.organization_id):
            pass

    async def _steps(self) -> None:
        while await self.dispatcher.take_steps(self.tenant.organization_id) and not self.postbox.is_down:
            pass

    async def pass_(self, *, hours: float = 0, days: float = 0, step: timedelta = timedelta(minutes=30)) -> None:
        """Time goes by, and everything happens that is due meanwhile."""
        until = self.now + timedelta(hours=hours, days=days)
        while self.now < until:
            self.now = min(self.now + step, until)
            await self.work()

    async def reply(self, number: str, body: str = "Tell me more") -> None:
        await self.tenant.text(body, number, at=self.now)

    async def hear(self, said: Sequence[tuple[str, str]]) -> None:
        """Texts of leads, by their numbers: worked off as they would be from the queue that holds them all."""
        for first in range(0, len(said), _AT_ONCE):
            given = [(number, body, self.now) for number, body in said[first : first + _AT_ONCE]]
            texts = [inbound_text(self.tenant.number, *one) for one in given]
            async with self.database.work(self.tenant.product, is_routine=True) as session:
                leads = await lock_leads(session, [text.sender for text in texts], [])
                known = await receive_known(session, leads, texts)
                for text in texts:
                    if text.external_id not in known:
                        await receive_text(session, text)

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
