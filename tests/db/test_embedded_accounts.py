"""The embedded PostgreSQL server where another account than ours must run it, or must not."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from db.embedded import places
from db.embedded.server import EmbeddedPostgres, EmbeddedPostgresError
from tests.play.databases import ROOT
from tests.play.embedded import BEGIN, WAIT, ask, eventually, is_quiet, process, says


def only_if(possible: bool) -> Callable[[Callable[..., None]], Callable[..., None] | None]:
    """A test that is there only where it can run: one that is skipped looks like one that passes."""
    return lambda test: test if possible else None


def may_run(python: str) -> bool:
    check = [python, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
    try:
        return subprocess.run(check, check=False, user=65534, group=65534, extra_groups=[], cwd="/").returncode == 0
    except OSError:
        return False


AS_ROOT = os.geteuid() == 0  # only root has another account run the server
ORDINARY_PYTHON = next((path for path in (sys.executable, "/usr/bin/python3") if AS_ROOT and may_run(path)), None)


@pytest.fixture
def outside(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(places, "OUTSIDE", data_dir.parent / "outside")
    return data_dir.parent / "outside"


@only_if(AS_ROOT)
def test_a_data_dir_out_of_reach_keeps_its_permissions_and_its_database_elsewhere(
    data_dir: Path, outside: Path
) -> None:
    closed = data_dir / "closed"
    closed.mkdir(parents=True)
    data_dir.chmod(0o700)
    for _ in range(2):
        with EmbeddedPostgres.start(closed, durable=False) as server:
            ask(server.url, "create table if not exists kept as select 7 as number")
            with EmbeddedPostgres.start(closed) as joined:
                assert joined.url == server.url
    assert (closed / "postgres").resolve().parent == outside
    assert data_dir.stat().st_mode & 0o777 == 0o700

    moved = closed.rename(data_dir / "moved")
    with EmbeddedPostgres.start(moved, durable=False) as server:
        assert ask(server.url, "select number from kept") == 7
    with EmbeddedPostgres.start(closed, durable=False) as server:
        assert ask(server.url, "select to_regclass('kept')") is None
    assert len(list(outside.iterdir())) == 2


@only_if(AS_ROOT)
def test_programs_out_of_reach_are_copied_once(
    used_dir: Path, data_dir: Path, outside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = places.installed()
    closed = data_dir.parent / "closed"
    closed.mkdir(mode=0o700)
    shutil.copytree(package, closed / package.name, ignore=places.UNUSED)
    (closed / package.name / "__init__.py").touch()
    if package.with_name(f"{package.name}.libs").exists():
        shutil.copytree(package.with_name(f"{package.name}.libs"), closed / f"{package.name}.libs")
    for path in closed.rglob("*"):
        path.chmod(path.stat().st_mode & 0o700)
    monkeypatch.syspath_prepend(str(closed))

    for _ in range(2):
        with EmbeddedPostgres.start(used_dir, durable=False) as server:
            assert ask(server.url, "select 1") == 1
    [copy] = outside.iterdir()
    assert copy.name.startswith("postgresql-18-")
    assert not any(path.stat().st_mode & 0o022 for path in copy.rglob("*"))
    assert closed.stat().st_mode & 0o777 == 0o700


@only_if(ORDINARY_PYTHON is not None)
def test_an_ordinary_user_runs_it_as_himself(data_dir: Path) -> None:
    assert ORDINARY_PYTHON
    data_dir.mkdir()
    os.chown(data_dir, 65534, 65534)
    paths = {"PYTHONPATH": f"{ROOT}:{places.installed().parent}", "PATH": os.defpath, "PYTHONDONTWRITEBYTECODE": "1"}
    options = {"env": paths, "user": 65534, "group": 65534, "extra_groups": []}
    with process(BEGIN + WAIT, data_dir, ORDINARY_PYTHON, **options) as parent:
        url = says(parent)
        assert ask(url, "select 1") == 1
        assert (data_dir / "postgres").stat().st_mode & 0o777 == 0o700
        parent.kill()
        eventually(lambda: is_quiet(data_dir))
    with pytest.raises(EmbeddedPostgresError, match="belongs to another account"):
        EmbeddedPostgres.start(data_dir)
