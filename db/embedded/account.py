"""The operating-system account that runs PostgreSQL, which refuses to run as root, and what that account can reach."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path

from db.embedded.errors import EmbeddedPostgresError
from db.embedded.watchdog import ENVIRONMENT

UNPRIVILEGED = ("postgres", "_postgres", "nobody")


@dataclass(frozen=True)
class Account:
    """Without uid and gid: ourselves."""

    uid: int | None = None
    gid: int | None = None

    @property
    def is_other(self) -> bool:
        return self.uid is not None

    def run(
        self, *command: str | Path, typed: str = "", keep: tuple[int, ...] = ()
    ) -> subprocess.CompletedProcess[str]:
        """`typed` goes to its standard input; the descriptors in `keep` stay open in it."""
        return subprocess.run(
            command,
            check=False,
            input=typed,
            capture_output=True,
            text=True,
            cwd="/",  # the account may not be able to enter ours
            env=ENVIRONMENT,
            umask=0o077,
            user=self.uid,
            group=self.gid,
            extra_groups=[] if self.is_other else None,
            pass_fds=keep,
            start_new_session=True,
        )

    def can_enter(self, folder: Path) -> bool:
        return not self.is_other or self.run("/bin/sh", "-c", 'cd "$0"', folder).returncode == 0

    def can_run(self, program: Path) -> bool:
        try:
            return self.run(program, "--version").returncode == 0
        except OSError:
            return False

    def own(self, path: Path) -> None:
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)


def account_for(data: Path) -> Account:
    """As root, whoever owns the cluster already, so that a change of accounts never strands it."""
    if os.geteuid() != 0:
        return Account()
    if data.exists() and data.stat().st_uid != 0:
        return Account(data.stat().st_uid, data.stat().st_gid)
    for name in UNPRIVILEGED:
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(found.pw_uid, found.pw_gid)
    raise EmbeddedPostgresError(
        f"PostgreSQL does not run as root, and none of the accounts {', '.join(UNPRIVILEGED)} exists. "
        "Create one of them, or run Rekindle as an ordinary user."
    )
