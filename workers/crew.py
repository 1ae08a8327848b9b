"""The crew: every queue, woken by pokes and by the clock."""

import asyncio
from datetime import timedelta
from functools import partial
from uuid import UUID

from db.database import Database
from gateways.carrier import Carrier
from workers.forgetting import Forgetting
from workers.inbound import take_webhooks
from workers.lanes import Queue
from workers.reviewing import take_review
from workers.sending import Sender


class Crew:
    """Without a carrier nothing is sent: texts wait in their queue until there is one."""

    def __init__(
        self, database: Database, carrier: Carrier | None, status_callback: str, remembered: timedelta
    ) -> None:
        self._database = database
        self._forgetting = Forgetting(database, remembered)
        self._queues = [
            Queue("inbound", partial(take_webhooks, database)),
            Queue("reviewing", partial(take_review, database), lanes=2),
        ]
        if carrier:
            self._queues.append(Queue("sending", Sender(database, carrier, status_callback).take_message))

    def hear(self, organizations: set[UUID]) -> None:
        """A poke: these organizations may have something due."""
        for queue in self._queues:
            queue.add(organizations)

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            for queue in self._queues:
                group.create_task(queue.run(self._database))
            group.create_task(self._forgetting.run())
