"""What every storage speaks: how a file is named, the five things one can do with it, and the ways that fail."""

from collections.abc import AsyncIterable, AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol
from uuid import UUID

from domain.refusals import Refusal, RefusalCode
from domain.troubles import Trouble

CHUNK = 1024 * 1024


class Shelf(StrEnum):
    """What a file is kept for."""

    UPLOADS = "uploads"
    LOGOS = "logos"
    EXPORTS = "exports"


@dataclass(frozen=True, slots=True)
class StoredFile:
    """Which file. Its name has no part that anybody chooses freely, so none can lead out of its organization."""

    organization_id: UUID
    shelf: Shelf
    id: UUID

    @property
    def key(self) -> str:
        return f"{folder_of(self.organization_id)}{self.shelf.value}/{UUID(int=self.id.int)}"


def folder_of(organization_id: UUID) -> str:
    """What the keys of all its files begin with."""
    return f"{UUID(int=organization_id.int)}/"


class FileTooLarge(Refusal):
    def __init__(self, most_bytes: int) -> None:
        said = f"The file is larger than {_measure(most_bytes)}: split it, or leave out what is not needed."
        super().__init__(RefusalCode.BAD_INPUT, said, "file")


class FileGone(Refusal):
    def __init__(self) -> None:
        super().__init__(RefusalCode.NOT_FOUND, "The file is no longer kept: upload it again.", "file")


class StorageTrouble(Trouble):
    """The storage could not answer now; whatever was under way has left nothing visible."""


class Storage(Protocol):
    async def put(self, file: StoredFile, chunks: AsyncIterable[bytes], most_bytes: int) -> int:
        """Keeps what the stream gives, in the place of what was there, and answers its size in bytes.

        It appears whole once the stream has ended. A stream that breaks, or gives more than `most_bytes`
        (FileTooLarge), leaves everything as it was.
        """

    def read(self, file: StoredFile) -> AsyncIterator[bytes]:
        """Its content in pieces of a few megabytes at most; raises FileGone before the first."""

    def local(self, file: StoredFile) -> AbstractAsyncContextManager[Path]:
        """A path that has its content while the context lasts, for reading alone; raises FileGone."""

    async def exists(self, file: StoredFile) -> bool: ...

    async def delete(self, file: StoredFile) -> None:
        """What is not there is deleted already."""

    async def clear(self, organization_id: UUID) -> int:
        """Deletes every file of the organization and answers how many there were."""

    async def check(self) -> None:
        """Raises StorageTrouble, in words an operator can act on, where it cannot be reached or written to."""


class Bounded:
    """The same stream, counted; ends with FileTooLarge at the first byte too many, whatever length was announced."""

    def __init__(self, chunks: AsyncIterable[bytes], most_bytes: int) -> None:
        self._chunks = chunks
        self._most_bytes = most_bytes
        self.size = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._chunks:
            self.size += len(chunk)
            if self.size > self._most_bytes:
                raise FileTooLarge(self._most_bytes)
            yield chunk


async def in_pieces(chunks: AsyncIterable[bytes], length: int) -> AsyncIterator[bytes]:
    """The same bytes in pieces of at least `length`, but for the last."""
    waiting: list[bytes] = []
    size = 0
    async for chunk in chunks:
        waiting.append(chunk)
        size += len(chunk)
        if size >= length:
            yield b"".join(waiting)
            waiting, size = [], 0
    if size:
        yield b"".join(waiting)


def _measure(count: int) -> str:
    megabytes = count / 1024 / 1024
    return f"{megabytes:.0f} MB" if megabytes >= 1 else f"{count} bytes"
