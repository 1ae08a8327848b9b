"""What is live about an inbox: the feed, which loses nothing, and beside it the signals of the moment."""

from dataclasses import dataclass

from db.database import Database
from realtime.feed import Feed
from realtime.hub import Hub
from realtime.presence import Presence
from realtime.signals import Signals


@dataclass(frozen=True, slots=True)
class Live:
    feed: Feed
    signals: Signals
    presence: Presence

    @classmethod
    def over(cls, database: Database, hub: Hub, url: str) -> "Live":
        """`url` is the database's, for a connection that listens."""
        signals = Signals(database, url)
        return cls(Feed(database, hub), signals, Presence(signals))
