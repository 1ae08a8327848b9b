"""One dispatcher as a process: sends until nothing is due, to a carrier that takes everything; says what it did."""

import asyncio
import sys
import time
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import orjson
import uvloop

from bench.scheduled import NOW
from db.database import Database
from domain.conversations import Carriage, MessageStatus
from domain.links import Links
from gateways.carrier import CarrierReceipt, Outbound
from workers.dispatching import Dispatcher
from workers.sending import Channels, Sender

_PATIENCE = 75  # looks in vain: a lead that another dispatcher holds is tried again after a second


class _Carrier:
    """Costs nothing, so that what is measured is ours."""

    sent = 0

    async def send(self, text: Outbound) -> CarrierReceipt:
        self.sent += 1
        told = (MessageStatus.SENT, text.sender, text.recipient, text.body, NOW, None)
        return CarrierReceipt(f"SM{uuid4().hex}", *told)

    async def find_sent(self, text: Outbound, since: datetime) -> list[CarrierReceipt]:
        return []

    async def close(self) -> None:
        pass


async def dispatch_all(url: str, organization: UUID) -> dict[str, float]:
    """Texts sent, turns taken, and seconds from the first to the last."""
    database, carrier = Database(url, pool_size=12), _Carrier()
    await database.connect()
    try:
        began = time.time()
        sender = Sender(database, Channels(carrier, None, "", Links("", "")), Carriage.TEXT)
        dispatcher = Dispatcher(database, {Carriage.TEXT: sender}, lambda: NOW + timedelta(seconds=time.time() - began))
        turns, idle, ended = 0, 0, began
        while idle < _PATIENCE:
            if await dispatcher.take_steps(organization):
                turns, idle, ended = turns + 1, 0, time.time()
            else:
                idle += 1
                await asyncio.sleep(0.02)
        return {"texts": carrier.sent, "turns": turns, "began": began, "ended": ended}
    finally:
        await database.disconnect()


if __name__ == "__main__":
    print(orjson.dumps(uvloop.run(dispatch_all(sys.argv[1], UUID(sys.argv[2])))).decode())
