"""Logs are read by many: what a bug met stays out of them."""

import asyncio
import sys

import pytest

from tests.play.databases import ROOT

BUG = """
import structlog
from cli.logs import set_up_logs
set_up_logs({form!r})
def keep(secret):
    raise ZeroDivisionError
try:
    keep("nobody's " + "business")
except ZeroDivisionError:
    structlog.get_logger().exception("bug")
"""


@pytest.mark.parametrize("form", ["json", "console"])
async def test_a_stack_shows_no_values(form: str) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", BUG.format(form=form)), cwd=ROOT, stderr=asyncio.subprocess.PIPE
    )
    _, logged = await process.communicate()
    assert b"ZeroDivisionError" in logged and b"keep" in logged
    assert b"nobody's business" not in logged
