"""What is generated and committed is up to date, and shows when it is not."""

from tests.snapshots import differences, snapshots


def test_the_committed_files_are_up_to_date(house_url: str) -> None:
    assert differences(snapshots(house_url)) == "", "run `make snapshot` and commit what it writes"


def test_a_change_shows(house_url: str) -> None:
    wanted = snapshots(house_url)
    changed = {name: text.replace("\n", "\nchanged\n", 1) for name, text in wanted.items()}
    assert differences(changed).count("+changed\n") == len(wanted) == 4


def test_the_schema_shows_its_walls(house_url: str) -> None:
    sql = snapshots(house_url)["db/schema.sql"]
    policy = "CREATE POLICY tenant ON public.leads TO rekindle_app"
    assert policy in sql and "FORCE ROW LEVEL SECURITY" in sql and "CREATE UNIQUE INDEX" in sql
    assert "OWNER TO rekindle_lookup" in sql, "whose rights the lookups have"
    assert "rekindle;" not in sql.replace("rekindle_", ""), "who migrated is nobody's business"
