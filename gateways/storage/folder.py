"""Files in a folder of this machine, or of one that several machines share."""

import asyncio
import contextlib
import os
import shutil
import time
from collections.abc import AsyncIterable, AsyncIterator, Callable
from pathlib import Path
from typing import BinaryIO, ParamSpec, TypeVar
from uuid import UUID, uuid4

from gateways.storage.files import CHUNK, Bounded, FileGone, StorageTrouble, StoredFile, folder_of, in_pieces

P = ParamSpec("P")
R = TypeVar("R")

_ARRIVING = ".arriving"  # beside the organizations, so that publishing is a rename within one file system
_ABANDONED_SECONDS = 24 * 3600.0


class Folder:
    """Every file belongs to the account that runs the server, and no other may read it."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._arriving = root / _ARRIVING

    async def put(self, file: StoredFile, chunks: AsyncIterable[bytes], most_bytes: int) -> int:
        arriving = self._arriving / str(uuid4())
        counted = Bounded(chunks, most_bytes)
        try:
            await _receive(arriving, in_pieces(counted, CHUNK))
            await _in_thread(_publish, arriving, self._root / file.key)
        finally:
            # Not in a thread: whoever cancels must not have to wait for a free one.
            with contextlib.suppress(OSError):
                arriving.unlink(missing_ok=True)
        return counted.size

    async def read(self, file: StoredFile) -> AsyncIterator[bytes]:
        opened = await _in_thread(_open, self._root / file.key)
        with opened:
            while chunk := await _in_thread(opened.read, CHUNK):
                yield chunk

    @contextlib.asynccontextmanager
    async def local(self, file: StoredFile) -> AsyncIterator[Path]:
        if not await self.exists(file):
            raise FileGone
        yield self._root / file.key

    async def exists(self, file: StoredFile) -> bool:
        return await _in_thread((self._root / file.key).is_file)

    async def delete(self, file: StoredFile) -> None:
        await _in_thread((self._root / file.key).unlink, missing_ok=True)

    async def clear(self, organization_id: UUID) -> int:
        return await _in_thread(_remove, self._root / folder_of(organization_id))

    async def check(self) -> None:
        await _in_thread(_try_writing, self._arriving / str(uuid4()))

    async def sweep(self) -> int:
        """Removes what killed processes have left half received, a day later; says how many there were."""
        return await _in_thread(_sweep, self._arriving)


async def _in_thread(work: Callable[P, R], *arguments: P.args, **named: P.kwargs) -> R:
    try:
        return await asyncio.to_thread(work, *arguments, **named)
    except OSError as error:
        raise StorageTrouble(f"The folder for files cannot be used: {error.strerror}.") from error


async def _receive(path: Path, chunks: AsyncIterator[bytes]) -> None:
    opened = await _in_thread(_create, path)
    with opened:
        async for chunk in chunks:
            await _in_thread(opened.write, chunk)
        await _in_thread(_settle, opened)


def _create(path: Path) -> BinaryIO:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _try_writing(path: Path) -> None:
    _create(path).close()
    path.unlink()


def _open(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except FileNotFoundError:
        raise FileGone from None


def _settle(opened: BinaryIO) -> None:
    """On the disk before it has its name: a name without its content would be worse than none after a power cut."""
    opened.flush()
    os.fsync(opened.fileno())


def _publish(arriving: Path, target: Path) -> None:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    arriving.replace(target)


def _remove(folder: Path) -> int:
    count = sum(path.is_file() for path in folder.rglob("*"))
    if folder.exists():
        shutil.rmtree(folder)
    return count


def _sweep(arriving: Path) -> int:
    oldest = time.time() - _ABANDONED_SECONDS
    abandoned = [path for path in arriving.glob("*") if path.stat().st_mtime < oldest]
    for path in abandoned:
        path.unlink(missing_ok=True)
    return len(abandoned)
