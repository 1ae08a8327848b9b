"""Adding leads and changing what is known about them: every field, and every no (S0.4–S0.7, S1.5, S2.7, S3.2, S4.2)."""

import asyncio
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from domain.ids import show_id
from domain.people import LeadScope, Role
from tests.play.leads import do, look, note, stages
from tests.play.past import bare
from tests.play.tenant import Tenant, next_number

WHOLE: dict[str, Any] = {
    "firstName": "Ann", "lastName": "van Dyke", "company": "Dyke & Sons", "title": "Owner", "industry": "Farming",
    "location": "York", "postcode": "YO1 7HH", "country": "GB", "timeZone": "Europe/London",
    "linkedinUrl": "https://www.linkedin.com/in/ann-van-dyke", "source": "Contact Form",
    "sourceDetails": {"page": "/quote"}, "utmSource": "google", "utmMedium": "cpc", "utmCampaign": "spring",
    "utmTerm": "solar", "utmContent": "blue", "inquiryDate": "2024-02-29", "installDate": "2026-05-01",
    "customFields": {"roof": "flat", "panels": 12}, "enrichment": {"employees": 40}, "temperature": "WARM",
    "sentiment": "POSITIVE", "aiScore": 0.85,
}  # fmt: skip


def someone() -> dict[str, str]:
    return {"phone": next_number(), "email": f"{uuid4().hex}@example.com"}


async def test_a_lead_with_every_field(tenant: Tenant) -> None:
    """S0.4, S1.5, S2.7, S3.2, S4.2: what any of the systems keeps is kept, and read back as it was given."""
    given = WHOLE | someone()
    lead = await do(tenant.agent, "addLead", **given, tags=["vip", "farm"], note="Called on Monday.")
    assert {name: lead[name] for name in given} == given
    assert (lead["name"], lead["lifecycle"], lead["tags"]) == ("Ann van Dyke", "NEW", ["vip", "farm"])
    assert lead["rawPhone"] == given["phone"]
    assert await look(tenant.agent, lead["id"]) == lead
    asked = "query ($l: ID!) { lead(id: $l) { notes { totalCount nodes { body author { name } } } } }"
    notes = (await tenant.agent.ask(asked, l=lead["id"]))["lead"]["notes"]
    assert notes == {"totalCount": 1, "nodes": [{"body": "Called on Monday.", "author": {"name": "Agent"}}]}


async def test_a_lead_of_an_address_alone(tenant: Tenant) -> None:
    """S2.7 and ruling 7: one of the three addresses is enough; what nobody said is as usual."""
    for address in ({"phone": next_number()}, {"email": "b@example.com"}, {"linkedinUrl": "https://linkedin.com/in/b"}):
        lead = await do(tenant.agent, "addLead", **address)
        assert (lead["lifecycle"], lead["temperature"], lead["sentiment"]) == ("NEW", "UNKNOWN", "UNKNOWN")
        assert (lead["source"], lead["tags"], lead["customFields"], lead["aiScore"]) == ("MANUAL", [], {}, None)
    assert (await do(tenant.agent, "addLead", firstName="Ann"))["code"] == "BAD_INPUT"


async def test_a_full_name_is_split(tenant: Tenant) -> None:
    """S3.2; ruling 8: the full name is made of its parts, and of what there is where there are none."""
    lead = await do(tenant.agent, "addLead", fullName="Ann van Dyke", phone=next_number())
    assert (lead["firstName"], lead["lastName"], lead["name"]) == ("Ann", "van Dyke", "Ann van Dyke")
    changed = await do(tenant.agent, "changeLead", leadId=lead["id"], fullName=None)
    assert (changed["firstName"], changed["lastName"], changed["name"]) == (None, None, lead["phone"])


async def test_a_number_without_a_country_code(tenant: Tenant) -> None:
    """Identity: it belongs to the lead's country, or else to the organization's; how it was written stays."""
    number = next_number()
    lead = await do(tenant.agent, "addLead", phone=f"0{number[3:7]} {number[7:]}")
    assert (lead["phone"], lead["rawPhone"]) == (number, f"0{number[3:7]} {number[7:]}")
    same = await do(tenant.agent, "changeLead", leadId=lead["id"], phone=number)
    assert (same["rawPhone"], same["version"]) == (lead["rawPhone"], lead["version"])
    other = await do(tenant.agent, "changeLead", leadId=lead["id"], country="US", phone="(617) 555-0199")
    assert (other["phone"], other["rawPhone"]) == ("+16175550199", "(617) 555-0199")


@pytest.mark.parametrize("spelling", ["{0}", "+44 (0){1}", "0{1}", "0044 {1}"])
async def test_a_second_lead_with_a_number_is_refused_however_it_is_written(tenant: Tenant, spelling: str) -> None:
    """S0.7: a typed no, and nothing of the second lead is there."""
    number = next_number()
    first = await do(tenant.agent, "addLead", phone=number)
    written = spelling.format(number, number[3:])
    refused = await do(tenant.agent, "addLead", firstName="Twin", phone=written, note="Twin", tags=["twin"])
    assert (refused["code"], refused["field"]) == ("CONFLICT", "phone")
    other = await do(tenant.agent, "addLead", **someone())
    moved = await do(tenant.agent, "changeLead", leadId=other["id"], phone=written)
    assert (moved["code"], moved["field"]) == ("CONFLICT", "phone")
    left = (await tenant.agent.ask("{ leads { nodes { id } } }"))["leads"]["nodes"]
    assert {lead["id"] for lead in left} == {first["id"], other["id"]}


async def test_one_address_per_lead_and_organization(tenant: Tenant, stranger: Tenant) -> None:
    """S3.2 (`leads_user_email_unique`): whatever the case; elsewhere it is somebody else's."""
    who = someone()
    await do(tenant.agent, "addLead", **who)
    refused = await do(tenant.agent, "addLead", email=who["email"].upper())
    assert (refused["code"], refused["field"]) == ("CONFLICT", "email")
    assert "id" in await do(stranger.agent, "addLead", **who)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"phone": "not a number"}, "phone"),
        ({"email": "not an address"}, "email"),
        ({"linkedinUrl": "linkedin"}, "linkedinUrl"),
        ({"country": "UK of GB"}, "country"),
        ({"timeZone": "Here"}, "timeZone"),
        ({"customFields": [1]}, "customFields"),
        ({"aiScore": 85}, "aiScore"),
        ({"tags": [""]}, "tags"),
        ({"note": " "}, "body"),
        ({"fullName": "Ann Smith", "firstName": "Ann"}, "fullName"),
    ],
)
async def test_what_cannot_be_is_refused_by_field(tenant: Tenant, given: dict[str, Any], field: str) -> None:
    refused = await do(tenant.agent, "addLead", **someone() | given)
    assert (refused["code"], refused["field"]) == ("BAD_INPUT", field)
    assert (await tenant.agent.ask("{ leads { totalCount } }"))["leads"]["totalCount"] == 0


async def test_what_is_left_out_stays_and_null_clears(tenant: Tenant) -> None:
    lead = await do(tenant.agent, "addLead", **WHOLE | someone())
    changed = await do(tenant.agent, "changeLead", leadId=lead["id"], title="Founder", company=None, aiScore=None)
    expected = lead | {"title": "Founder", "company": None, "aiScore": None, "version": lead["version"] + 1}
    left_out = ("score", "scoreReasons", "version")
    assert {k: v for k, v in changed.items() if k not in left_out} == {
        k: v for k, v in expected.items() if k not in left_out
    }
    for name in ("source", "temperature", "sentiment"):
        assert (await do(tenant.agent, "changeLead", leadId=lead["id"], **{name: None}))["field"] == name


async def test_keys_of_custom_fields_are_set_one_by_one(tenant: Tenant) -> None:
    """Two programs that keep different things about one lead do not overwrite each other."""
    lead = await do(tenant.agent, "addLead", **someone(), customFields={"roof": "flat", "age": 12})
    one, other = await asyncio.gather(
        do(tenant.agent, "changeLead", leadId=lead["id"], customFields={"roof": None}),
        do(tenant.owner, "changeLead", leadId=lead["id"], customFields={"panels": 9}),
    )
    assert {"age": 12, "panels": 9} in (one["customFields"], other["customFields"])
    assert (await do(tenant.agent, "changeLead", leadId=lead["id"], customFields=None))["customFields"] == {}


async def test_of_two_who_read_one_version_one_wins(tenant: Tenant) -> None:
    lead = await do(tenant.agent, "addLead", **someone())
    change = {"leadId": lead["id"], "expectedVersion": lead["version"]}
    first = await do(tenant.agent, "changeLead", **change, title="One")
    second = await do(tenant.owner, "changeLead", **change, title="Two")
    assert (first["title"], second["code"], second["field"]) == ("One", "CONFLICT", "expectedVersion")


async def test_what_is_said_again_changes_nothing(tenant: Tenant) -> None:
    """Neither the version, nor the trail, and nobody is told."""
    lead = await do(tenant.agent, "addLead", **WHOLE | someone())
    logs = "query ($l: ID!) { auditLogs(filter: {subjectId: {eq: $l}}) { totalCount } eventCursor }"
    before = await tenant.owner.ask(logs, l=lead["id"])
    again = await do(tenant.agent, "changeLead", leadId=lead["id"], **WHOLE, phone=lead["phone"], email=lead["email"])
    assert again == lead
    assert await tenant.owner.ask(logs, l=lead["id"]) == before


async def test_a_lead_needs_an_address_to_its_end(tenant: Tenant) -> None:
    lead = await do(tenant.agent, "addLead", phone=next_number())
    refused = await do(tenant.agent, "changeLead", leadId=lead["id"], phone=None)
    assert (refused["code"], refused["field"]) == ("BAD_INPUT", "phone")


async def test_notes_are_kept_with_author_and_time_and_in_order(tenant: Tenant) -> None:
    """S0.4, S1.5 (notes): several, over time, by several; each is a change of its lead."""
    lead = await do(tenant.agent, "addLead", **someone())
    first = await note(tenant.agent, lead["id"], "Called.")
    second = await note(tenant.owner, lead["id"], "Called back.")
    assert (first["author"]["name"], second["author"]["name"]) == ("Agent", "Owner")
    assert second["lead"]["version"] == first["lead"]["version"] + 1 == lead["version"] + 2
    asked = "query ($l: ID!) { lead(id: $l) { notes { nodes { id body createdAt } } } }"
    found = (await tenant.agent.ask(asked, l=lead["id"]))["lead"]["notes"]["nodes"]
    assert [one["body"] for one in found] == ["Called back.", "Called."] and all(one["createdAt"] for one in found)
    one = "query ($n: ID!) { node(id: $n) { ... on LeadNote { body } } }"
    assert (await tenant.agent.ask(one, n=first["id"]))["node"] == {"body": "Called."}


async def test_who_sees_only_what_is_theirs_keeps_what_they_add(tenant: Tenant) -> None:
    """S0.25: an agent's lead is the agent's; giving it to a colleague is handing it over."""
    me, member = await tenant.colleague(LeadScope.ASSIGNED)
    mine = await do(me, "addLead", **someone())
    assert mine["owner"] == mine["assignee"] == {"id": show_id("member", member)}
    other = show_id("member", tenant.members[Role.AGENT])
    given = await do(me, "addLead", **someone(), ownerId=other)
    assert given["owner"] == {"id": other} and await look(me, given["id"]) is None
    nobodys = await do(tenant.agent, "addLead", **someone())
    assert nobodys["owner"] is None


async def test_a_stage_and_an_owner_that_are_not_there_are_refused(tenant: Tenant, stranger: Tenant) -> None:
    theirs = next(iter((await stages(stranger.owner)).values()))
    refused = await do(tenant.agent, "addLead", **someone(), pipelineStageId=theirs)
    assert (refused["code"], refused["field"]) == ("NOT_FOUND", "pipelineStageId")
    nobody = show_id("member", stranger.members[Role.AGENT])
    refused = await do(tenant.agent, "addLead", **someone(), ownerId=nobody)
    assert (refused["code"], refused["field"]) == ("NOT_FOUND", "ownerId")


async def test_a_lead_that_was_merged_leads_to_who_was_kept(tenant: Tenant) -> None:
    """Its id keeps working, for changes as for reading; what only it knew and its notes are theirs now."""
    kept = await do(tenant.agent, "addLead", **someone(), title="Owner")
    absorbed = await do(tenant.agent, "addLead", **someone(), title="Founder", postcode="YO1 7HH", note="Likes tea.")
    merge = """mutation ($a: ID!, $b: ID!) { mergeLeads(input: {leadId: $a, otherLeadId: $b}) {
      ... on Lead { id title postcode notes { nodes { body } } } } }"""
    merged = (await tenant.agent.ask(merge, a=kept["id"], b=absorbed["id"]))["mergeLeads"]
    assert merged == {
        "id": kept["id"],
        "title": "Owner",
        "postcode": "YO1 7HH",
        "notes": {"nodes": [{"body": "Likes tea."}]},
    }
    changed = await do(tenant.agent, "changeLead", leadId=absorbed["id"], industry="Farming")
    assert (changed["id"], changed["industry"]) == (kept["id"], "Farming")
    tagged = await do(tenant.agent, "tagLeads", leadIds=[absorbed["id"], kept["id"]], tags=["vip"])
    assert [lead["id"] for lead in tagged["leads"]] == [kept["id"]]
    undo = """mutation ($m: ID!) { undoMerge(input: {leadMergeId: $m}) {
      ... on Lead { id postcode notes { totalCount } } } }"""
    merges = "query ($l: ID!) { lead(id: $l) { merges { nodes { id } } } }"
    [found] = (await tenant.agent.ask(merges, l=kept["id"]))["lead"]["merges"]["nodes"]
    released = (await tenant.agent.ask(undo, m=found["id"]))["undoMerge"]
    assert released == {"id": absorbed["id"], "postcode": "YO1 7HH", "notes": {"totalCount": 1}}
    assert (await look(tenant.agent, kept["id"]))["postcode"] is None


async def test_an_erasure_leaves_nothing_of_what_was_known(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """S2.15: every field that tells of a person, and every note; what the counts need stays."""
    mark = f"mark{uuid4().hex}"
    texts = ("firstName", "lastName", "company", "title", "industry", "location", "utmSource", "utmTerm", "utmContent")
    given = WHOLE | someone() | dict.fromkeys(texts, mark) | dict.fromkeys(("utmMedium", "utmCampaign"), mark)
    objects = {name: {mark: mark} for name in ("customFields", "enrichment", "sourceDetails")}
    url = f"https://linkedin.com/in/{mark}"
    lead = await do(tenant.agent, "addLead", **given | objects | {"linkedinUrl": url}, tags=[mark], note=mark)
    erase = """mutation ($l: ID!) { eraseLead(input: {leadId: $l}) { ... on ErasedLead { notes } } }"""
    assert (await tenant.owner.ask(erase, l=lead["id"]))["eraseLead"] == {"notes": 1}
    for table in ("leads", "lead_tags", "lead_notes", "audit_logs"):
        of = f"select coalesce(string_agg(t::text, ' '), '') from {table} t where organization_id = $1"
        assert mark not in await sql.fetchval(of, tenant.organization_id), table
    row = await sql.fetchrow("select * from leads where id = $1", bare(lead["id"]))
    assert row
    kept = {name for name, value in row.items() if value not in (None, "{}", [], 0)}
    assert kept == {
        "organization_id", "id", "name", "lifecycle", "temperature", "sentiment", "source", "archived_at", "erased_at",
        "pipeline_stage_id", "moved_at", "created_at", "updated_at", "version",
    }  # fmt: skip
    assert (await note(tenant.agent, lead["id"], "More"))["code"] == "CONFLICT"
    assert (await do(tenant.agent, "restoreLead", leadId=lead["id"]))["code"] == "CONFLICT"
