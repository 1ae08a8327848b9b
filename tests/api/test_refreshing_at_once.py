"""Several processes refresh, some die, and people change what is being refreshed: no token is used twice (S4.4)."""

import asyncio
import json
import signal
from typing import Any

import asyncpg
import pytest
from structlog.testing import capture_logs

from actions.refreshing import claim_refresh, end_expired, record_refresh
from db.database import Database
from domain.credentials import CredentialProvider
from domain.sealing import read_key_ring
from tests.api.test_credentials import DELETE, TURN
from tests.play.connections import LIFE, Desk, open_desk
from tests.play.house import SEALING_KEYS, House
from tests.play.networks import LINKEDIN, TWITTER, Mood, Networks
from tests.play.past import bare
from tests.play.process import free_port, process
from tests.play.tenant import Tenant
from tests.play.waiting import until


async def test_several_processes_ask_once_for_each(desk: Desk, house: House) -> None:
    """As X demands, whose token is good for one refresh."""
    made = [await desk.connect(TWITTER, name=f"no. {number}") for number in range(12)]
    desk.time.forward(minutes=97)
    ring = read_key_ring(SEALING_KEYS)
    databases = [Database(house.database_url, pool_size=3, ring=ring) for _ in range(3)]
    await asyncio.gather(*(database.connect() for database in databases))
    try:

        async def lane(database: Database) -> None:
            while await desk.worker(database).take(desk.tenant.organization_id):
                pass

        await asyncio.gather(*(lane(database) for database in databases for _ in range(3)))
    finally:
        await asyncio.gather(*(database.disconnect() for database in databases))
    assert len(desk.networks.told[TWITTER]) == 12
    assert len({told["refresh_token"] for told in desk.networks.told[TWITTER]}) == 12
    for one in made:
        found = await desk.look(one)
        assert found["isActive"] and found["refreshFailure"] is None
        assert (await desk.opened(one))["refresh_token"] in desk.networks.good


async def until_asked(networks: Networks, provider: CredentialProvider, times: int = 1) -> None:
    async def is_asked() -> bool:
        return len(networks.told[provider]) >= times

    await until(is_asked, 30)


async def begun(desk: Desk) -> asyncio.Task[bool]:
    """A refresh whose network has done as it was asked, and has not answered yet."""
    desk.networks.feel(Mood.SILENT)
    refresh = asyncio.create_task(desk.worker().take(desk.tenant.organization_id))
    await until_asked(desk.networks, TWITTER)
    return refresh


async def test_what_is_stored_anew_meanwhile_stays(desk: Desk) -> None:
    made = await desk.connect(TWITTER)
    desk.time.forward(minutes=97)
    refresh = await begun(desk)
    await desk.connect(TWITTER, access_token="stored by a person", refresh_token="and its own")
    desk.networks.feel(Mood.WELL)
    assert await refresh
    assert (await desk.opened(made))["access_token"] == "stored by a person"


async def test_what_is_switched_off_meanwhile_stays_off_and_has_its_new_tokens(desk: Desk) -> None:
    made = await desk.connect(TWITTER)
    desk.time.forward(minutes=97)
    refresh = await begun(desk)
    await desk.tenant.admin.ask(TURN % "deactivate", c=made["id"])
    desk.networks.feel(Mood.WELL)
    assert await refresh
    assert not (await desk.look(made))["isActive"]
    await desk.tenant.admin.ask(TURN % "activate", c=made["id"])
    assert (await desk.opened(made))["refresh_token"] in desk.networks.good


@pytest.mark.parametrize("says", [None, (400, {"error": "invalid_grant"})])
async def test_what_is_deleted_meanwhile_is_nobodys_trouble(desk: Desk, says: Any) -> None:
    made = await desk.connect(TWITTER)
    desk.time.forward(minutes=97)
    desk.networks.says = says
    refresh = await begun(desk)
    await desk.tenant.admin.ask(DELETE, c=made["id"])
    desk.networks.feel(Mood.WELL)
    assert await refresh and await desk.ended() == []


async def test_an_attempt_that_is_under_way_at_the_end_decides(desk: Desk) -> None:
    made = await desk.connect(TWITTER)
    desk.time.forward(minutes=119, seconds=59)
    refresh = await begun(desk)
    desk.time.forward(seconds=2)
    assert await desk.work() == 0 and (await desk.look(made))["isActive"]
    desk.networks.feel(Mood.WELL)
    assert await refresh
    assert (await desk.look(made))["isActive"] and await desk.ended() == []


async def test_an_answer_that_comes_late_brings_back_what_its_twin_took_for_ended(desk: Desk) -> None:
    """The first has used up the token; while it hangs, the second is told that there is no such token."""
    made = await desk.connect(TWITTER)
    desk.time.forward(minutes=97)
    async with desk.database.work(desk.tenant.product) as session:
        claim = await claim_refresh(session, [TWITTER], desk.time())
    assert claim and claim.secrets
    tokens = await desk.gateways[TWITTER].refresh(claim.secrets["refresh_token"])
    assert await desk.work() == 0, "claimed is claimed"
    desk.time.forward(minutes=2)
    assert await desk.work() == 1
    assert (await desk.look(made))["refreshFailure"] == "REFUSED"
    async with desk.database.work(desk.tenant.product) as session:
        assert await record_refresh(session, claim, tokens.secrets, tokens.lives)
    found = await desk.look(made)
    assert found["isActive"] and found["refreshFailure"] is None
    assert (await desk.opened(made))["refresh_token"] == tokens.secrets["refresh_token"]


async def test_of_two_who_record_the_first_is_kept(desk: Desk) -> None:
    made = await desk.connect(LINKEDIN)
    desk.time.forward(minutes=97)
    claims = []
    for _ in range(2):
        async with desk.database.work(desk.tenant.product) as session:
            claims.append(await claim_refresh(session, [LINKEDIN], desk.time()))
        desk.time.forward(minutes=2)
    kept = []
    for number, claim in enumerate(claims):
        assert claim
        async with desk.database.work(desk.tenant.product) as session:
            kept.append(await record_refresh(session, claim, {"access_token": f"no. {number}"}, LIFE))
    assert kept == [True, False] and (await desk.opened(made))["access_token"] == "no. 0"


async def test_new_tokens_are_kept_though_the_database_is_in_trouble(
    desk: Desk, house: House, sql: asyncpg.Connection
) -> None:
    """They are all there is: so for as long as it takes."""
    made = await desk.connect(TWITTER)
    desk.time.forward(minutes=97)
    hasty = Database(house.database_url, pool_size=1, timeout_seconds=0.1, ring=read_key_ring(SEALING_KEYS))
    await hasty.connect()
    desk.networks.feel(Mood.SILENT)
    try:
        refresh = asyncio.create_task(desk.worker(hasty).take(desk.tenant.organization_id))
        await until_asked(desk.networks, TWITTER)
        with capture_logs() as logs:
            async with sql.transaction():
                await sql.execute("select from credentials where id = $1 for update", bare(made["id"]))
                desk.networks.feel(Mood.WELL)

                async def is_waiting() -> bool:
                    return "new tokens are waiting to be kept" in str(logs)

                await until(is_waiting)
            assert await refresh
    finally:
        await hasty.disconnect()
    assert (await desk.opened(made))["refresh_token"] in desk.networks.good
    assert len(desk.networks.told[TWITTER]) == 1


async def test_many_that_end_at_once_are_told_once_by_whoever_comes_first(desk: Desk) -> None:
    made = [await desk.connect(TWITTER, name=f"no. {number}", access_token="x") for number in range(5)]
    desk.time.forward(minutes=121)

    async def end() -> int:
        async with desk.database.work(desk.tenant.product) as session:
            return await end_expired(session, desk.time())

    assert sum(await asyncio.gather(*(end() for _ in range(4)))) == 5
    assert sorted(one["id"] for one in await desk.ended()) == sorted(one["id"] for one in made)


@pytest.mark.parametrize("provider", [LINKEDIN, TWITTER])
async def test_a_process_killed_before_it_could_record_is_followed_by_another(
    idle: Tenant, networks: Networks, provider: CredentialProvider
) -> None:
    """LinkedIn hands out tokens again; of X's what the dead process was handed is lost, which is said at once."""
    settings: dict[str, Any] = {"SOCIAL_APPS": json.dumps(networks.setting()), "SEALING_KEYS": SEALING_KEYS}
    async with open_desk(idle, networks) as desk:
        made = await desk.connect(provider)
        before = await desk.opened(made)
        sql = await asyncpg.connect(idle.house.database_url)
        try:
            await sql.execute("update credentials set refresh_at = now()")
            networks.feel(Mood.SILENT)
            async with process(idle.house, free_port(), "work", **settings) as working:
                await until_asked(networks, provider)
                working.kill()
                assert await working.wait() == -signal.SIGKILL
            networks.feel(Mood.WELL)
            assert await desk.opened(made) == before, "as if nothing had been"
            async with process(idle.house, free_port(), "work", **settings):
                dead = "refresh_at = now(), refresh_claimed_at = refresh_claimed_at - interval '2 minutes'"
                await sql.execute(f"update credentials set {dead}")
                await until_asked(networks, provider, 2)

                async def is_settled() -> bool:
                    return bool(await sql.fetchval("select refresh_claimed_at is null from credentials"))

                await until(is_settled)
        finally:
            await sql.close()
        found = await desk.look(made)
        assert (found["isActive"], found["refreshFailure"]) == (
            (True, None) if provider is LINKEDIN else (False, "REFUSED")
        )
        assert [one["id"] for one in await desk.ended()] == ([] if provider is LINKEDIN else [made["id"]])
