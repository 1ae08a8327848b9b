"""The lock that says whether a server of ours runs in a data dir, whatever the files there say."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def try_lock(path: Path) -> Iterator[int | None]:
    """Yields None if another process holds it.

    The lock belongs to the open file, so whoever inherits the descriptor keeps it: the watchdog, the server and all its
    processes. It is free only when the last of them is gone. The file must never be deleted.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        yield descriptor if _taken(descriptor) else None
    finally:
        os.close(descriptor)


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
