"""The server's log file: kept small, and quoted when the server does not start."""

import os
from pathlib import Path

LIMIT_BYTES = 10_000_000
QUOTED_LINES = 15


def open_log(log: Path) -> int:
    """A descriptor to append to; a log that has grown large is set aside first, in the place of the one before."""
    if log.exists() and log.stat().st_size > LIMIT_BYTES:
        log.replace(log.with_suffix(".log.old"))
    return os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)


def last_words(log: Path, begin: int) -> str:
    """The last lines written since the offset `begin`."""
    with log.open(errors="replace") as file:
        file.seek(begin)
        return "\n".join(file.read().splitlines()[-QUOTED_LINES:])
