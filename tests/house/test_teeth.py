"""The matrices bite: in a scratch copy from which one policy or one permission was taken, they turn red."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.play.databases import ROOT

# What is taken away, where, what stands there instead, and the tests that must notice.
WOUNDS = {
    "the tenant's policy": (
        "db/migrations/0003_leads.up.sql",
        "select isolate('leads');",
        "alter table leads enable row level security; alter table leads force row level security;\n"
        "create policy tenant on leads to rekindle_app using (true) with check (true);\n"
        "grant select, insert, update, delete on leads to rekindle_app; -- isolate('leads')",
        "tests/api/test_tenancy.py -k leads",
    ),
    "row-level security for the owner": (
        "db/migrations/0001_tenancy.up.sql",
        "execute format('alter table %s force row level security', target);",
        "",
        "tests/house/test_tables.py -k forced",
    ),
    "the policy of a scope": (
        "db/migrations/0015_people.up.sql",
        "select narrow_to_scope('customers');",
        "",
        "tests/house/test_tables.py tests/api/test_customers.py -k scope or sees",
    ),
    "the policy of datasets": (
        "db/migrations/0022_allowed_datasets.up.sql",
        "select narrow_to_datasets('insights');",
        "",
        "tests/house/test_tables.py -k narrowed",
    ),
    "the organization in a statement": (
        "db/sql/conversations.sql",
        "organization_id = $1 and ",
        "$1::uuid is not null and ",
        "tests/house/test_statement_text.py",
    ),
    "the permission of an action": (
        "actions/organizations.py",
        "session.actor.require(Permission.ORGANIZATION_WRITE)",
        "pass",
        "tests/api/test_permissions.py -k changeOrganization",
    ),
    "the permission of an entity": (
        "db/credentials.py",
        "    permission=Permission.CREDENTIALS_WRITE,\n",
        "",
        "tests/api/test_permissions.py -k credentials",
    ),
    "the permission in a description": (
        "resolvers/leads.py",
        "Needs LEADS_ERASE.",
        "Needs INBOX_READ.",
        "tests/api/test_permissions.py -k eraseLead",
    ),
    "a column of the portal's role": (
        "db/migrations/0015_people.up.sql",
        "grant update (first_name,",
        "grant update (membership_status, first_name,",
        "tests/api/test_portal.py -k nothing_else",
    ),
}


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what the tests need, beside the original's environment."""
    copy = tmp_path_factory.mktemp("scratch") / "copy"
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".*", "node_modules", "__pycache__", "bench", "docs"))
    for parent in (copy, *copy.parents[:3]):
        parent.chmod(0o755)  # the account that runs PostgreSQL may be another
    return copy


def run(copy: Path, tests: str) -> subprocess.CompletedProcess[str]:
    path, _, words = tests.partition(" -k ")
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *path.split()]
    command += ["-k", words] if words else []
    return subprocess.run(command, cwd=copy, capture_output=True, text=True, timeout=180, env=_environment(copy))


def _environment(copy: Path) -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}


@pytest.mark.parametrize("wound", WOUNDS)
def test_what_was_taken_away_is_missed(scratch: Path, wound: str) -> None:
    place, taken, instead, tests = WOUNDS[wound]
    file = scratch / place
    whole = file.read_text("utf-8")
    assert taken in whole, "there is nothing to take away"
    file.write_text(whole.replace(taken, instead, 1), "utf-8")
    try:
        hurt = run(scratch, tests)
    finally:
        file.write_text(whole, "utf-8")
    assert hurt.returncode == 1, hurt.stdout[-2000:] + hurt.stderr[-2000:]
    assert "failed" in hurt.stdout


def test_a_copy_from_which_nothing_was_taken_is_green(scratch: Path) -> None:
    """So that what is red in the others is red for what they miss."""
    whole = run(scratch, "tests/house/test_statement_text.py tests/house/test_tables.py")
    assert whole.returncode == 0, whole.stdout[-2000:] + whole.stderr[-2000:]
