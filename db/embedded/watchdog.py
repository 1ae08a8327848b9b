"""Runs the server and ends it when the process that asked for it is gone, by whatever death.

Run by path and alone, so that it starts fast: it imports nothing of ours. Its standard input is a pipe that nobody ever
writes to and whose other end only that process holds: end of file means that the process has ended.
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time

# Nothing of the caller's environment: it may hold secrets, and PG* variables that change what PostgreSQL does.
ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C"}

# Fast shutdown, immediate shutdown (recovers at the next start), the end; and the seconds each is given.
ENDINGS = ((signal.SIGINT, 10), (signal.SIGQUIT, 10), (signal.SIGKILL, 0))


def main() -> int:
    lock, uid, gid, *command = sys.argv[1:]
    for deaf in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(deaf, lambda *_: None)  # not SIG_IGN, which the server would inherit
    server = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr,
        cwd="/",
        env=ENVIRONMENT,
        umask=0o077,
        user=int(uid) if uid else None,
        group=int(gid) if gid else None,
        extra_groups=[] if uid else None,
        pass_fds=(int(lock),),
    )
    threading.Thread(target=end_with_parent, args=(server,), daemon=True).start()
    with contextlib.suppress(OSError):  # the parent may be gone already
        os.write(1, f"{server.pid}\n".encode())
    return server.wait()


def end_with_parent(server: subprocess.Popen[bytes]) -> None:
    os.read(0, 1)
    for ending, patience_seconds in ENDINGS:
        server.send_signal(ending)
        time.sleep(patience_seconds)


if __name__ == "__main__":
    sys.exit(main())
