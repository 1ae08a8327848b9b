"""What the clients' tests share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.play.node import installed


@pytest.fixture(scope="session")
def folder() -> Iterator[Path]:
    with installed() as copy:
        yield copy
