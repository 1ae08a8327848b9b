"""Importing a file of people: announced, uploaded, looked at, rehearsed, imported, and told of (S1.18, S1.19, S1.5)."""

import asyncio
import csv
import io
from typing import Any

import asyncpg
import httpx
import pytest

from actions.scoring import score_leads
from domain.people import Actor, LeadScope, Role
from tests.play.imports import announced, bare, begin, dataset, imported, mapped, outcomes, put, reached, state
from tests.play.leads import arrange
from tests.play.tenant import Tenant, next_number

LEADS = "{ leads(first: 50) { totalCount nodes { name firstName lastName phone email company tags customFields } } }"
HEADER = "First name,Last name,Mobile,E-mail,Company,Eye colour\n"


def lines(*rows: str, header: str = HEADER) -> bytes:
    return (header + "\n".join(rows) + "\n").encode()


async def test_a_file_becomes_people(tenant: Tenant) -> None:
    """S1.18: uploaded, read, mapped, imported; every row accounted for, with its number (S1.5)."""
    phone = next_number()
    content = lines(f"Ann,Lee,{phone},ANN@Example.com,Acme,blue", "Bob,,not a number,bob@example.com,,", "Cid,,,,,")
    found = await mapped(tenant, content)
    assert found["status"] == "MAPPING" and found["totalRows"] == 3 and found["encoding"] == "utf-8"
    targets = [one["target"] for one in found["columns"]["nodes"]]
    assert targets == ["FIRST_NAME", "LAST_NAME", "PHONE", "EMAIL", "COMPANY", "custom:eye_colour"]
    assert found["columns"]["nodes"][0]["samples"] == ["Ann", "Bob", "Cid"]
    assert (await begin(tenant, found["id"]))["status"] == "IMPORTING"
    done = await reached(tenant, found["id"], "COMPLETED")
    assert (done["doneRows"], done["createdCount"], done["failedCount"]) == (3, 2, 1)
    rows = done["rows"]["nodes"]
    assert [(row["rowNumber"], row["outcome"]) for row in rows] == [(2, "CREATED"), (3, "CREATED"), (4, "FAILED")]
    assert [one["code"] for one in rows[1]["problems"]] == ["BAD_PHONE"]
    assert [one["code"] for one in rows[2]["problems"]] == ["UNREACHABLE"] and rows[2]["lead"] is None
    leads = {lead["email"]: lead for lead in (await tenant.owner.ask(LEADS))["leads"]["nodes"]}
    ann = leads["ann@example.com"]
    assert (ann["name"], ann["phone"], ann["company"]) == ("Ann Lee", phone, "Acme")
    assert ann["customFields"] == {"eye_colour": "blue"}


@pytest.mark.parametrize(
    ("policy", "outcome", "count"),
    [("FLAG", "LINKED", 1), ("SKIP", "SKIPPED", 0), ("MERGE", "MERGED", 1), ("KEEP_BOTH", "REPEATED", 1)],
)
async def test_who_is_there_already_is_met_as_the_policy_says(
    tenant: Tenant, sql: asyncpg.Connection, policy: str, outcome: str, count: int
) -> None:
    """S1.3, the four duplicate actions; spelt otherwise it is the same number (S0.7)."""
    phone, of = next_number(), await dataset(tenant)
    lead = await tenant.lead(first_name="Ann", phone=phone)
    spelt = f"0{phone[3:7]} {phone[7:]}"
    found = await imported(tenant, lines(f"Anna,Lee,{spelt},ann@example.com,Acme,"), of, duplicatePolicy=policy)
    assert outcomes(found) == [outcome]
    kept = await sql.fetchrow("select first_name, company from leads where id = $1", lead)
    assert kept and dict(kept) == {"first_name": "Ann", "company": "Acme" if policy == "MERGE" else None}
    linked = await sql.fetch("select lead_id, is_duplicate from dataset_leads where dataset_id = $1", bare(of))
    assert len(linked) == count and all(row["is_duplicate"] == (policy == "FLAG") for row in linked)
    second = await sql.fetchval("select id from leads where duplicate_of_id = $1", lead)
    assert (second is not None) == (policy == "KEEP_BOTH")
    assert (await tenant.text("hello", sender=phone))[0], "what they write goes to the canonical one"
    thread = "select lead_id from conversations where organization_id = $1"
    assert await sql.fetchval(thread, tenant.organization_id) == lead


async def test_one_person_twice_in_a_file_is_one_lead(tenant: Tenant, sql: asyncpg.Connection) -> None:
    phones = [next_number() for _ in range(2)]
    rows = [
        f"Ann,,{phones[0]},,,",
        f"Ann,,{phones[0]},,,",
        f"Ann,,{phones[1]},ann@example.com,,",
        "Ann,,,ann@example.com,,",
    ]
    found = await imported(tenant, lines(*rows))
    assert outcomes(found) == ["CREATED", "LINKED", "CREATED", "LINKED"]
    of = "select count(*) from leads where organization_id = $1"
    assert await sql.fetchval(of, tenant.organization_id) == 2


async def test_two_rows_about_one_lead_both_tell_of_them(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """One row has the number and the other the address of a lead: what neither knew before is taken from either."""
    phone = next_number()
    lead = await tenant.lead(phone=phone, email="ann@example.com")
    rows = (f"Ann,,{phone},,,", "Ann,,,ann@example.com,Acme,", f"Ann,,{phone},,,blue")
    found = await imported(tenant, lines(*rows), duplicatePolicy="MERGE")
    assert outcomes(found) == ["MERGED"] * 3
    kept = await sql.fetchrow(
        "select first_name, company, custom_fields ->> 'eye_colour' from leads where id = $1", lead
    )
    assert kept and tuple(kept) == ("Ann", "Acme", "blue")


async def test_who_takes_an_address_along_has_it_for_the_rows_after(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """S1.3: what a lead learns from one row counts for the next, though both are done together."""
    phone, other = next_number(), next_number()
    rows = (f"Ann,,{phone},,,", f"Ann,,{phone},ann@example.com,,", f"Bob,,{other},ann@example.com,,")
    found = await imported(tenant, lines(*rows), duplicatePolicy="MERGE")
    assert outcomes(found) == ["CREATED", "MERGED", "MERGED"]
    [lead] = await sql.fetch("select phone, email from leads where organization_id = $1", tenant.organization_id)
    assert tuple(lead) == (phone, "ann@example.com")


async def test_who_comes_with_a_file_is_scored_by_every_kind_of_reason(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """S4.10: they are added with their score, and it is the one that scoring them again gives."""
    kinds = (
        {"label": "a", "points": 1, "condition": "FIELD_PRESENT", "field": "EMAIL"},
        {"label": "b", "points": 2, "condition": "FIELD_EQUALS", "field": "LIFECYCLE", "value": "new"},
        {"label": "c", "points": 4, "condition": "FIELD_EQUALS", "field": "SOURCE", "value": "import"},
        {"label": "d", "points": 8, "condition": "TAG_PRESENT", "value": "vip"},
        {"label": "e", "points": 16, "condition": "REPLIED"},
        {"label": "f", "points": 32, "condition": "FIELD_PRESENT", "field": "COMPANY"},
        {"label": "g", "points": 64, "condition": "FIELD_PRESENT", "field": "SENTIMENT"},
    )
    await arrange(tenant.owner, "setScoreReasons", reasons=list(kinds))
    header = "First name,Mobile,E-mail,Company,Tags\n"
    rows = (f"Ann,{next_number()},ann@example.com,,vip", f"Bob,{next_number()},,Acme,")
    assert outcomes(await imported(tenant, lines(*rows, header=header))) == ["CREATED"] * 2
    of = "select first_name, score, dataset_ids is not null from leads where organization_id = $1 order by first_name"
    found = await sql.fetch(of, tenant.organization_id)
    assert [tuple(row) for row in found] == [("Ann", 1 + 2 + 4 + 8 + 64, True), ("Bob", 2 + 4 + 32 + 64, True)]
    actor = Actor(tenant.organization_id)
    async with tenant.house.parts.database.work(actor) as session:
        ids = await sql.fetch("select id from leads where organization_id = $1", tenant.organization_id)
        assert await score_leads(session, [row["id"] for row in ids]) == []


async def test_an_address_that_is_somebody_elses_stays_theirs(tenant: Tenant) -> None:
    phone = next_number()
    await tenant.lead(phone=phone)
    await tenant.lead(email="taken@example.com")
    found = await imported(tenant, lines(f"Ann,,{phone},taken@example.com,,"), duplicatePolicy="MERGE")
    [row] = found["rows"]["nodes"]
    assert row["outcome"] == "MERGED" and [one["code"] for one in row["problems"]] == ["ADDRESS_OF_ANOTHER"]


async def test_a_rehearsal_counts_and_changes_nobody(tenant: Tenant, sql: asyncpg.Connection) -> None:
    phones = [next_number() for _ in range(2)]
    await tenant.lead(phone=phones[0])
    rows = [f"Ann,,{phones[0]},,,", f"Bob,,{phones[1]},,,", f"Bob,,{phones[1]},,,", ",,,,,x"]
    found = await mapped(tenant, lines(*rows))
    await begin(tenant, found["id"], "rehearseImport")
    done = await reached(tenant, found["id"], "MAPPING")
    assert outcomes(done) == ["LINKED", "CREATED", "LINKED", "FAILED"] and done["rehearsedAt"]
    of = "select count(*) from leads where organization_id = $1"
    assert await sql.fetchval(of, tenant.organization_id) == 1
    await begin(tenant, found["id"])
    real = await reached(tenant, found["id"], "COMPLETED")
    assert outcomes(real) == outcomes(done), "what was told is what happens"
    assert real["doneRows"] == 4


async def test_columns_mean_what_somebody_says(tenant: Tenant) -> None:
    content = lines(f"Lee,Ann,{next_number()}", header="A,B,C\n")
    found = await mapped(tenant, content)
    said = [{"header": "A", "target": "LAST_NAME"}, {"header": "B", "target": "FIRST_NAME"}]
    refused = await begin(tenant, found["id"], columns=said)
    assert (refused["code"], refused["field"]) == ("BAD_INPUT", "columnMapping"), "nobody could be reached"
    for wrong in (
        {"header": "D", "target": "IGNORE"},
        {"header": "C", "target": "SHOE"},
        {"header": "C", "target": "custom:?"},
    ):
        assert (await begin(tenant, found["id"], columns=[wrong]))["code"] == "BAD_INPUT"
    await begin(tenant, found["id"], columns=[*said, {"header": "C", "target": "PHONE"}])
    await reached(tenant, found["id"], "COMPLETED")
    assert (await tenant.owner.ask(LEADS))["leads"]["nodes"][0]["name"] == "Ann Lee"


async def test_where_somebody_is_comes_as_it_can_be_kept(tenant: Tenant) -> None:
    """A country that is a code is one; anything else is part of the place, in words."""
    header = "Name,Phone,Country,City\n"
    rows = [f"Ann,{next_number()},GB,Leeds", f"Bob,{next_number()},United Kingdom,Leeds"]
    await imported(tenant, lines(*rows, header=header))
    found = await tenant.owner.ask("{ leads(order: [{name: ASC}]) { nodes { country location } } }")
    assert found["leads"]["nodes"] == [
        {"country": "GB", "location": "Leeds"},
        {"country": None, "location": "Leeds, United Kingdom"},
    ]


async def test_required_fields_are_required(tenant: Tenant) -> None:
    found = await mapped(tenant, lines(f"Ann,,{next_number()},,,", f",Lee,{next_number()},,,"))
    await begin(tenant, found["id"], requiredFields=["FIRST_NAME"])
    assert outcomes(await reached(tenant, found["id"], "COMPLETED")) == ["CREATED", "FAILED"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"%PDF-1.7 nothing here", "PDF"),
        (b"Name,Phone\n", "no rows"),
        (b"Name,Phone\nAnn,\x00123\n", "NUL"),
        (b"PK\x03\x04 this is no workbook", "damaged"),
        (b'Name,Phone\n"Ann,0770\n', "quot"),
        (b"a," * 10_000 + b"\n" + b"b," * 10_000, "columns"),
    ],
)
async def test_a_file_that_is_no_table_is_refused_in_words(tenant: Tenant, content: bytes, words: str) -> None:
    found = await mapped(tenant, content)
    assert found["status"] == "FAILED" and words.lower() in found["problem"].lower(), found["problem"]
    assert (await begin(tenant, found["id"]))["code"] == "CONFLICT"


async def test_an_upload_needs_its_link_and_counts_when_it_is_whole(tenant: Tenant, stranger: Tenant) -> None:
    """S1.19: signed, and of one organization's import alone."""
    id, url = await announced(tenant)
    for spoiled in (url[:-1], url.replace(tenant.organization_id.hex, stranger.organization_id.hex), f"{url}x"):
        assert (await put(spoiled, b"x")).status_code == 403
    assert (await put(url.replace("/uploads/", "/outcomes/"), b"x")).status_code in (403, 405)
    async with httpx.AsyncClient() as client:
        sent = await client.post(url, files={"file": ("people.csv", lines(f"Ann,,{next_number()},,,"))})
    assert sent.status_code == 200 and sent.json()["importId"] == id
    await reached(tenant, id, "MAPPING")
    assert (await put(url, lines(f"Bob,,{next_number()},,,"))).status_code == 200, "until it begins another may come"
    found = await reached(tenant, id, "MAPPING")
    assert found["columns"]["nodes"][0]["samples"] == ["Bob"]
    await begin(tenant, id)
    await reached(tenant, id, "COMPLETED")
    assert (await put(url, b"x")).status_code == 409


async def test_an_upload_that_breaks_off_leaves_nothing(tenant: Tenant) -> None:
    id, url = await announced(tenant)
    _, writer = await asyncio.open_connection("127.0.0.1", tenant.house.settings.port)
    path = url.partition(str(tenant.house.settings.port))[2]
    writer.write(f"PUT {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nName,Phone\n".encode())
    await writer.drain()
    writer.close()
    await asyncio.sleep(0.2)
    assert (await state(tenant, id))["status"] == "PENDING"


async def test_what_became_of_each_row_can_be_downloaded(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """With its cells, with formulas made harmless; and the trail says who took it."""
    rows = [f'Ann,"Lee\nof York",{next_number()},,,=1+1', "Bob,,12345,,,"]
    found = await imported(tenant, lines(*rows))
    link = "mutation ($i: ImportInput!) { linkImportOutcome(input: $i) { ... on DownloadLink { url expiresAt } } }"
    made = (await tenant.owner.ask(link, i={"importId": found["id"]}))["linkImportOutcome"]
    async with httpx.AsyncClient() as client:
        answer = await client.get(made["url"])
        assert (await client.get(made["url"][:-2] + "00")).status_code in (403, 200)
    table = list(csv.reader(io.StringIO(answer.text.lstrip("\ufeff"))))
    assert table[0] == ["row", "outcome", "reasons", "lead", *HEADER.strip().split(",")]
    assert table[1][:2] == ["2", "CREATED"] and table[1][5] == "Lee\nof York" and table[1][-1] == "'=1+1"
    assert table[2][1] == "FAILED" and "not a phone number" in table[2][2] and table[2][4] == "Bob"
    told = "select after from audit_logs where subject_id = $1 and after ? 'outcome_linked_at' and member_id = $2"
    assert await sql.fetchval(told, bare(found["id"]), tenant.members[Role.OWNER])


async def test_an_import_can_be_given_up(tenant: Tenant) -> None:
    found = await mapped(tenant, lines(f"Ann,,{next_number()},,,"))
    cancel = "mutation ($i: ImportInput!) { cancelImport(input: $i) { ... on Import { status completedAt } } }"
    for _ in range(2):
        gone = (await tenant.owner.ask(cancel, i={"importId": found["id"]}))["cancelImport"]
        assert gone["status"] == "CANCELLED" and gone["completedAt"]
    assert (await begin(tenant, found["id"]))["code"] == "CONFLICT"


async def test_who_sees_some_leads_imports_none(tenant: Tenant) -> None:
    """Whoever imports meets everybody who is there."""
    manager, _ = await tenant.colleague(LeadScope.ASSIGNED, Role.MANAGER)
    create = 'mutation ($d: ID!) { createImport(input: {datasetId: $d, fileName: "x"}) { ... on Refused { code } } }'
    assert (await manager.ask(create, d=await dataset(tenant)))["createImport"]["code"] == "FORBIDDEN"
    assert await tenant.agent.code("{ imports { totalCount } }") == "FORBIDDEN"


async def test_how_far_it_is_is_heard(tenant: Tenant) -> None:
    heard = "subscription { inboxEvents { __typename ... on ImportChanged { import { status doneRows } } } }"
    async with tenant.owner.hear(heard) as ear, tenant.agent.hear(heard) as deaf:
        await tenant.followed(2)
        found = await imported(tenant, lines(f"Ann,,{next_number()},,,"))
        seen: list[dict[str, Any]] = []
        while not seen or seen[-1].get("import", {}).get("status") != "COMPLETED":
            seen.append(await ear.next())
        kinds = {one["__typename"] for one in seen}
        assert {"ImportChanged", "DatasetChanged"} >= kinds and found["doneRows"] == seen[-1]["import"]["doneRows"] == 1
        others = [await deaf.next()] if not await deaf.is_silent() else []
        assert all(one["__typename"] == "DatasetChanged" for one in others)


async def test_the_file_of_who_is_erased_goes(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """S1.19: it is kept for thirty days, and no day longer than somebody in it wants."""
    found = await imported(tenant, lines(f"Ann,,{next_number()},,,", "Bob,,x,,,"))
    lead = found["rows"]["nodes"][0]["lead"]["id"]
    await tenant.owner.ask("mutation ($l: ID!) { eraseLead(input: {leadId: $l}) { __typename } }", l=lead)
    from workers.shredding import Shredding

    storage = tenant.house.parts.storage
    await Shredding(tenant.house.parts.database, storage).shred()
    gone = await state(tenant, found["id"])
    assert gone["fileDeletedAt"] and gone["columns"]["nodes"][0]["samples"] == []
    assert all("value" not in one for row in gone["rows"]["nodes"] for one in row["problems"] or ())
    from gateways.storage.files import Shelf, StoredFile

    assert not await storage.exists(StoredFile(tenant.organization_id, Shelf.UPLOADS, bare(found["id"])))
