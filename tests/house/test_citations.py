"""What the five source systems promise is proved by tests that say so: every line that is built is cited by one."""

import re

import pytest

from tests.play.databases import ROOT

# The lines of the design's list of systems that are built, by the capability they belong to.
BUILT = {
    "people": """S0.1 S0.2 S0.3 S0.25 S1.1 S1.14 S1.15 S2.1 S2.2 S2.3 S2.4 S2.5 S2.6 S2.14 S2.15 S2.16
        S3.1 S3.7 S3.8 S3.11 S4.4 S4.7 S4.9 S4.11""",
    "bookings": "S1.7",
    "leads": """S0.4 S0.5 S0.6 S0.7 S0.8 S0.20 S0.21 S1.2 S1.5 S1.6 S1.18 S1.19 S1.20 S1.22 S2.7 S2.8 S3.2 S4.2
        S4.10""",
    "learning": "S0.13 S1.8 S1.9 S1.10 S1.11 S1.12 S1.13 S1.16 S1.17",
    "campaigns": """S0.9 S0.14 S0.15 S0.16 S0.17 S0.18 S0.19 S0.23 S1.3 S1.4 S2.13 S3.3 S3.4 S3.5 S3.6 S3.10 S4.1
        S4.5""",
}
_LINE = re.compile(r"\bS(\d)\.(\d+)(?:–(?:S\d\.)?(\d+))?")


def cited() -> dict[str, set[str]]:
    """Every line that a test file names, with those files."""
    found: dict[str, set[str]] = {}
    for path in ROOT.glob("tests/*/test_*.py"):
        if path.name == "test_citations.py":
            continue
        for system, first, last in _LINE.findall(path.read_text("utf-8")):
            for number in range(int(first), int(last or first) + 1):
                found.setdefault(f"S{system}.{number}", set()).add(path.name)
    return found


@pytest.mark.parametrize("capability", BUILT)
def test_every_line_that_is_built_is_cited(capability: str) -> None:
    lines = BUILT[capability].split()
    assert len(lines) == len(set(lines))
    assert [line for line in lines if line not in cited()] == []
