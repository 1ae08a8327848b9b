"""Every statement written by hand names its organization wherever it touches a tenant's table."""

import re
from pathlib import Path

import asyncpg
import pytest

from actions.placing import _BELONGINGS
from db import statements as written
from tests.house.walls import bare, breaches_of_plan, breaches_of_text, generic_plan

WRITTEN = [
    pytest.param(sql, id=f"{path.stem}.{name}")
    for path in sorted((Path(written.__file__).parent / "sql").glob("*.sql"))
    for name, sql in written.statements(path.stem).items()
]
ROOT = Path(written.__file__).parents[1]
_ASKED = re.compile(r'(?:session\.(?:rows?|value|execute)|\bstatement)\(\s*"(\w+)",\s*"(\w+)"')
PAST_FIRST = "select 1 from messages m join conversations c on c.id = m.conversation_id where m.organization_id = $1"


@pytest.mark.parametrize("sql", WRITTEN)
async def test_a_written_statement_names_its_organization(owner: asyncpg.Connection, sql: str) -> None:
    assert breaches_of_text(sql) == []
    assert breaches_of_plan(await generic_plan(owner, sql)) == []


def test_whatever_is_asked_by_name_is_written() -> None:
    folders = ("actions", "bench", "cli", "db", "realtime", "resolvers", "tests", "web", "workers")
    texts = [path.read_text() for folder in folders for path in (ROOT / folder).rglob("*.py")]
    asked = {found for text in texts for found in _ASKED.findall(text)}
    assert len(asked) > 400
    assert [one for one in sorted(asked) if one[1] not in written.statements(one[0])] == []


def test_whatever_is_written_is_asked_for() -> None:
    """By its name, or by one that is put together."""
    folders = ("actions", "cli", "db", "realtime", "resolvers", "web", "workers")
    text = "".join(path.read_text() for folder in folders for path in (ROOT / folder).rglob("*.py"))
    begun = tuple(re.findall(r'f"(\w+_)\{', text))
    names = {str(one.id).partition(".")[2] for one in WRITTEN}
    assert {name for name in names if f'"{name}"' not in text and not name.startswith(begun)} == set()


@pytest.mark.parametrize("sql", WRITTEN)
async def test_a_written_statement_could_be_distributed(owner: asyncpg.Connection, sql: str) -> None:
    text = bare(sql)
    changes = re.findall(r"\bupdate (?!skip|of\b|set\b)\w+(?: \w+)? set (.*?)(?= where | returning |$)", text)
    changes += re.findall(r"\bdo update set (.*)", text)
    called = {name for change in changes for name in re.findall(r"(\w+) ?\(", change)}
    volatile = await owner.fetch(
        "select proname from pg_proc where provolatile = 'v' and proname = any ($1)", [*called]
    )
    assert [row["proname"] for row in volatile] == [], "a shard would make up a value of its own"
    assert [change for change in changes if re.search(r"\borganization_id = ", change)] == []
    assert not re.search(r"\bdo update set .*\bnow\(", text)
    assert not re.search(r"\bvalues ?\([^;]*\(select ", text)
    if re.search(r"\binsert into \w+ \([^)]*\) select ", text):
        assert " on conflict " in text or " returning " in text


@pytest.mark.parametrize("sql", WRITTEN)
def test_what_copies_whose_a_lead_is_copies_where_it_is(sql: str) -> None:
    """A row of a lead that says nothing of its datasets would be seen by nobody who is limited to them."""
    for columns in re.findall(r"\binsert into \w+ \(([^)]*)\)", bare(sql)):
        assert ("assignee_id" in columns) <= ("dataset_ids" in columns)


async def test_what_belongs_to_a_lead_goes_where_the_lead_goes(owner: asyncpg.Connection) -> None:
    """A statement for every table with copies of the lead's datasets; what was told stays, words follow alone."""
    rows = await owner.fetch(
        "select table_name as name from information_schema.columns where table_schema = 'public' and column_name = $1",
        "dataset_ids",
    )
    belonging = {row["name"] for row in rows} - {"leads", "events", "lead_words"}
    assert {*_BELONGINGS} - {"absorbed"} == belonging
    assert {f"carry_to_{table}" for table in _BELONGINGS} <= {*written.statements("datasets")}


@pytest.mark.parametrize(
    "sql",
    [
        PAST_FIRST,
        "select 1 from messages m, conversations c where m.organization_id = $1"
        " and c.organization_id = m.organization_id",
        "select (select count(*) from leads l where l.id = c.lead_id) from conversations c"
        " where c.organization_id = $1",
        "update messages set status = 'READ' where id = $1",
        "delete from leads where organization_id = $12",
        "insert into events (organization_id, seq, id, kind) select l.organization_id, 1, l.id, 'X' from leads l"
        " where l.organization_id = $1",
        "with due as (select id from messages limit 1) select 1 from messages m join due d on d.id = m.id"
        " where m.organization_id = $1",
    ],
)
def test_the_look_at_a_text_sees_what_is_missing(sql: str) -> None:
    assert breaches_of_text(sql)


async def test_the_look_at_a_plan_sees_what_is_missing(owner: asyncpg.Connection) -> None:
    assert breaches_of_plan(await generic_plan(owner, PAST_FIRST))
    whole = "with one as (select $1::uuid as id) select m.id from messages m, one where m.organization_id = one.id"
    assert breaches_of_plan(await generic_plan(owner, whole.replace("as (", "as materialized (")))
