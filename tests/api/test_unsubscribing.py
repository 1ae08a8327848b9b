"""The link in a campaign's e-mail (RFC 8058): one click, or a button; nothing by looking, and for nobody else."""

import asyncio
import re
from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import asyncpg
import pytest

from domain.ids import new_id
from domain.links import Links, Purpose
from tests.api.test_cal_erasing import erase
from tests.play.mailing import lead_of, mail_address, mailed, new_email, sent_by_a_campaign, thread, write
from tests.play.tenant import Tenant, open_tenant

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


async def link(tenant: Tenant, sql: asyncpg.Connection, email: str | None = None) -> tuple[str, str, str]:
    """Path of the link in an e-mail of a campaign, whom it went to, and its conversation."""
    await mail_address(tenant)
    conversation, theirs = await thread(tenant, email)
    await sent_by_a_campaign(tenant, sql, conversation, theirs)
    letter = tenant.house.postbox.to(theirs)[-1]
    found = re.fullmatch(rf"<{re.escape(tenant.house.origin)}(/unsubscribe/\S+)>", letter["List-Unsubscribe"])
    assert found
    return found[1], theirs, conversation


async def test_one_click(tenant: Tenant, sql: asyncpg.Connection) -> None:
    path, theirs, conversation = await link(tenant, sql)
    waiting = await write(tenant.agent, conversation, "And?")
    answer = await tenant.house.http.post(path, data=ONE_CLICK)
    assert answer.status_code == 200 and "no more e-mails" in answer.text
    lead = await lead_of(tenant, theirs)
    assert lead["optedOutOf"] == ["EMAIL"]
    assert lead["consents"]["nodes"] == [{"channel": "EMAIL", "kind": "WITHDRAWN", "source": "LINK", "words": None}]
    assert (await write(tenant.agent, conversation, subject="a"))["code"] == "LEAD_OPTED_OUT"
    assert (await mailed(tenant, waiting["id"]))["status"] in ("CANCELED", "SENT", "SENDING")
    again = await asyncio.gather(*(tenant.house.http.post(path) for _ in range(4)))
    assert {one.status_code for one in again} == {200}
    assert await lead_of(tenant, theirs) == lead, "once more changes nothing, and is no further evidence"


async def test_looking_does_nothing(tenant: Tenant, sql: asyncpg.Connection) -> None:
    path, theirs, _ = await link(tenant, sql)
    for method in ("GET", "HEAD"):
        answer = await tenant.house.http.request(method, path)
        assert answer.status_code == 200
    page = (await tenant.house.http.get(path)).text
    assert '<form method="post">' in page and "<button" in page
    assert (await lead_of(tenant, theirs))["optedOutOf"] == []
    headers = (await tenant.house.http.get(path)).headers
    assert headers["cache-control"] == "no-store" and "form-action 'self'" in headers["content-security-policy"]


async def test_it_holds_for_the_address_in_one_organization(
    tenant: Tenant, stranger: Tenant, sql: asyncpg.Connection
) -> None:
    theirs = new_email()
    path, _, _ = await link(tenant, sql, theirs)
    await link(stranger, sql, theirs)
    await tenant.house.http.post(path)
    assert (await lead_of(tenant, theirs))["optedOutOf"] == ["EMAIL"]
    assert (await lead_of(stranger, theirs))["optedOutOf"] == []


def forged(path: str, tenant: Tenant, other: Tenant) -> Iterator[str]:
    head, _, token = path.rpartition("/")
    organization, message, ends, signature = token.split(".")
    yield f"{head}/{organization}.{message}.{ends}.{'0' * 64}"
    yield f"{head}/{other.organization_id.hex}.{message}.{ends}.{signature}"
    yield f"{head}/{organization}.{uuid4().hex}.{ends}.{signature}"
    yield f"{head}/{organization}.{message}.{int(ends) + 1}.{signature}"
    yield f"{head}/{token}x"
    yield f"{head}/x"
    yield f"{head}/..."
    yield path.replace("/unsubscribe/", "/exports/")
    links = Links("another secret", tenant.house.origin)
    made = links.make(Purpose.UNSUBSCRIBE, tenant.organization_id, new_id(), timedelta(days=1)).url
    yield made.removeprefix(tenant.house.origin)


async def test_nobody_else_can_make_one(tenant: Tenant, stranger: Tenant, sql: asyncpg.Connection) -> None:
    path, theirs, _ = await link(tenant, sql)
    for one in forged(path, tenant, stranger):
        answers = [await tenant.house.http.post(one), await tenant.house.http.get(one)]
        assert {answer.status_code for answer in answers} <= {403, 404, 405, 410}, one
        assert all(tenant.slug not in answer.text for answer in answers)
    assert (await lead_of(tenant, theirs))["optedOutOf"] == []


async def test_a_link_to_what_is_gone(tenant: Tenant, sql: asyncpg.Connection) -> None:
    path, theirs, _ = await link(tenant, sql)
    await erase(tenant, (await lead_of(tenant, theirs))["id"])
    assert (await tenant.house.http.post(path)).status_code == 404
    other = await open_tenant(tenant.house)
    path, _, _ = await link(other, sql)
    await sql.execute("delete from organizations where id = $1", other.organization_id)
    answer = await tenant.house.http.post(path)
    assert answer.status_code == 404 and other.slug not in answer.text


async def test_the_lead_may_have_another_address_by_now(tenant: Tenant, sql: asyncpg.Connection) -> None:
    path, theirs, _ = await link(tenant, sql)
    now = new_email()
    await sql.execute("update leads set email = $2 where email = $1", theirs, now)
    assert (await tenant.house.http.post(path)).status_code == 200
    assert (await lead_of(tenant, now))["optedOutOf"] == [], "it is the address that wants no more"
    await tenant.lead(email=theirs)
    assert (await lead_of(tenant, theirs))["optedOutOf"] == ["EMAIL"]


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "A & B"])
async def test_a_page_is_only_words(tenant: Tenant, sql: asyncpg.Connection, name: str) -> None:
    path, _, _ = await link(tenant, sql)
    await sql.execute("update organizations set name = $2 where id = $1", tenant.organization_id, name)
    page = (await tenant.house.http.get(path)).text
    assert name not in page and name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") in page
