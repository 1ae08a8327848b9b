"""The feed: replays what was missed, then follows, on one stream, without a gap and without a repeat."""

from collections.abc import AsyncIterator, Awaitable, Callable

from db.database import Database
from domain.people import Actor
from domain.refusals import bad_input
from realtime.hub import Hub

Read = Callable[[int, int], Awaitable[list[tuple[int, bytes]]]]


def read_position(cursor: str | None) -> int | None:
    """The number behind a feed cursor; None where none was given."""
    if cursor is None:
        return None
    if not cursor.isascii() or not cursor.isdigit() or len(cursor) > 18:
        raise bad_input("This is not a cursor of the feed: take it from an event or from eventCursor.", "after")
    return int(cursor)


class Feed:
    def __init__(self, database: Database, hub: Hub) -> None:
        self._database = database
        self._hub = hub

    async def position(self, actor: Actor) -> int:
        """How far the feed of the actor's organization has come."""
        rows = await self._database.look_up("event_positions", [actor.organization_id])
        position: int = rows[0]["last_seq"]
        return position

    async def follow(self, actor: Actor, after: int | None, read: Read) -> AsyncIterator[tuple[int, bytes]]:
        """Events behind `after` (from now on, where it is None), in commit order, with their positions.

        `read(after, horizon)` answers the next of the wanted events between two positions. Between events nothing is
        held: no connection, no transaction, no queue. A slow reader only reads later.
        """
        async with self._hub.follow(actor.organization_id) as channel:
            horizon = await self.position(actor)
            reached = horizon if after is None else after
            if reached > horizon:
                raise bad_input(
                    "This cursor lies in the future of the feed: it belongs to another organization.", "after"
                )
            while True:
                while rows := await read(reached, horizon):
                    for position, event in rows:
                        yield position, event
                    reached = rows[-1][0]
                reached = max(reached, horizon)
                horizon = await channel.beyond(reached)
