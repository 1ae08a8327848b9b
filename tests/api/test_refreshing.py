"""Social connections are refreshed before they expire, whatever happens meanwhile; those that cannot be end (S4.4)."""

import asyncio
import json
from datetime import datetime, timedelta
from uuid import uuid4

import asyncpg
import pytest
from structlog.testing import capture_logs

from actions.organizations import cancel_organization
from db.database import Database
from db.migrate import migrate
from domain.credentials import CredentialProvider
from domain.refusals import Refusal
from domain.sealing import new_key_ring, read_key_ring
from tests.api.test_credentials import TURN, dump
from tests.play.connections import FEED, LIFE, Desk, open_desk
from tests.play.databases import new_database
from tests.play.house import House, open_house
from tests.play.networks import ALL, FACEBOOK, INSTAGRAM, LINKEDIN, TWITTER, Networks
from tests.play.past import bare
from tests.play.tenant import Tenant, open_tenant
from tests.play.waiting import until
from workers.refreshing import Refreshing

OLD = """
with one as (insert into organizations (id, slug, name) values (gen_random_uuid(), 'before', 'Before') returning id)
insert into credentials (organization_id, id, kind, provider, name, sealed, key_id, last_characters, created_at,
                         refreshed_at, expires_at)
select id, gen_random_uuid(), kind, provider, name, '', '', '', '2026-01-01', refreshed_at, expires_at
from one, (values ('SOCIAL', 'TWITTER', 'a', null::timestamptz, '2026-01-11'::timestamptz),
                  ('SOCIAL', 'TWITTER', 'b', '2026-01-02', '2026-01-07'),
                  ('SOCIAL', 'TWITTER', 'c', null, null),
                  ('INTEGRATION', 'GMAIL', 'd', null, '2026-01-11'))
       old (kind, provider, name, refreshed_at, expires_at)"""


def at(instant: str) -> datetime:
    return datetime.fromisoformat(instant)


@pytest.mark.parametrize("provider", ALL)
async def test_it_is_refreshed_when_a_fifth_of_its_life_is_left(desk: Desk, provider: CredentialProvider) -> None:
    made = await desk.connect(provider)
    before = await desk.opened(made)
    desk.time.forward(minutes=95)
    assert await desk.work() == 0 and not desk.networks.told[provider]
    desk.time.forward(minutes=2)
    assert await desk.work() == 1 and len(desk.networks.told[provider]) == 1
    after, found = await desk.opened(made), await desk.look(made)
    assert after["access_token"] != before["access_token"] and after["page"] == before["page"]
    assert (after.get("refresh_token") != before.get("refresh_token")) == (provider is TWITTER)
    assert abs(at(found["expiresAt"]) - (desk.time() + LIFE)) < timedelta(seconds=1)
    assert found["isActive"] and found["refreshedAt"] and found["refreshFailure"] is None
    assert found["lastCharacters"] == after["access_token"][-4:] and found["version"] == made["version"] + 1
    assert await desk.ended() == []


async def test_it_lives_on_for_as_long_as_it_is_refreshed(desk: Desk) -> None:
    """A day of X's two hours, each refresh with the token of the one before."""
    made = await desk.connect(TWITTER)
    for _ in range(15):
        desk.time.forward(minutes=97)
        assert await desk.work() == 1
    assert len(desk.networks.told[TWITTER]) == 15 and (await desk.look(made))["isActive"]
    assert (await desk.opened(made))["refresh_token"] in desk.networks.good


async def test_a_network_whose_tokens_live_for_seconds_is_not_asked_without_end(desk: Desk) -> None:
    made = await desk.connect(TWITTER)
    desk.networks.life = 1
    desk.time.forward(minutes=97)
    assert await desk.work() == 1 and (await desk.look(made))["isActive"]
    desk.time.forward(seconds=2)
    assert await desk.work() == 0 and len(desk.networks.told[TWITTER]) == 1
    assert [one["id"] for one in await desk.ended()] == [made["id"]]


async def test_a_network_that_is_down_is_asked_again_with_pauses_until_the_end(desk: Desk) -> None:
    made = await desk.connect(LINKEDIN)
    await desk.networks.shut()
    desk.time.forward(minutes=97)
    tries = []
    for minute in range(24):
        if await desk.work():
            tries.append(minute)
        found = await desk.look(made)
        assert (found["isActive"], found["refreshFailure"]) == (minute < 23, "UNREACHABLE")
        desk.time.forward(minutes=1)
    assert tries == [0, 2, 6, 14]
    gone = {"id": made["id"], "isActive": False, "refreshFailure": "UNREACHABLE"}
    assert await desk.ended() == [gone]
    assert await desk.work() == 0
    with pytest.raises(Refusal, match="switched off"):
        await desk.opened(made)


async def test_a_network_that_comes_back_is_in_time(desk: Desk) -> None:
    made = await desk.connect(TWITTER)
    desk.networks.says = (503, {})
    desk.time.forward(minutes=97)
    assert await desk.work() == 1
    told = await desk.look(made)
    assert told["refreshFailure"] == "UNREACHABLE" and told["version"] == made["version"] + 1
    desk.time.forward(minutes=2)
    assert await desk.work() == 1
    assert (await desk.look(made))["version"] == told["version"], "the same failure again is nothing new"
    desk.networks.says = None
    desk.time.forward(minutes=4)
    assert await desk.work() == 1
    found = await desk.look(made)
    assert found["isActive"] and found["refreshFailure"] is None and await desk.opened(made)
    assert await desk.ended() == []


@pytest.mark.parametrize("provider", ALL)
async def test_a_refusal_for_good_ends_it_at_once(desk: Desk, provider: CredentialProvider) -> None:
    made = await desk.connect(provider)
    desk.networks.good.clear()
    desk.time.forward(minutes=97)
    assert await desk.work() == 1
    gone = {"id": made["id"], "isActive": False, "refreshFailure": "REFUSED"}
    assert await desk.ended() == [gone]
    desk.time.forward(days=1)
    assert await desk.work() == 0 and len(desk.networks.told[provider]) == 1
    assert await desk.ended() == [gone], "told once"


async def test_what_was_refused_and_is_switched_on_again_is_asked_for_again(desk: Desk) -> None:
    made = await desk.connect(TWITTER)
    token = (await desk.opened(made))["refresh_token"]
    desk.networks.good.discard(token)
    desk.time.forward(minutes=97)
    await desk.work()
    assert (await desk.tenant.admin.ask(TURN % "activate", c=made["id"]))["a"] == {"isActive": True}
    assert (await desk.look(made))["refreshFailure"] is None
    desk.networks.good.add(token)
    assert await desk.work() == 1
    assert (await desk.look(made))["isActive"] and (await desk.opened(made))["refresh_token"] != token


async def test_without_an_app_it_only_expires(tenant: Tenant, networks: Networks) -> None:
    async with open_desk(tenant, networks, TWITTER) as desk:
        made = [await desk.connect(provider) for provider in (LINKEDIN, FACEBOOK, INSTAGRAM)]
        desk.time.forward(minutes=119)
        assert await desk.work() == 0
        assert all([(await desk.look(one))["isActive"] for one in made])
        desk.time.forward(minutes=1)
        assert await desk.work() == 0
        facts = [{"id": one["id"], "isActive": False, "refreshFailure": None} for one in made]
        heard = await desk.ended()
        assert sorted(heard, key=str) == sorted(facts, key=str)
        assert networks.told == {one: [] for one in ALL}


async def test_what_lacks_its_token_is_told_so_at_once_and_ends_in_its_time(desk: Desk) -> None:
    made = await desk.connect(TWITTER, access_token="only an access token")
    assert (made["isActive"], made["refreshFailure"]) == (True, "LACKS_TOKEN")
    desk.time.forward(minutes=119)
    assert await desk.work() == 0 and not desk.networks.told[TWITTER]
    again = await desk.connect(TWITTER)
    assert (again["id"], again["refreshFailure"]) == (made["id"], None)
    desk.time.forward(minutes=97)
    assert await desk.work() == 1 and desk.networks.told[TWITTER]


async def test_what_was_stored_without_its_token_before_is_found_out(desk: Desk, sql: asyncpg.Connection) -> None:
    made = await desk.connect(LINKEDIN, access_token="only an access token")
    change = "update credentials set refresh_failure = null, refresh_at = now() where id = $1"
    await sql.execute(change, bare(made["id"]))
    desk.time.forward(minutes=97)
    assert await desk.work() == 1
    found = await desk.look(made)
    assert found["isActive"] and found["refreshFailure"] == "LACKS_TOKEN" and not desk.networks.told[LINKEDIN]
    desk.time.forward(minutes=20)
    assert await desk.work() == 0, "in vain is not tried again"


async def test_what_is_switched_off_is_left_alone(desk: Desk) -> None:
    made = await desk.connect(TWITTER)
    await desk.tenant.admin.ask(TURN % "deactivate", c=made["id"])
    desk.time.forward(minutes=130)
    assert await desk.work() == 0
    assert not desk.networks.told[TWITTER] and await desk.ended() == []


async def test_an_organization_that_was_cancelled_is_not_refreshed_for(desk: Desk) -> None:
    made = await desk.connect(TWITTER)
    async with desk.database.work(desk.tenant.product) as session:
        await cancel_organization(session)
    desk.time.forward(minutes=97)
    assert await desk.work() == 0
    desk.time.forward(minutes=24)
    assert await desk.work() == 0
    assert not (await desk.look(made))["isActive"] and not desk.networks.told[TWITTER]


async def test_a_server_that_was_down_when_it_was_due_asks_once_before_it_gives_up(desk: Desk) -> None:
    """X's refresh token outlives the access token by far; Facebook's is dead with it, and Facebook says so."""
    made = [await desk.connect(provider) for provider in (TWITTER, FACEBOOK)]
    desk.networks.good.discard((await desk.opened(made[1]))["access_token"])
    desk.time.forward(days=3)
    assert await desk.work() == 2
    assert [(await desk.look(one))["isActive"] for one in made] == [True, False]
    assert [one["id"] for one in await desk.ended()] == [made[1]["id"]]


async def test_what_does_not_open_waits_for_its_key(desk: Desk, house: House) -> None:
    made = await desk.connect(TWITTER)
    desk.time.forward(minutes=97)
    other = Database(house.database_url, pool_size=1, ring=read_key_ring(new_key_ring("another")))
    await other.connect()
    try:
        assert await desk.worker(other).take(desk.tenant.organization_id)
    finally:
        await other.disconnect()
    found = await desk.look(made)
    assert (found["isActive"], found["refreshFailure"]) == (True, "UNOPENABLE") and not desk.networks.told[TWITTER]
    desk.time.forward(minutes=2)
    assert await desk.work() == 1
    assert (await desk.look(made))["refreshFailure"] is None


async def test_the_server_does_it_all_by_itself(database_url: str, house: House, networks: Networks) -> None:
    """By the real clock: one is refreshed as it runs out, because nobody had the time before; one ends, and is told."""
    url = await new_database(database_url, f"refreshing_{networks.url.rpartition(':')[2]}")
    apps = networks.setting(TWITTER)
    async with open_house(url, social_apps=json.dumps(apps)) as whole:
        tenant = await open_tenant(whole)
        async with open_desk(tenant, networks, TWITTER) as desk, tenant.admin.hear(FEED) as ear:
            await tenant.followed()
            [kept, over] = [await desk.connect(one, timedelta(seconds=1)) for one in (TWITTER, INSTAGRAM)]
            assert (await ear.next())["credential"]["id"] == over["id"]

            async def is_refreshed() -> bool:
                return (await desk.look(kept))["refreshedAt"] is not None

            await until(is_refreshed)
            assert (await desk.look(kept))["isActive"] and await ear.is_silent()


async def test_nothing_that_is_kept_or_said_shows_a_token(desk: Desk, sql: asyncpg.Connection, house: House) -> None:
    """S4.4: tokens sealed, those that networks hand out as well."""
    made = [await desk.connect(provider) for provider in ALL]
    secrets = [value for one in made for name, value in (await desk.opened(one)).items() if name != "page"]
    with capture_logs() as logs:
        desk.networks.says = (503, {})
        desk.time.forward(minutes=97)
        await desk.work()
        desk.networks.says = None
        desk.time.forward(minutes=10)
        await desk.work()
        for one in made:
            secrets += [value for name, value in (await desk.opened(one)).items() if name != "page"]
        desk.networks.good.clear()
        desk.time.forward(minutes=97)
        await desk.work()
    records = await sql.fetch(
        "select a::text from audit_logs a where organization_id = $1", desk.tenant.organization_id
    )
    assert "[hidden]" in str(records) and "refresh_attempts" not in str(records)
    looked_at = {"logs": str(logs), "records": str(records), "answers": str([await desk.look(one) for one in made])}
    looked_at["events"] = str(await desk.ended())
    looked_at["dump"] = (await asyncio.to_thread(dump, house.database_url)).decode()
    assert len(set(secrets)) == 10
    assert [where for where, text in looked_at.items() for secret in secrets if secret in text] == []


async def test_connections_from_before_are_refreshed_too(database_url: str, house: House) -> None:
    """Due when a fifth of what they have is left; that counts as no change of theirs."""
    url = await new_database(database_url, f"before_{uuid4().hex}", migrated=False)
    await migrate(url, 14)
    sql = await asyncpg.connect(url)
    try:
        await sql.execute(OLD)
        await migrate(url)
        rows = await sql.fetch("select name, version, refresh_at - '2026-01-01' as due from credentials order by name")
        dues = [timedelta(days=8), timedelta(days=5), None, None]
        assert [(row["name"], row["due"]) for row in rows] == list(zip("abcd", dues, strict=True))
        assert {row["version"] for row in rows} == {1}
        assert await sql.fetchval("select count(*) from audit_logs where verb = 'UPDATE'") == 0
        told = "insert into events (organization_id, seq, id, kind) select id, 1, id, 'CREDENTIAL_EXPIRED' from"
        await sql.execute(f"{told} organizations")
        await migrate(url, 14)
        assert await sql.fetchval("select count(*) from events") == 0, "a server of before does not know it"
    finally:
        await sql.close()


async def test_who_has_something_due_is_found(desk: Desk, stranger: Tenant) -> None:
    made = await desk.connect(TWITTER)
    worker, own = desk.worker(), desk.tenant.organization_id
    assert own not in await worker.find()
    desk.time.forward(minutes=97)
    assert own in await worker.find() and stranger.organization_id not in await worker.find()
    assert own not in await Refreshing(desk.database, {}, desk.time).find(), "nobody could ask"
    await desk.work()
    assert own not in await worker.find()
    desk.time.forward(minutes=121)
    assert own in await Refreshing(desk.database, {}, desk.time).find()
    await desk.tenant.admin.ask(TURN % "deactivate", c=made["id"])
    assert own not in await worker.find()
