"""The crew: every queue, woken by pokes and by the clock."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Protocol

from db.database import Database
from domain.conversations import Carriage
from gateways.networks import Networks
from gateways.storage.files import Storage
from realtime.pokes import News
from workers.answering import Answering
from workers.archiving import Archiving
from workers.bulk import take_bulk_operation
from workers.dispatching import Dispatcher, take_enrollments
from workers.exporting import Exporter
from workers.finding import Finding
from workers.forgetting import Forgetting
from workers.importing import Importer
from workers.inbound import take_webhooks
from workers.judging import Judging
from workers.lanes import Queue
from workers.refreshing import Refreshing
from workers.replaying import Replaying
from workers.reviewing import take_review
from workers.sending import Channels, Sender
from workers.shredding import Shredding
from workers.tending import Tending
from workers.writers import Mind

# What a poke calls the queue of each.
_SENDING = {Carriage.TEXT: News.SENDING, Carriage.MAIL: News.MAILING, Carriage.LINKEDIN: News.LINKEDIN}


class _Round(Protocol):
    """Work that the clock brings about, round by round."""

    async def run(self) -> None: ...


class Crew:
    """What has no carrier is not sent: texts wait in their queue until there is one, and so do e-mails.

    Connections of networks that are not among `networks` are not refreshed.
    """

    def __init__(
        self,
        database: Database,
        channels: Channels,
        remembered: timedelta,
        networks: Networks,
        storage: Storage,
        mind: Mind,
    ) -> None:
        self._database = database
        self._rounds: Sequence[_Round] = (
            Forgetting(database, remembered),
            Archiving(database),
            Refreshing(database, networks),
            Tending(database),
            Shredding(database, storage),
        )
        finding, answering = Finding(database), Answering(database, mind.writer)
        replaying = Replaying(database, mind.writer)
        self.queues = [
            Queue(News.INBOUND, partial(take_webhooks, database)),
            Queue(News.REVIEWING, partial(take_review, database), lanes=2),
            Queue(News.IMPORTING, Importer(database, storage).take_import, lanes=2),
            Queue(News.BULK, partial(take_bulk_operation, database), lanes=2),
            Queue(News.EXPORTING, Exporter(database, storage).take_export, lanes=2),
            Queue(News.ENROLLING, partial(take_enrollments, database), lanes=2),
            Queue(News.FINDING, finding.take_words, lanes=2, find=finding.find_due),
            Queue(News.ANSWERING, answering.take_draft, lanes=8, find=answering.find_due),
            Queue(News.REPLAYING, replaying.take_replay, lanes=2, find=replaying.find_due),
        ]
        if mind.models:
            judging = Judging(database, mind.models, mind.prices)
            self.queues.append(Queue(News.JUDGING, judging.take_text, lanes=2, find=judging.find_due))
        senders = {one: Sender(database, channels, one) for one in Carriage if channels.carrier(one)}
        silence = Dispatcher(database, senders)
        self.queues.append(Queue(News.SILENCE, silence.take_silences, lanes=2, find=silence.find_silences))
        self.queues += [Queue(_SENDING[carriage], sender.take_message) for carriage, sender in senders.items()]
        # Calls need no carrier.
        self.queues.append(Queue(News.DISPATCHING, Dispatcher(database, senders).take_steps, abreast=2))

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            for queue in self.queues:
                group.create_task(queue.run(self._database))
            for round in self._rounds:
                group.create_task(round.run())
