"""Our end of the watchdog: a pipe that the system closes when we end, whatever the way."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress

from db.embedded import watchdog
from db.embedded.account import Account

_held: set[int] = set()


def _let_go() -> None:
    for pipe in _held:
        os.close(pipe)
    _held.clear()


os.register_at_fork(after_in_child=_let_go)  # a forked child that lives on must not keep the server


class Leash:
    """A running watchdog and the server it runs. A bare descriptor: dropping this object does not end the server."""

    def __init__(self, command: list[str], account: Account, lock: int, log: int) -> None:
        self.pid = 0
        reading, self._pipe = os.pipe()  # not inheritable
        try:
            self._watchdog = _spawn(command, account, lock, log, reading)
        except BaseException:
            os.close(self._pipe)
            raise
        finally:
            os.close(reading)
        _held.add(self._pipe)

    def wait_until(self, is_ready: Callable[[int], bool], patience_seconds: float) -> bool:
        """False if the server ended or took too long; it is ended then, as it is by any exception."""
        try:
            self.pid = self._told_pid()
            deadline = time.monotonic() + patience_seconds
            while self._watchdog.poll() is None and time.monotonic() < deadline:
                if is_ready(self.pid):
                    return True
                time.sleep(0.02)
        except BaseException:
            self.end()
            raise
        self.end()
        return False

    def _told_pid(self) -> int:
        assert self._watchdog.stdout is not None
        with self._watchdog.stdout as told:
            return int(told.readline() or 0)

    def end(self) -> None:
        """Returns when the server is gone; does nothing the second time, and nothing in a forked child."""
        if self._pipe not in _held:
            return
        _held.remove(self._pipe)
        os.close(self._pipe)
        if self._watchdog.wait() < 0 and self.pid:  # somebody killed the watchdog
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGINT)


def _spawn(command: list[str], account: Account, lock: int, log: int, reading: int) -> subprocess.Popen[bytes]:
    """In a session of its own, out of reach of the terminal's Ctrl-C; the server and its children keep the lock."""
    who = ["" if number is None else str(number) for number in (account.uid, account.gid)]
    return subprocess.Popen(
        [sys.executable, "-I", "-S", watchdog.__file__, str(lock), *who, *command],
        stdin=reading,
        stdout=subprocess.PIPE,
        stderr=log,
        cwd="/",
        start_new_session=True,
        pass_fds=(lock,),
    )
