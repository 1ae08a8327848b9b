"""The embedded PostgreSQL server, seen by those who start it, join it, and die on it."""

import os
import signal
import socket
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest

from db.embedded.server import EmbeddedPostgres, EmbeddedPostgresError
from tests.play.embedded import BEGIN, WAIT, ask, eventually, is_quiet, process, says, server_pid


def test_it_answers_in_utf8_and_utc(data_dir: Path) -> None:
    with EmbeddedPostgres.start(data_dir) as server:
        assert ask(server.url, "select current_user || '@' || current_database()") == "rekindle@rekindle"
        wanted = {"server_encoding": "UTF8", "timezone": "UTC", "max_connections": "200", "fsync": "on"}
        for name, value in wanted.items():
            assert ask(server.url, f"show {name}") == value
        assert ask(server.url, "select datcollate from pg_database where datname = 'rekindle'") == "C"
    server.stop()


def test_it_keeps_what_was_written(used_dir: Path) -> None:
    with EmbeddedPostgres.start(used_dir, durable=False) as server:
        ask(server.url, "create table restarted as select 7 as number")
    with EmbeddedPostgres.start(used_dir, durable=False) as server:
        assert ask(server.url, "select number from restarted") == 7


def test_a_dropped_object_does_not_end_the_server(used_dir: Path) -> None:
    with process(BEGIN + "url = server.url; del server\n" + WAIT, used_dir) as parent:
        url = says(parent)
        assert ask(url, "select 1") == 1


def test_a_second_process_joins_and_leaves_the_server_running(used_dir: Path) -> None:
    with EmbeddedPostgres.start(used_dir, durable=False) as server:
        with process(BEGIN + "server.stop()\n", used_dir) as second:
            assert says(second) == server.url
            assert second.wait() == 0
        with EmbeddedPostgres.start(used_dir) as joined:
            assert joined.url == server.url
        assert ask(server.url, "select 1") == 1


def test_processes_that_start_together_share_one_server(data_dir: Path) -> None:
    begin = [process(BEGIN + WAIT, data_dir) for _ in range(3)]
    with begin[0] as one, begin[1] as two, begin[2] as three:
        urls = {says(one), says(two), says(three)}
        assert len(urls) == 1
        assert ask(urls.pop(), "select 1") == 1


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_signal_that_ends_the_process_ends_the_server(used_dir: Path, how: signal.Signals) -> None:
    with process(BEGIN + WAIT, used_dir) as parent:
        says(parent)
        parent.send_signal(how)
        parent.wait()
        eventually(lambda: is_quiet(used_dir))


@pytest.mark.parametrize("ending", ["", "raise RuntimeError", "os._exit(0)"])
def test_any_other_end_of_the_process_ends_the_server(used_dir: Path, ending: str) -> None:
    with process(BEGIN + ending, used_dir) as parent:
        says(parent)
        parent.wait()
        eventually(lambda: is_quiet(used_dir))


CHILDREN = """
elsewhere = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
spawned = subprocess.Popen(["sleep", "60"], close_fds=False, **elsewhere)
forked = os.fork()
if not forked:
    server.stop()  # not the child's to stop
    for descriptor in range(3):
        os.close(descriptor)
    time.sleep(60)
    os._exit(0)
print(spawned.pid, forked, flush=True)
"""


def test_children_that_outlive_the_process_do_not_keep_the_server(used_dir: Path) -> None:
    with process(BEGIN + CHILDREN + WAIT, used_dir) as parent:
        url, children = says(parent), [int(pid) for pid in says(parent).split()]
        try:
            assert ask(url, "select 1") == 1
            parent.kill()
            eventually(lambda: is_quiet(used_dir))
        finally:
            for child in children:
                os.kill(child, signal.SIGKILL)


FINISH = """
try:
    print("working", flush=True)
    sys.stdin.read()
except KeyboardInterrupt:
    print("finishing", flush=True)
    sys.stdin.read()
"""


def test_ctrl_c_in_the_terminal_leaves_the_server_to_the_process(used_dir: Path) -> None:
    with process(BEGIN + FINISH, used_dir) as parent:
        url = says(parent)
        assert says(parent) == "working"
        os.killpg(parent.pid, signal.SIGINT)
        assert says(parent) == "finishing"
        assert ask(url, "select 1") == 1


def test_it_recovers_after_the_server_was_killed(used_dir: Path) -> None:
    with EmbeddedPostgres.start(used_dir) as server:
        ask(server.url, "create table survived as select 7 as number")
        os.kill(server_pid(used_dir), signal.SIGKILL)
        with EmbeddedPostgres.start(used_dir) as again:
            assert ask(again.url, "select number from survived") == 7


def test_it_recovers_after_everything_was_killed(used_dir: Path) -> None:
    begin = BEGIN.replace("durable=False", "durable=True")
    with process(begin + "print(server._leash._watchdog.pid, flush=True)\n" + WAIT, used_dir) as parent:
        url, watchdog = says(parent), int(says(parent))
        ask(url, "create table outlived as select 7 as number")
        for pid in (watchdog, parent.pid, server_pid(used_dir)):
            os.kill(pid, signal.SIGKILL)
    with EmbeddedPostgres.start(used_dir, durable=False) as server:
        assert ask(server.url, "select number from outlived") == 7


def test_it_stops_even_if_the_watchdog_was_killed(used_dir: Path) -> None:
    with process(BEGIN + "server._leash._watchdog.kill(); server.stop()\n" + WAIT, used_dir) as parent:
        says(parent)
        eventually(lambda: is_quiet(used_dir))


def test_a_pid_file_whose_number_is_now_somebody_elses_is_no_obstacle(used_dir: Path) -> None:
    data = used_dir / "postgres" / "data"
    owner = data.stat().st_uid if os.geteuid() == 0 else None
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE, cwd="/", user=owner) as stranger:
        (data / "postmaster.pid").write_text(f"{stranger.pid}\n{data}\n0\n5432\n\n127.0.0.1\n1 1\nready   \n")
        with EmbeddedPostgres.start(used_dir, durable=False) as server:
            assert ask(server.url, "select 1") == 1


def test_a_server_that_somebody_else_runs_there_is_left_alone(used_dir: Path) -> None:
    with process(BEGIN + WAIT, used_dir) as parent:
        url = says(parent)
        (used_dir / "postgres.lock").rename(used_dir / "lock.lost")
        with pytest.raises(EmbeddedPostgresError, match="already exists"):
            EmbeddedPostgres.start(used_dir, durable=False)
        assert ask(url, "select 1") == 1
        (used_dir / "lock.lost").rename(used_dir / "postgres.lock")


def test_a_creation_that_was_killed_half_way_is_begun_again(data_dir: Path) -> None:
    half = data_dir / "postgres" / "data.new" / "base"
    with process(BEGIN + WAIT, data_dir) as parent:
        eventually(half.exists)
        parent.kill()
        parent.wait()
    assert not (data_dir / "postgres" / "data").exists()
    with EmbeddedPostgres.start(data_dir, durable=False) as server:
        assert ask(server.url, "select 1") == 1
    assert not half.exists()


def test_a_wrong_password_is_refused(used_dir: Path) -> None:
    with EmbeddedPostgres.start(used_dir, durable=False) as server:
        for database in ("rekindle", "postgres"):
            with pytest.raises(asyncpg.InvalidPasswordError):
                ask(server.url, "select 1", password="guess", database=database)
    assert (used_dir / "postgres" / "password").stat().st_mode & 0o777 == 0o600


def test_it_listens_on_loopback_only(used_dir: Path) -> None:
    with EmbeddedPostgres.start(used_dir, durable=False) as server:
        port = urlsplit(server.url).port
        assert ask(server.url, "show listen_addresses") == "127.0.0.1"
        assert ask(server.url, "show unix_socket_directories") == ""
        for address in ("127.0.0.2", "::1", *addresses_outside()):
            with pytest.raises(OSError):
                socket.create_connection((address, port), timeout=2).close()


def addresses_outside() -> list[str]:
    with socket.socket(type=socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing, but tells which of our addresses faces outward
        except OSError:
            return []
        return [probe.getsockname()[0]]


def test_a_server_that_cannot_start_says_why(data_dir: Path) -> None:
    EmbeddedPostgres.start(data_dir, durable=False).stop()
    with (data_dir / "postgres" / "data" / "postgresql.conf").open("a") as settings:
        settings.write("work_mem = 'a lot'\n")
    with pytest.raises(EmbeddedPostgresError, match=r'server\.log.*\n.*"work_mem"'):
        EmbeddedPostgres.start(data_dir, durable=False)


def test_a_data_dir_that_is_none_is_refused_with_a_sentence(data_dir: Path) -> None:
    data_dir.write_text("a file, not a folder")
    with pytest.raises(EmbeddedPostgresError, match="cannot be used"):
        EmbeddedPostgres.start(data_dir)
    data_dir.unlink()
