"""Keys are changed while the server runs: everything is sealed anew, and nobody who reads notices."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest

from actions.credentials import Naming, open_credential, store_credential
from actions.keys import create_api_key
from actions.members import Grant, invite_member
from actions.organizations import add_organization
from cli.reseal import reseal
from cli.settings import Settings, read_settings
from db.database import Database
from db.migrate import migrate
from db.session import Session
from domain.credentials import CredentialKind, CredentialProvider
from domain.ids import new_id
from domain.people import Actor, Permission, Role
from domain.refusals import Refusal
from domain.sealing import KeyMissing, Place, new_key_ring, read_key_ring
from tests.play.databases import new_database

OLD, NEW = new_key_ring("2025"), new_key_ring("2026")


def settings(url: str, keys: str | None) -> Settings:
    secret = "a secret that only the tests know, and long enough"
    return read_settings(database_url=url, sealing_keys=keys, jwt_secret=secret, data_dir=Path("unused"), pool_size=4)


@asynccontextmanager
async def opened(url: str, keys: str) -> AsyncIterator[Database]:
    database = Database(url, pool_size=4, ring=read_key_ring(keys))
    await database.connect()
    try:
        yield database
    finally:
        await database.disconnect()


@pytest.fixture
async def url(database_url: str) -> str:
    return await new_database(database_url, f"sealed_{new_id().hex}")


async def fill(database: Database, count: int) -> dict[UUID, UUID]:
    """So many credentials in one organization, and their ids with whose they are."""
    actor = Actor(new_id())
    async with database.work(actor) as session:
        await add_organization(session, f"org-{actor.organization_id.hex[-12:]}", "An organization")
        made = [await keep(session, f"number {number}") for number in range(count)]
    return dict.fromkeys(made, actor.organization_id)


async def keep(session: Session, name: str) -> UUID:
    naming = Naming(CredentialKind.SECRET, CredentialProvider.OTHER, name)
    return await store_credential(session, naming, [("value", name)])


async def by_key(database: Database) -> dict[str, int]:
    return {row["key_id"]: row["sealed"] for row in await database.look_up("count_sealed")}


async def read_without_end(database: Database, credentials: dict[UUID, UUID], read: list[str]) -> None:
    while True:
        for credential_id, organization_id in credentials.items():
            async with database.work(Actor(organization_id)) as session:
                read.append((await open_credential(session, credential_id))["value"])


async def test_everything_is_sealed_anew_while_others_read(url: str) -> None:
    """In portions; what is stored meanwhile stays as it was stored, and versions do not move."""
    said: list[str] = []
    async with opened(url, OLD) as before:
        credentials = await fill(before, 120) | await fill(before, 3)
    async with opened(url, f"{NEW},{OLD}") as database:
        assert await by_key(database) == {"2025": 123}
        read: list[str] = []
        readers = [asyncio.create_task(read_without_end(database, credentials, read)) for _ in range(2)]
        assert await reseal(settings(url, f"{NEW},{OLD}"), url, said.append)
        assert not [reader.exception() for reader in readers if reader.done()], "a reader failed"
        for reader in readers:
            reader.cancel()
        await asyncio.gather(*readers, return_exceptions=True)
        assert read and await by_key(database) == {"2026": 123}
        versions = await _fetch(url, "select distinct version from credentials")
        assert [row["version"] for row in versions] == [1]
    assert said[-1] == "123 resealed under 2026." and len(said) == 5, said
    async with opened(url, NEW) as after:  # the old key can go
        for credential_id, organization_id in credentials.items():
            async with after.work(Actor(organization_id)) as session:
                assert (await open_credential(session, credential_id))["value"].startswith("number ")


async def test_what_was_broken_off_is_taken_up_and_what_does_not_open_is_left(url: str) -> None:
    said: list[str] = []
    async with opened(url, new_key_ring("lost")) as lost:
        await fill(lost, 2)
    async with opened(url, OLD) as before:
        [damaged, *_] = await fill(before, 60)
    await _fetch(url, "update credentials set sealed = sealed || 'x' where id = $1", damaged)
    assert not await reseal(settings(url, f"{NEW},{OLD}"), url, said.append)
    left = ["1 left under 2025: they do not open.", "2 left under lost: its key is missing."]
    assert said[-3:] == ["59 resealed under 2026.", *left]
    said.clear()
    assert not await reseal(settings(url, f"{NEW},{OLD}"), url, said.append), "again, with nothing to do"
    assert said[0] == "0 resealed under 2026."


async def test_without_its_key_a_credential_is_a_trouble_and_nothing_is_resealed(url: str) -> None:
    async with opened(url, OLD) as before:
        [(credential, organization)] = (await fill(before, 1)).items()
    async with opened(url, NEW) as after, after.work(Actor(organization)) as session:
        with pytest.raises(KeyMissing, match="under the key 2025"):
            await open_credential(session, credential)
    with pytest.raises(Refusal, match="REKINDLE_SEALING_KEYS"):
        await reseal(settings(url, None), url, print)


async def test_the_place_of_a_value_is_the_column_it_stands_in(url: str) -> None:
    """So that a second sealed column of the same row can never take the place of the first."""
    async with opened(url, OLD) as database:
        [(credential, organization)] = (await fill(database, 1)).items()
        [row] = await _fetch(url, "select sealed from credentials where id = $1", credential)
        assert database.ring.open(Place(organization, credential, "sealed"), row["sealed"]) == b'{"value": "number 0"}'


async def test_a_server_of_before_meets_no_permission_it_does_not_know(url: str) -> None:
    async with opened(url, OLD) as database:
        await fill(database, 1)
        actor = Actor((await database.look_up("organizations_sealed_otherwise", "none"))[0]["organization_id"])
        async with database.work(actor) as session:
            given = frozenset({Permission.CREDENTIALS_WRITE, Permission.INBOX_READ})
            await create_api_key(session, "a program", given)
            await invite_member(session, "a@b.example", Role.VIEWER, Grant(permissions=given))
    await migrate(url, 12)
    for table in ("api_keys", "staff_invitations"):
        [row] = await _fetch(url, f"select permissions from {table}")
        assert row["permissions"] == ["INBOX_READ"], table


def test_one_key_is_made_beside_an_embedded_database_and_none_beside_another(tmp_path: Path) -> None:
    embedded = read_settings(data_dir=tmp_path / "data")
    ring = embedded.key_ring()
    assert ring.first and ring.keys == embedded.key_ring().keys
    assert (tmp_path / "data" / "sealing-keys").stat().st_mode & 0o777 == 0o600
    assert settings("postgresql://localhost/x", None).key_ring().first is None
    assert settings("postgresql://localhost/x", f"{NEW},{OLD}").key_ring().first == "2026"


async def _fetch(url: str, statement: str, *values: object) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetch(statement, *values)
    finally:
        await connection.close()
