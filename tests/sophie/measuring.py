"""How well the rules find what a careful person finds: `python -m tests.sophie.measuring [apart]` prints the table."""

import sys
from collections.abc import Iterable
from dataclasses import dataclass

from domain.conversations import Channel, MessageDirection
from domain.learning import InsightCategory
from sophie.reading import Line, Reading
from sophie.review import review
from tests.sophie.labelled import APART, TEXTS, Labelled


@dataclass(frozen=True)
class Measure:
    """Of one category: what was found rightly, what wrongly, and what was missed, by the texts' ids."""

    right: tuple[str, ...]
    wrong: tuple[str, ...]
    missed: tuple[str, ...]

    @property
    def precision(self) -> float:
        return len(self.right) / max(1, len(self.right) + len(self.wrong))

    @property
    def recall(self) -> float:
        return len(self.right) / max(1, len(self.right) + len(self.missed))


def read(text: Labelled) -> Reading:
    before = tuple(Line(MessageDirection(direction), said, hours) for direction, said, hours in text.before)
    is_billed = text.channel != Channel.EMAIL
    return Reading(text.text, text.channel, before, text.first_name, text.hour, (), is_billed)


def measure(texts: Iterable[Labelled]) -> dict[InsightCategory, Measure]:
    found = [(text, {finding.category for finding in review(read(text)).findings}) for text in texts]
    return {
        category: Measure(
            tuple(text.id for text, has in found if category in has and category in text.labels),
            tuple(text.id for text, has in found if category in has and category not in text.labels),
            tuple(text.id for text, has in found if category not in has and category in text.labels),
        )
        for category in InsightCategory
    }


def table(measures: dict[InsightCategory, Measure]) -> str:
    rows = [f"{'category':<16} {'precision':>9} {'recall':>7}  wrong / missed"]
    for category, one in measures.items():
        told = f"{' '.join(one.wrong) or '-'} / {' '.join(one.missed) or '-'}"
        rows.append(f"{category:<16} {one.precision:>9.2f} {one.recall:>7.2f}  {told}")
    return "\n".join(rows)


def main(*names: str) -> None:
    sys.stdout.write(table(measure(APART if "apart" in names else TEXTS)) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
