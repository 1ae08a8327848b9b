"""The explorer: a page that is whole without the internet."""

import hashlib
import re
from urllib.parse import urljoin

import httpx
import pytest

from cli.compose import running
from resolvers.documents import Document
from resolvers.schema import Schema
from tests.play.house import House
from web.explorer import FOLDER, TYPES

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
OUR_OWN = {"index.html", "explorer.js", "explorer.css"}
NAMED = re.compile(r"""(?:src|href)="([^"]+)\"""")


async def page(house: House) -> httpx.Response:
    answer = await house.http.get("/graphql", headers=BROWSER)
    assert answer.status_code == 200
    return answer


def assets(html: str) -> list[str]:
    return [address for address in NAMED.findall(html) if not address.startswith("data:")]


async def test_a_browser_is_shown_the_page(house: House) -> None:
    answer = await page(house)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "accept" in answer.headers["vary"].lower()
    assert "<title>Rekindle</title>" in answer.text


async def test_the_first_page_leads_to_it(house: House) -> None:
    answer = await house.http.get("/", headers=BROWSER, follow_redirects=True)
    assert "<title>Rekindle</title>" in answer.text


async def test_everything_the_page_names_is_served_and_may_be_kept(house: House) -> None:
    named = assets((await page(house)).text)
    assert {address.rpartition("/")[2] for address in named} == {
        path.name for path in FOLDER.iterdir() if path.suffix in TYPES
    }
    for address in named:
        answer = await house.http.get(urljoin("/graphql", address))
        assert answer.status_code == 200, address
        assert answer.headers["content-type"].startswith(("text/javascript", "text/css"))
        assert "immutable" in answer.headers["cache-control"]
        assert answer.content == (FOLDER / address.rpartition("/")[2]).read_bytes()


@pytest.mark.parametrize("name", ["index.html", "LICENSES.md", "nothing.js", "..%2Fexplorer.py", "%2e%2e/explorer.py"])
async def test_nothing_else_is_served(house: House, name: str) -> None:
    folder = assets((await page(house)).text)[0].rpartition("/")[0]
    assert (await house.http.get(f"/{folder}/{name}")).status_code == 404


async def test_the_policy_allows_only_this_server(house: House) -> None:
    answer = await page(house)
    policy = dict(part.split(" ", 1) for part in answer.headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["connect-src"] == "'self'"
    allowed = {source for sources in policy.values() for source in sources.split()}
    assert allowed == {"'self'", "'none'", "'unsafe-inline'", "data:"}
    assert policy["style-src"] == "'self' 'unsafe-inline'"  # and no inline script anywhere
    assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=|javascript:", answer.text)


async def test_the_page_points_to_no_other_host(house: House) -> None:
    html = (await page(house)).text
    assert not [address for address in NAMED.findall(html) if re.match(r"[a-z+.-]+://|//", address)]
    for name in OUR_OWN:
        assert not re.search(r"(https?|wss?)://", (FOLDER / name).read_text(encoding="utf-8")), name


def test_its_scripts_and_styles_load_nothing_from_another_host() -> None:
    for path in FOLDER.glob("*.css"):
        text = path.read_text(encoding="utf-8")
        assert "@import" not in text
        assert not re.search(r"url\((?!\s*[\"']?data:)", text), path.name
    for path in FOLDER.glob("*.js"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"""(fetch|import|importScripts|Worker|WebSocket)\(\s*["'`](https?:|wss?:|//)""", text)


async def test_its_examples_are_good_documents() -> None:
    text = (FOLDER / "explorer.js").read_text(encoding="utf-8")
    examples = re.findall(r"^const [A-Z]+ = `(.+?)`;", text, re.DOTALL | re.MULTILINE)
    assert len(examples) == 2
    documents = Schema().documents
    assert all(isinstance(documents.get(example), Document) for example in examples)


def test_what_others_wrote_is_named_and_unchanged() -> None:
    named = (FOLDER / "LICENSES.md").read_text(encoding="utf-8")
    theirs = [path for path in FOLDER.iterdir() if path.name not in OUR_OWN | {"LICENSES.md"}]
    assert theirs
    for path in theirs:
        assert f"| `{path.name}` |" in named
        assert f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" in named


async def test_who_is_no_browser_gets_no_page(house: House) -> None:
    answer = await house.http.get("/graphql", params={"query": "{ __typename }"})
    assert answer.json()["data"] == {"__typename": "Query"}


async def test_switched_off_there_is_no_page(house: House) -> None:
    asset = assets((await page(house)).text)[0]
    settings = house.settings.model_copy(update={"explorer": False, "work": False})
    async with running(settings, house.database_url) as parts:
        transport = httpx.ASGITransport(parts.app)
        async with httpx.AsyncClient(transport=transport, base_url=house.origin) as http:
            answer = await http.get("/graphql", headers=BROWSER)
            assert answer.status_code in (200, 400)  # answered as every GET without a query
            assert answer.headers["content-type"].startswith("application/json")
            assert answer.json()["errors"]
            assert (await http.get(urljoin("/graphql", asset))).status_code == 404
