"""The page for front-end developers shows the code that the tests run, and nothing else."""

import re

from tests.play.databases import ROOT
from tests.play.node import SOURCE

PAGE = (ROOT / "docs" / "live-feed.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```ts(.*?)\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


def test_the_blocks_of_a_name_are_the_file_of_this_name() -> None:
    shown: dict[str, list[str]] = {}
    for info, code in BLOCKS:
        named = re.fullmatch(r' title="(.+)"', info)
        assert named, f"this block is of no file:\n{code}"
        shown.setdefault(named[1], []).append(code)
    assert {path.name for path in SOURCE.glob("*.ts")} == shown.keys()
    for name, blocks in shown.items():
        assert "\n".join(blocks) == (SOURCE / name).read_text(encoding="utf-8"), name


def test_the_readme_leads_to_it() -> None:
    assert "docs/live-feed.md" in (ROOT / "README.md").read_text(encoding="utf-8")
