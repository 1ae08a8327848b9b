"""What leads have written, set apart from what a model is told: as data that cannot look like anything else."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from domain.answering import Line
from domain.conversations import MessageDirection

_MOST_LINES = 40  # of a conversation; what was said before has hardly a say in the next answer
_LONGEST_LINE = 4_000  # characters; of longer ones the beginning and the end
_LONGEST_FACT = 200
_UNSEEN = ("Cf", "Cc", "Co", "Cs", "Cn")
# Marks that programs and models read as more than text stand as their numbers, which JSON knows.
_ESCAPED = {mark: f"\\u{ord(mark):04x}" for mark in "<>[]{}|`#"}
_WHO = {MessageDirection.INBOUND: "lead", MessageDirection.OUTBOUND: "us"}


@dataclass(frozen=True, slots=True)
class Fence:
    """`word` stands around the data of one request; `mark` stands among the instructions, and nowhere else at all."""

    word: str
    mark: str


def fence_of(*ids: UUID) -> Fence:
    """Of what the request is about, as the conversation and the message: nobody outside knows both."""
    digest = hashlib.sha256(b"rekindle fence" + b"".join(one.bytes for one in ids)).hexdigest()
    return Fence(digest[:24], digest[24:48])


def fenced(fence: Fence, blocks: Iterable[tuple[str, Iterable[str]]]) -> str:
    """Titled rows between two fences."""
    parts = [f"<<<data {fence.word}>>>"]
    for title, rows in blocks:
        parts += [f"# {title}", *(rows or ())]
    return "\n".join([*parts, f"<<<end {fence.word}>>>"])


def facts_in(facts: Mapping[str, str], fence: Fence) -> list[str]:
    return [
        f"{_quoted(name, fence, 60)}: {_quoted(fact, fence, _LONGEST_FACT)}" for name, fact in facts.items() if fact
    ]


def lines_in(lines: Iterable[Line], fence: Fence) -> list[str]:
    """One row each, with who said it and when; the newest of very many."""
    return [
        f'{{"from": "{_WHO[line.direction]}", "at": "{line.at:%Y-%m-%d %H:%M}", "text": {_quoted(line.text, fence)}}}'
        for line in tuple(lines)[-_MOST_LINES:]
    ]


def quoted(text: str, fence: Fence) -> str:
    """A text as one JSON string, with nothing in it that could end the string, the row or the fence."""
    return _quoted(text, fence)


def _quoted(text: str, fence: Fence, longest: int = _LONGEST_LINE) -> str:
    written = json.dumps(_cleaned(text, fence, longest), ensure_ascii=False)
    return "".join(_ESCAPED.get(letter, letter) for letter in written)


def _cleaned(text: str, fence: Fence, longest: int) -> str:
    """Without what cannot be seen, and without the fence, however it was written or put together."""
    if len(text) > longest:
        text = f"{text[: longest // 2]} … {text[-longest // 2 :]}"
    plain = "".join(
        letter
        for letter in unicodedata.normalize("NFKC", text)
        if letter in "\n\t" or unicodedata.category(letter) not in _UNSEEN
    )
    for word in (fence.word, fence.mark):
        while re.search(word, plain, re.IGNORECASE):
            plain = re.sub(word, "", plain, flags=re.IGNORECASE)
    return plain
