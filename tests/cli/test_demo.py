"""`serve --demo` as whoever tries it first meets it, and its story played fast."""

import asyncio
import json
import os
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest
from structlog.testing import capture_logs

from actions.organizations import DEFAULT_BLACKLIST
from cli.compose import running
from cli.demo.carrier import LoopbackCarrier, Report
from cli.demo.cast import HOUSES, Caller, House
from cli.demo.seeds import Company
from cli.demo.stage import Stage
from cli.demo.story import Story
from cli.server import listen
from cli.settings import Settings, SettingsError, read_settings
from domain.ids import new_id
from sophie.reading import Reading
from sophie.review import review
from tests.play import callers
from tests.play.databases import drop_database, new_database
from tests.play.house import serving
from tests.play.tenant import Tenant

ROOT = Path(__file__).parents[2]
COUNTS = (
    "{ leads { totalCount } conversations { totalCount } messages { totalCount } viewer { organization { slug } } }"
)
BOARD = "{ pipelineStages { nodes { name leads(first: 50) { nodes { score location inquiryDate source } } } } }"
INBOX = """subscription { inboxEvents(filter: {kinds: [MESSAGE_RECEIVED, MESSAGE_SENT]}) {
    __typename ... on MessageReceived { message { body } } ... on MessageSent { message { body } } } }"""
INSIGHTS = "subscription { sophieInsightAdded { insight { title } } }"
SEND = """mutation($input: SendMessageInput!) { sendMessage(input: $input) { __typename ... on Message { id } } }"""
NEWEST = "query($id: ID!) { conversation(id: $id) { messages(first: 1) { nodes { direction body } } } }"


@dataclass(frozen=True, slots=True)
class Running:
    """A demo that somebody started, its notes, and what it printed."""

    data_dir: Path
    note: dict[str, Any]
    printed: str


@pytest.fixture(scope="module")
def demo() -> Iterator[Running]:
    """The real command, which must end well and leave no server behind."""
    folder = Path(tempfile.mkdtemp(prefix="rekindle-demo-"))
    folder.chmod(0o755)  # so that PostgreSQL's own account may enter where the tests run as root
    with (folder / "printed").open("w+") as out, (folder / "logged").open("w+") as err:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("REKINDLE_")}
        command = subprocess.Popen(
            [sys.executable, "-c", "from cli.main import app; app()", "serve", "--demo", "--port", str(free_port())],
            cwd=folder,
            env=environment | {"PYTHONPATH": str(ROOT), "REKINDLE_DATA_DIR": "data"},
            stdout=out,
            stderr=err,
        )
        try:
            yield wait_for_the_bill(command, folder)
        finally:
            ended = end(command)
    assert ended == 0, (folder / "logged").read_text()
    assert not is_answering(json.loads((folder / "data/postgres/server.json").read_text())["port"])
    shutil.rmtree(folder)


def wait_for_the_bill(command: subprocess.Popen[bytes], folder: Path) -> Running:
    deadline = time.monotonic() + 90
    while "Ctrl+C" not in (folder / "printed").read_text():
        assert command.poll() is None, (folder / "logged").read_text()
        assert time.monotonic() < deadline, "the demo did not open"
        time.sleep(0.05)
    note = json.loads((folder / "data/demo.json").read_text())
    return Running(folder / "data", note, (folder / "printed").read_text())


def end(command: subprocess.Popen[bytes]) -> int:
    command.terminate()
    try:
        return command.wait(20)
    except subprocess.TimeoutExpired:
        command.kill()
        return command.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def is_answering(port: int) -> bool:
    with socket.socket() as caller:
        return caller.connect_ex(("127.0.0.1", port)) == 0


@asynccontextmanager
async def calling(note: dict[str, Any], place: int, who: str) -> AsyncIterator[callers.Caller]:
    async with httpx.AsyncClient(base_url=note["http"].removesuffix("/graphql"), timeout=10) as http:
        yield callers.Caller(http, note["ws"], note["organizations"][place]["tokens"][who])


def test_the_note_says_what_programs_need(demo: Running) -> None:
    note = demo.note
    assert set(note) == {"http", "ws", "twilio", "organizations"}
    assert (note["http"][:17], note["ws"][:15]) == ("http://127.0.0.1:", "ws://127.0.0.1:")
    assert set(note["twilio"]) == {"accountSid", "authToken"}
    assert [item["slug"] for item in note["organizations"]] == ["brightside-solar", "harbour-auto"]
    for item in note["organizations"]:
        assert set(item) == {"id", "slug", "phoneNumber", "tokens"}
        assert set(item["tokens"]) == {"owner", "agent"}
        assert UUID(item["id"].removeprefix("organization_"))
    assert stat.S_IMODE((demo.data_dir / "demo.json").stat().st_mode) == 0o600


def test_what_is_printed_can_be_copied(demo: Running) -> None:
    lines = demo.printed.splitlines()
    for item in demo.note["organizations"]:
        for token in item["tokens"].values():
            assert any(line.split()[-1:] == [token] for line in lines)
    assert any(line.endswith(str(demo.data_dir / "demo.json")) for line in lines)
    assert sum(line.startswith(f"curl -s {demo.note['http']} ") for line in lines) == 1


@pytest.mark.parametrize("who", ["owner", "agent"])
@pytest.mark.parametrize("place", [0, 1])
async def test_every_token_opens_its_organization(demo: Running, place: int, who: str) -> None:
    async with calling(demo.note, place, who) as caller:
        answer = await caller.ask(COUNTS)
    assert answer["viewer"]["organization"]["slug"] == demo.note["organizations"][place]["slug"]
    least = {"owner": (40, 15, 45), "agent": (16, 6, 18)}[who]  # an agent sees their own leads and those nobody has
    for name, count in zip(("leads", "conversations", "messages"), least, strict=True):
        assert answer[name]["totalCount"] >= count


async def test_the_board_is_filled(demo: Running) -> None:
    """Every stage has leads, of which much is known; who wrote scores more (S0.21, S4.10)."""
    async with calling(demo.note, 1, "owner") as caller:
        stages = (await caller.ask(BOARD))["pipelineStages"]["nodes"]
    leads = [lead for stage in stages for lead in stage["leads"]["nodes"]]
    assert all(stage["leads"]["nodes"] for stage in stages)
    assert {lead["score"] for lead in leads} >= {0, 5, 15, 25, 35}
    assert all(lead["location"] and lead["inquiryDate"] for lead in leads if lead["source"] != "INBOUND")


async def test_the_feed_moves(demo: Running) -> None:
    async with calling(demo.note, 0, "agent") as caller, caller.hear(INBOX) as ear:
        event = await ear.next(30)
    assert event["message"]["body"]


@pytest.fixture(scope="module")
async def empty_database(database_url: str) -> AsyncIterator[str]:
    """A database of its own, so that no other worker sends what the demo sends."""
    name = f"demo_{uuid4().hex}"
    yield await new_database(database_url, name)
    await drop_database(database_url, name)


def settings_for(url: str, data_dir: Path, port: int) -> Settings:
    return read_settings(
        database_url=url, port=port, data_dir=data_dir, jwt_secret="a secret that only the tests know, and long enough"
    )


@asynccontextmanager
async def playing_fast(url: str, data_dir: Path) -> AsyncIterator[dict[str, Any]]:
    listener = listen("127.0.0.1", 0)
    settings = settings_for(url, data_dir, listener.getsockname()[1])
    async with (
        Stage(settings, url, pace=(0.01, 0.05)) as stage,
        running(stage.settings, url) as parts,
        serving(parts.app, listener),
    ):
        stage.open()
        yield json.loads((data_dir / "demo.json").read_text())


async def test_people_are_replied_to_sophie_finds_faults_and_nothing_is_seeded_twice(
    empty_database: str, tmp_path: Path
) -> None:
    async with playing_fast(empty_database, tmp_path) as first, calling(first, 0, "agent") as caller:
        async with caller.hear(INSIGHTS) as ear:
            assert (await ear.next(30))["insight"]["title"]
        await is_replied_to(caller)
    before = await count_rows(empty_database)
    async with Stage(settings_for(empty_database, tmp_path, free_port()), empty_database):
        assert await count_rows(empty_database) == before
    async with playing_fast(empty_database, tmp_path) as again:
        assert again["twilio"] == first["twilio"]
        assert [item["id"] for item in again["organizations"]] == [item["id"] for item in first["organizations"]]


async def count_rows(url: str) -> list[int]:
    tables = ("organizations", "users", "memberships", "phone_numbers", "leads", "conversations", "messages", "events")
    connection = await asyncpg.connect(url)
    try:
        return [await connection.fetchval(f"select count(*) from {table}") for table in tables]
    finally:
        await connection.close()


async def is_replied_to(caller: callers.Caller) -> None:
    """A person writes to the lead who has been quiet for longest, and the lead answers."""
    oldest = "{ conversations(last: 1) { nodes { id } } }"
    conversation = (await caller.ask(oldest))["conversations"]["nodes"][0]["id"]
    text = {"conversationId": conversation, "body": "Is anybody there?", "idempotencyKey": uuid4().hex}
    assert (await caller.ask(SEND, input=text))["sendMessage"]["__typename"] == "Message"
    deadline = time.monotonic() + 30
    while True:
        newest = (await caller.ask(NEWEST, id=conversation))["conversation"]["messages"]["nodes"][0]
        if newest["direction"] == "INBOUND":
            return
        assert time.monotonic() < deadline, "the lead did not reply"
        await asyncio.sleep(0.02)


async def test_the_demo_wants_a_port_it_can_tell(empty_database: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="REKINDLE_PORT"):
        async with Stage(settings_for(empty_database, tmp_path, 0), empty_database):
            pass


async def test_the_demo_takes_no_texts_of_other_organizations(tenant: Tenant, tmp_path: Path) -> None:
    url = tenant.house.database_url
    with pytest.raises(SettingsError, match="a database of the demo's own"):
        async with Stage(settings_for(url, tmp_path, free_port()), url):
            pass


class BrokenDesk:
    """Nobody can ever answer."""

    async def answer(self, caller: Caller, body: str, member_id: UUID | None) -> bool:
        raise RuntimeError("the desk is broken")


@pytest.fixture
async def deaf() -> AsyncIterator[LoopbackCarrier]:
    """A carrier whose webhooks nobody takes."""
    carrier = LoopbackCarrier("AC" + "1" * 32, "a-token", f"http://127.0.0.1:{free_port()}/inbound")
    yield carrier
    await carrier.close()


def a_story(carrier: LoopbackCarrier) -> Story:
    company = Company(HOUSES[0], new_id(), tuple(new_id() for _ in HOUSES[0].people), is_new=True)
    return Story(company, carrier, BrokenDesk(), pace=(0, 0))


async def test_no_beat_that_fails_ends_the_story(deaf: LoopbackCarrier) -> None:
    with capture_logs() as logs:
        playing = asyncio.create_task(a_story(deaf).play())
        await eventually(lambda: {"warning", "error"} <= {entry["log_level"] for entry in logs} and len(logs) > 50)
        assert not playing.done()
        playing.cancel()
        await asyncio.gather(playing, return_exceptions=True)


async def test_the_carrier_remembers_no_more_after_hours(deaf: LoopbackCarrier) -> None:
    deaf.reports.extend(Report("SM1", "sent", 200) for _ in range(5_000))
    playing = asyncio.create_task(a_story(deaf).play())
    await eventually(lambda: len(deaf.reports) <= 500 and len(deaf.heard) >= 500)
    playing.cancel()
    await asyncio.gather(playing, return_exceptions=True)
    assert len(deaf.heard) <= 501


async def eventually(condition: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        await asyncio.sleep(0.02)


@pytest.mark.parametrize("house", HOUSES, ids=lambda house: house.slug)
def test_sophie_finds_the_slips_and_nothing_else(house: House) -> None:
    lines = [line for scene in (*house.scenes, *house.stranger_scenes) for line in scene.lines]
    for line in lines:
        said = line.say("Christopher", "Christopher")
        assert not (line.is_ours and found_in(said)), (said, found_in(said))
        if line.slip:
            assert found_in(line.say("Al", "Al", badly=True)), line.slip
    rules = {rule.partition(":")[0] for line in lines if line.slip for rule in found_in(line.slip)}
    assert {"emoji", "shouting", "blacklist", "length"} <= rules


def found_in(text: str) -> set[str]:
    reading = Reading(text, first_name="Christopher", blacklisted_words=DEFAULT_BLACKLIST)
    return {finding.rule for finding in review(reading).faults}


@pytest.mark.parametrize("house", HOUSES, ids=lambda house: house.slug)
def test_the_cast_is_whole(house: House) -> None:
    numbers = [house.number, *(lead.phone for lead in house.leads if lead.phone), *house.stranger_numbers]
    assert len(numbers) == len(set(numbers))
    assert all(not scene.lines[0].is_ours for scene in (*house.scenes, *house.stranger_scenes))
    last = house.seeded()[-1][1]
    assert not last.lines[last.seeded - 1].is_ours
    assert len(house.leads) == 40
    assert len(house.callers()) > len(house.scenes)
