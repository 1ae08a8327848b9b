"""One database cluster on disk: how it is created, with which settings it runs, and what its pid file says."""

import os
import secrets
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from db.embedded.account import Account, account_for
from db.embedded.errors import EmbeddedPostgresError
from db.embedded.places import home_for, programs_for

NAME = "rekindle"
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
}
CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
INITDB = ("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions")


@dataclass(frozen=True)
class Cluster:
    """`home` is ours; in it `data` belongs to the account."""

    home: Path
    account: Account
    programs: Path

    @classmethod
    def under(cls, data_dir: Path) -> "Cluster":
        account = account_for(data_dir / "postgres" / "data")
        return cls(home_for(data_dir, account), account, programs_for(account))

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def log(self) -> Path:
        return self.home / "server.log"

    @property
    def password(self) -> Path:
        return self.home / "password"

    def create(self, lock: int, durable: bool) -> None:
        """Built aside and then renamed, so that `data` is always complete.

        initdb keeps the lock: should we be killed, nobody clears up the half-built cluster while it still writes.
        """
        fresh = self.home / "data.new"
        if fresh.exists():
            shutil.rmtree(fresh)
        fresh.mkdir(mode=0o700)
        self.account.own(fresh)
        self._write_password()
        self._run("initdb", *INITDB, f"--username={NAME}", f"--pwfile={self.password}", fresh, keep=lock)
        single = ("--single", "-D", fresh, "-c", "exit_on_error=on", "-c", "fsync=off", "postgres")
        self._run("postgres", *single, typed=f"create database {NAME}\n", keep=lock)
        if durable:
            self._run("initdb", "--sync-only", fresh, keep=lock)
        fresh.rename(self.data)

    def _write_password(self) -> None:
        self.password.unlink(missing_ok=True)
        descriptor = os.open(self.password, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(32))
            file.flush()
            os.fsync(file.fileno())  # a database without its password is lost
        self.account.own(self.password)  # for initdb to read; it could change the password anyway

    def _run(self, program: str, *arguments: str | Path, keep: int, typed: str = "") -> None:
        done = self.account.run(self.programs / program, *arguments, typed=typed, keep=(keep,))
        if done.returncode != 0:
            raise EmbeddedPostgresError(f"{program} could not create a database in {self.home}:\n{done.stderr.strip()}")

    def command(self, port: int, durable: bool) -> list[str]:
        settings = SETTINGS | {"port": str(port)} | ({} if durable else CARELESS)
        options = [option for name, value in settings.items() for option in ("-c", f"{name}={value}")]
        return [str(self.programs / "postgres"), "-D", str(self.data), *options]

    def is_ready(self, pid: int) -> bool:
        lines = self._pid_file()
        return len(lines) >= 8 and lines[0] == str(pid) and lines[7].strip() == "ready"

    def discard_recycled_pid(self) -> None:
        """Removes a pid file whose number another process got since, which PostgreSQL would take for a live server.

        Pids repeat at every start of a container. All other pid files PostgreSQL judges better itself.
        """
        lines = self._pid_file()
        if lines and lines[0].isdigit() and _is_elsewhere(int(lines[0]), self.data):
            (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _pid_file(self) -> list[str]:
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []


def _is_elsewhere(pid: int, data: Path) -> bool:
    """True only if the process surely is not a server of this cluster: a server's working folder is its cluster."""
    if sys.platform == "linux":
        try:
            return Path(f"/proc/{pid}/cwd").readlink() != data
        except FileNotFoundError:
            return Path(f"/proc/{pid}").exists()  # a dead process that nobody has waited for yet
        except OSError:
            return False
    listed = subprocess.run(["ps", "-p", str(pid), "-o", "comm="], check=False, capture_output=True, text=True)
    return listed.returncode == 0 and "postgres" not in listed.stdout
