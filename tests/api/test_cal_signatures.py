"""Who may tell an organization of bookings: who signs with a secret it has given us; nobody learns more (S1.7)."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import asyncpg
import httpx
import pytest

from actions.credentials import Naming, deactivate_credential, delete_credential, store_credential
from domain.credentials import CredentialKind, CredentialProvider
from domain.people import Role
from gateways.cal_webhooks import sign
from tests.play.calendar import Invitee, booking, bookings, connect, day, new_uid, post, told
from tests.play.tenant import Tenant

BODY = told("BOOKING_CREATED", booking(Invitee(), new_uid(), day(2)))


async def stored(sql: asyncpg.Connection, tenant: Tenant) -> int:
    count = "select count(*) from inbound_webhooks where organization_id = $1"
    found: int = await sql.fetchval(count, tenant.organization_id)
    return found


async def keep(tenant: Tenant, name: str, secrets: list[tuple[str, str]], **more: object) -> None:
    kind, provider, owner = (more.get(key, usual) for key, usual in USUAL.items())
    naming = Naming(kind, provider, name, owner)  # type: ignore[arg-type]
    async with tenant.house.parts.database.work(tenant.product) as session:
        await store_credential(session, naming, secrets)


USUAL = {"kind": CredentialKind.INTEGRATION, "provider": CredentialProvider.CAL, "owner_id": None}


@pytest.mark.parametrize("spelling", ["slug", "id", "shown id"])
async def test_an_address_names_its_organization(tenant: Tenant, sql: asyncpg.Connection, spelling: str) -> None:
    secret, id = await connect(tenant), tenant.organization_id
    key = {"slug": tenant.slug, "id": str(id), "shown id": f"organization_{id}"}[spelling]
    answer = await post(tenant, BODY, secret, key)
    assert (answer.status_code, answer.text) == (200, "Stored.")
    assert len(await bookings(tenant, sql)) == 1


async def by_nobody(tenant: Tenant, secret: str) -> httpx.Response:
    return await post(tenant, BODY, None)


async def with_another_secret(tenant: Tenant, secret: str) -> httpx.Response:
    return await post(tenant, BODY, secret + "x")


async def with_an_empty_secret(tenant: Tenant, secret: str) -> httpx.Response:
    return await post(tenant, BODY, None, **{"X-Cal-Signature-256": sign(BODY, "")})


async def of_another_body(tenant: Tenant, secret: str) -> httpx.Response:
    return await post(tenant, BODY + b" ", None, **{"X-Cal-Signature-256": sign(BODY, secret)})


async def cut_short(tenant: Tenant, secret: str) -> httpx.Response:
    return await post(tenant, BODY, None, **{"X-Cal-Signature-256": sign(BODY, secret)[:-1]})


async def without_a_secret_at_cal(tenant: Tenant, secret: str) -> httpx.Response:
    return await post(tenant, BODY, None, **{"X-Cal-Signature-256": "no-secret-provided"})


async def not_even_text(tenant: Tenant, secret: str) -> httpx.Response:
    headers = [(b"X-Cal-Signature-256", "ÿ".encode("latin-1"))]
    return await tenant.house.http.post(f"/webhooks/cal/{tenant.slug}", content=BODY, headers=headers)


async def after_it_was_switched_off(tenant: Tenant, secret: str) -> httpx.Response:
    async with tenant.house.parts.database.work(tenant.product) as session:
        [row] = await session.connection.fetch("select id from credentials")
        await deactivate_credential(session, row["id"])
    return await post(tenant, BODY, secret)


async def after_it_was_deleted(tenant: Tenant, secret: str) -> httpx.Response:
    async with tenant.house.parts.database.work(tenant.product) as session:
        [row] = await session.connection.fetch("select id from credentials")
        await delete_credential(session, row["id"])
    return await post(tenant, BODY, secret)


async def after_its_time(tenant: Tenant, secret: str) -> httpx.Response:
    async with tenant.house.parts.database.work(tenant.product) as session:
        await session.connection.execute(
            "update credentials set expires_at = $1", datetime.now(UTC) - timedelta(days=1)
        )
    return await post(tenant, BODY, secret)


async def with_the_secret_before(tenant: Tenant, secret: str) -> httpx.Response:
    await connect(tenant)
    return await post(tenant, BODY, secret)


async def with_a_secret_of_another_name(tenant: Tenant, secret: str) -> httpx.Response:
    await keep(tenant, "Another", [("api_key", "k" * 20)])
    return await post(tenant, BODY, "k" * 20)


async def with_a_secret_for_another_service(tenant: Tenant, secret: str) -> httpx.Response:
    await keep(tenant, "Another", [("webhook_secret", "k" * 20)], provider=CredentialProvider.TWILIO)
    return await post(tenant, BODY, "k" * 20)


async def with_what_does_not_open(tenant: Tenant, secret: str) -> httpx.Response:
    """As after the loss of a key."""
    async with tenant.house.parts.database.work(tenant.product) as session:
        await session.connection.execute("update credentials set sealed = sealed || '\\x00'::bytea")
    return await post(tenant, BODY, secret)


async def to_nobody(tenant: Tenant, secret: str) -> httpx.Response:
    return await post(tenant, BODY, secret, f"no-{uuid4().hex[:8]}")


async def to_an_id_that_never_was(tenant: Tenant, secret: str) -> httpx.Response:
    return await post(tenant, BODY, secret, str(uuid4()))


async def to_nonsense(tenant: Tenant, secret: str) -> httpx.Response:
    for key in ("%ff", "a%27%3B--", "x" * 3000, "organization_", "%F0%9F%98%80"):
        assert (await post(tenant, BODY, secret, key)).status_code == 403, key
    return await post(tenant, BODY, secret, "%00")


Try = Callable[[Tenant, str], Awaitable[httpx.Response]]
TRIES: list[Try] = [
    by_nobody,
    with_another_secret,
    with_an_empty_secret,
    of_another_body,
    cut_short,
    without_a_secret_at_cal,
    not_even_text,
    after_it_was_switched_off,
    after_it_was_deleted,
    after_its_time,
    with_the_secret_before,
    with_a_secret_of_another_name,
    with_a_secret_for_another_service,
    with_what_does_not_open,
    to_nobody,
    to_an_id_that_never_was,
    to_nonsense,
]


@pytest.mark.parametrize("attempt", TRIES, ids=lambda attempt: attempt.__name__)
async def test_what_nobody_signed_is_answered_alike_and_leaves_no_trace(
    tenant: Tenant, sql: asyncpg.Connection, attempt: Try
) -> None:
    """So that nobody finds out which organizations there are, and which of them use Cal.com."""
    secret = await connect(tenant)
    answer = await attempt(tenant, secret)
    assert (answer.status_code, answer.text) == (403, "The signature does not match.")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert await stored(sql, tenant) == 0


async def test_one_organizations_secret_opens_no_other(
    tenant: Tenant, stranger: Tenant, sql: asyncpg.Connection
) -> None:
    mine, theirs = await connect(tenant), await connect(stranger)
    assert (await post(tenant, BODY, theirs)).status_code == 403
    assert (await post(stranger, BODY, mine)).status_code == 403
    assert [await stored(sql, one) for one in (tenant, stranger)] == [0, 0]


async def test_a_slug_that_is_anothers_id_opens_only_its_own(
    tenant: Tenant, stranger: Tenant, sql: asyncpg.Connection
) -> None:
    """Slugs may look like ids; whose secret fits is whose webhook it is."""
    mine, theirs = await connect(tenant), await connect(stranger)
    slug = str(tenant.organization_id)
    await sql.execute("update organizations set slug = $2 where id = $1", stranger.organization_id, slug)
    assert (await post(tenant, BODY, mine, slug)).status_code == 200
    assert [await stored(sql, one) for one in (tenant, stranger)] == [1, 0]
    assert (await post(tenant, BODY, theirs, slug)).status_code == 200
    assert [await stored(sql, one) for one in (tenant, stranger)] == [1, 1]


async def test_every_calendar_that_was_connected_is_heard(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """Each colleague's own, and an old secret beside the new one until it is deleted."""
    first = await connect(tenant)
    await keep(tenant, "Ann's", [("webhook_secret", "a" * 20)], owner_id=tenant.members[Role.AGENT])
    for place, secret in enumerate((first, "a" * 20)):
        body = told("BOOKING_CREATED", booking(Invitee(), new_uid(), day(place + 1)))
        assert (await post(tenant, body, secret)).status_code == 200
    assert len(await bookings(tenant, sql)) == 2


async def test_only_so_much_is_read(tenant: Tenant, sql: asyncpg.Connection) -> None:
    secret = await connect(tenant)
    large = told("BOOKING_CREATED", booking(Invitee(), new_uid(), day(2), description="x" * 300_000))
    assert (await post(tenant, large, secret)).status_code == 413

    async def in_pieces() -> object:
        for _ in range(10):
            yield large[:50_000]

    url, headers = f"/webhooks/cal/{tenant.slug}", {"X-Cal-Signature-256": sign(large, secret)}
    answer = await tenant.house.http.post(url, content=in_pieces(), headers=headers)  # type: ignore[arg-type]
    assert (answer.status_code, await stored(sql, tenant)) == (413, 0)


@pytest.mark.parametrize("body", [b"{}", b"not JSON", b"[" * 50_000, b'{"my": "template"}'])
async def test_what_is_signed_and_cannot_be_read_is_told(tenant: Tenant, sql: asyncpg.Connection, body: bytes) -> None:
    secret = await connect(tenant)
    answer = await post(tenant, body, secret)
    assert answer.status_code == 400 and answer.text
    assert await stored(sql, tenant) == 0


@pytest.mark.parametrize("event", ["PING", "MEETING_ENDED", "BOOKING_NO_SHOW_UPDATED"])
async def test_what_changes_no_booking_is_answered_and_not_kept(
    tenant: Tenant, sql: asyncpg.Connection, event: str
) -> None:
    """A test of the connection succeeds, and nobody's data is kept for nothing."""
    secret = await connect(tenant)
    answer = await post(tenant, told(event, booking(Invitee(), new_uid(), day(2))), secret)
    assert (answer.status_code, answer.text, await stored(sql, tenant)) == (200, "Nothing to do.", 0)


async def test_only_posts_are_heard(tenant: Tenant) -> None:
    assert (await tenant.house.http.get(f"/webhooks/cal/{tenant.slug}")).status_code == 405
