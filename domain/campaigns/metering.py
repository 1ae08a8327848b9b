"""Metering: what was sent under shared rates, summed up by the second, the minute and the quarter of an hour."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from domain.campaigns.rates import Allowance, Rates, Sent


@dataclass(slots=True)
class Meter:
    """What is counted in this turn counts at once."""

    rates: Rates
    sent: dict[int, list[Sent]] = field(default_factory=lambda: {1: [], 60: [], 900: []})
    counted: int = 0

    @classmethod
    def read(cls, rates: Rates, rows: Iterable[Mapping[str, Any]]) -> "Meter":
        """Rows of `get_segments`; of each sum only its end is sure."""
        meter = cls(rates)
        for row in rows:
            ends_at = row["began_at"] + timedelta(seconds=row["seconds"])
            meter.sent[row["seconds"]].append(Sent(ends_at, row["segments"]))
        return meter

    def count(self, segments: int, now: datetime) -> None:
        self.counted += segments
        for sent in self.sent.values():
            sent.append(Sent(now, segments))

    def allowances(self) -> tuple[Allowance, ...]:
        """A limit for each, by the finest sums that reach as far back as it does."""
        rates = self.rates
        return (
            Allowance(Rates(rates.messages_per_minute, None, None), tuple(self.sent[1])),
            Allowance(Rates(None, rates.messages_per_hour, None), tuple(self.sent[60])),
            Allowance(Rates(None, None, rates.messages_per_day), tuple(self.sent[900])),
        )
