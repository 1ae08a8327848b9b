"""The feed: replays what was missed, then follows, on one stream, without a gap and without a repeat."""

from collections.abc import AsyncGenerator, Hashable
from dataclasses import dataclass
from typing import Protocol

from db.database import Database
from domain.people import Actor
from domain.refusals import bad_input
from realtime.channel import Concerns
from realtime.cohorts import Cohort, Cohorts, Read
from realtime.hub import Hub


def read_position(cursor: str | None) -> int | None:
    """The number behind a feed cursor; None where none was given."""
    if cursor is None:
        return None
    if not cursor.isascii() or not cursor.isdigit() or len(cursor) > 18:
        raise bad_input("This is not a cursor of the feed: take it from an event or from eventCursor.", "after")
    return int(cursor)


class ResyncRequired(Exception):
    """What came behind the cursor is forgotten in part: read the rows anew, and go on from this position."""

    def __init__(self, position: int) -> None:
        super().__init__("The feed no longer remembers all that came since: read anew, and resume from `cursor`.")
        self.position = position


@dataclass(frozen=True, slots=True)
class Stream:
    """What one subscription asks of the feed: events behind `after` (None: from now on), as `read` answers them.

    `read(after, horizon)` answers the next of the wanted events between two positions, as JSON, in order; an empty
    answer means that there are no more. What does not concern it, it need not read. Streams with equal `shape` read the
    same.
    """

    after: int | None
    read: Read
    concerns: Concerns
    shape: Hashable


class Listener(Protocol):
    """The end of a stream."""

    def take(self, event: bytes) -> bool:
        """Takes an event without waiting; False when it cannot take another before it is drained."""

    async def drained(self) -> None:
        """Returns when it can take again."""


class Feed:
    def __init__(self, database: Database, hub: Hub) -> None:
        self._database = database
        self._hub = hub
        self._cohorts = Cohorts()

    async def position(self, actor: Actor) -> int:
        """How far the feed of the actor's organization has come."""
        return (await self._reach(actor))[1]

    async def _reach(self, actor: Actor) -> tuple[int, int]:
        """The last event forgotten, and the last there is."""
        row = (await self._database.look_up("event_positions", [actor.organization_id]))[0]
        return row["forgotten_seq"], row["last_seq"]

    async def follow(self, actor: Actor, stream: Stream) -> AsyncGenerator[bytes, None]:
        """Events one by one, for those who pull. Between events nothing is held; a slow reader only reads later."""
        async with self._hub.follow(actor.organization_id) as channel:
            horizon, reached = await self._begin(actor, stream)
            with channel.reading():
                while True:
                    while rows := await stream.read(reached, horizon):
                        for position, event in rows:
                            yield event
                            reached = position
                    reached, horizon = await channel.beyond(max(reached, horizon), stream.concerns)

    async def attend(self, actor: Actor, stream: Stream, listener: Listener) -> None:
        """Events pushed to a listener, until cancelled: shared with its cohort, or caught up alone while it lags."""
        async with self._hub.follow(actor.organization_id) as channel:
            _, reached = await self._begin(actor, stream)
            # A cohort reads as its first member: whoever may see other rows must be of another shape.
            key = (actor.organization_id, stream.shape)
            with self._cohorts.joined(key, channel, stream.read, stream.concerns, reached) as cohort:
                while True:
                    reached = await _catch_up(cohort, stream.read, reached, listener)
                    seat = cohort.sit(listener.take, reached)
                    try:
                        await seat.ended
                    finally:
                        cohort.leave(seat)
                    reached = seat.position
                    await listener.drained()

    async def _begin(self, actor: Actor, stream: Stream) -> tuple[int, int]:
        """How far the feed is, and where the stream starts."""
        forgotten, horizon = await self._reach(actor)
        start = horizon if stream.after is None else stream.after
        if start > horizon:
            raise bad_input("This cursor lies in the future of the feed: it belongs to another organization.", "after")
        if start < forgotten:
            raise ResyncRequired(horizon)
        return horizon, start


async def _catch_up(cohort: Cohort, read: Read, reached: int, listener: Listener) -> int:
    """Reads alone what the cohort has handed out already. Nothing is awaited between its end and the seat."""
    while reached < cohort.position:
        horizon = cohort.position
        rows = await read(reached, horizon)
        for position, event in rows:
            reached = position
            if not listener.take(event):
                await listener.drained()
        if not rows:
            reached = horizon
    return reached
