"""Data dirs in which embedded servers run."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from db.embedded.server import EmbeddedPostgres
from tests.play.embedded import eventually, is_quiet, new_data_dir


@pytest.fixture
def data_dir() -> Iterator[Path]:
    with new_data_dir() as folder:
        yield folder
        eventually(lambda: is_quiet(folder))  # whatever a test does, no process may be left


@pytest.fixture(scope="module")
def shared_dir() -> Iterator[Path]:
    with new_data_dir() as folder:
        EmbeddedPostgres.start(folder, durable=False).stop()
        yield folder


@pytest.fixture
def used_dir(shared_dir: Path) -> Iterator[Path]:
    """A data dir in which a server has run before, one for all tests: creating a cluster is the slow part."""
    yield shared_dir
    eventually(lambda: is_quiet(shared_dir))
