"""What else the server answers: the explorer, the schema's text, and how it is."""

from graphql import build_schema

from tests.play.house import House
from tests.play.served import SDL


async def test_a_browser_gets_the_explorer(house: House) -> None:
    answer = await house.http.get("/graphql", headers={"Accept": "text/html,application/xhtml+xml"})
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/html")
    assert "<html" in answer.text.lower() and "graphiql" in answer.text.lower()


async def test_the_front_door_leads_to_the_explorer(house: House) -> None:
    answer = await house.http.get("/", headers={"Accept": "text/html"})
    assert answer.is_redirect and answer.headers["location"].endswith("/graphql")


async def test_a_program_gets_answers_there(house: House) -> None:
    answer = await house.http.get("/graphql", params={"query": "{ __typename }"}, headers={"Accept": "*/*"})
    assert answer.json()["data"] == {"__typename": "Query"}


async def test_the_schema_is_served_as_text(house: House) -> None:
    answer = await house.http.get("/schema.graphql")
    assert (answer.status_code, answer.text) == (200, SDL)
    assert build_schema(answer.text).query_type


async def test_alive_and_ready(house: House) -> None:
    alive, ready = await house.http.get("/healthz"), await house.http.get("/readyz")
    assert (alive.status_code, alive.json()) == (200, {"status": "alive"})
    parts = {"status": "ready", "database": True, "migrations": True, "feed": True, "staying": True}
    assert (ready.status_code, ready.json()) == (200, parts)


async def test_there_is_nothing_else(house: House) -> None:
    for path in ("/admin", "/graphql/", "/webhooks", "/.env", "/metrics"):
        assert (await house.http.get(path, follow_redirects=False)).status_code in (307, 404)
