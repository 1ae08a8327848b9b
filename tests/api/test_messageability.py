"""Whether something can be sent by hand, told beforehand, as sending then answers (S0.18, S1.1, S2.1, S2.11)."""

import random
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from db.messageability import MESSAGEABILITY
from domain.addresses import address_hash
from domain.campaigns.by_hand import ask_by_hand
from domain.campaigns.reasons import SENTENCES, GateReason
from domain.conversations import WRITTEN_ON, Channel, PhoneProblem
from domain.ids import new_id, show_id
from domain.mail import find_address
from tests.play.house import House
from tests.play.mailing import mail_address, new_email, start, write
from tests.play.past import bare
from tests.play.tenant import Tenant, next_number, open_tenant
from tests.play.texting import send

ASKED = """query ($l: ID!) { lead(id: $l) { messageability { channel canSend reason message retryAt } } }"""
CODES = {
    None: None,
    "SUPPRESSED": "LEAD_OPTED_OUT",
    "LEAD_ARCHIVED": "LEAD_ARCHIVED",
    "INVALID_ADDRESS": "LEAD_UNREACHABLE",
    "ORGANIZATION_INACTIVE": "ORGANIZATION_INACTIVE",
    "NO_SENDER": "NO_SENDER",
}


async def told(tenant: Tenant, lead: str) -> dict[str, Any]:
    """The reason on each channel; what stands beside it agrees with it."""
    found = (await tenant.agent.ask(ASKED, l=lead))["lead"]["messageability"]
    assert [one["channel"] for one in found] == list(WRITTEN_ON)
    for one in found:
        assert one["canSend"] is (one["reason"] is None) and one["retryAt"] is None
        assert one["message"] == (one["reason"] and SENTENCES[GateReason(one["reason"])])
    return {one["channel"]: one["reason"] for one in found}


async def sent(tenant: Tenant, threads: dict[str, str]) -> dict[str, Any]:
    """What sending really answers on each channel."""
    found = {}
    for channel, id in threads.items():
        subject = {"subject": "Your roof"} if channel == "EMAIL" else {}
        answer = await (write(tenant.agent, id, **subject) if subject else send(tenant.agent, id, "Hello"))
        found[channel] = answer.get("code")
    return found


# What happens to a lead or the organization, as statements about both, and what keeps a message then on each channel.
ALL, TEXTS, MAIL = ("SMS", "WHATSAPP", "EMAIL"), ("SMS", "WHATSAPP"), ("EMAIL",)
LEAD = "update leads set %s where organization_id = $1 and id = $2"
OURS = "update organizations set %s where id = $1 and $2::uuid is not null"
NUMBERLESS = "delete from phone_numbers where organization_id = $1 and $2::uuid is not null"
WALK: list[tuple[str, list[str], dict[str, tuple[str, ...]]]] = [
    ("nothing", [], {}),
    ("put away", [LEAD % "archived_at = now()"], {"LEAD_ARCHIVED": ALL}),
    ("no number", [LEAD % "phone = null"], {"INVALID_ADDRESS": TEXTS}),
    ("no e-mail", [LEAD % "email = null"], {"INVALID_ADDRESS": MAIL}),
    ("dead number", [LEAD % "phone_problem = 'INVALID'"], {"INVALID_ADDRESS": TEXTS}),
    ("landline", [LEAD % "phone_problem = 'LANDLINE'"], {"INVALID_ADDRESS": ("SMS",)}),
    ("bounced", [LEAD % "email_problem = 'BOUNCED'"], {"INVALID_ADDRESS": MAIL}),
    ("nothing goes there", [LEAD % "email = 'a..b@' || id || '.example'"], {"INVALID_ADDRESS": MAIL}),
    ("taken over", [LEAD % "manual_mode_at = now()"], {}),
    ("paused", [OURS % "status = 'PAUSED'"], {"ORGANIZATION_INACTIVE": ALL}),
    ("trial over", [OURS % "trial_ends_at = now()"], {"ORGANIZATION_INACTIVE": ALL}),
    ("in trial", [OURS % "trial_ends_at = now() + interval '1 day'"], {}),
    ("no address of ours", [OURS % "mail_address = null"], {"NO_SENDER": MAIL}),
    ("no number of ours", [NUMBERLESS], {"NO_SENDER": TEXTS}),
    (
        "both",
        [LEAD % "phone_problem = 'INVALID'", OURS % "status = 'PAUSED'"],
        {"INVALID_ADDRESS": TEXTS, "ORGANIZATION_INACTIVE": MAIL},
    ),
]


@pytest.mark.parametrize(("_", "happens", "kept"), WALK, ids=[name for name, *_ in WALK])
async def test_what_is_told_is_what_sending_answers(
    tenant: Tenant, sql: asyncpg.Connection, _: str, happens: list[str], kept: dict[str, tuple[str, ...]]
) -> None:
    """S1.1: paused, nothing is sent; S2.1: nor after the trial. No consent is asked of what people write."""
    await mail_address(tenant)
    lead = show_id("lead", await tenant.lead(phone=next_number(), email=new_email()))
    threads: dict[str, str] = {channel: (await start(tenant.agent, lead, channel))["id"] for channel in WRITTEN_ON}
    for statement in happens:
        await sql.execute(statement, tenant.organization_id, bare(lead))
    wanted = {channel: next((why for why, on in kept.items() if channel in on), None) for channel in ALL}
    found = await told(tenant, lead)
    assert found == wanted
    assert await sent(tenant, threads) == {channel: CODES[reason] for channel, reason in found.items()}


async def test_who_opted_out_is_told_of_as_long_as_it_holds(tenant: Tenant) -> None:
    """S0.18: on that channel alone, whatever else keeps it."""
    await mail_address(tenant)
    lead = show_id("lead", await tenant.lead(phone=next_number(), email=new_email()))
    threads: dict[str, str] = {channel: (await start(tenant.agent, lead, channel))["id"] for channel in WRITTEN_ON}
    out = "mutation ($l: ID!) { optOutLead(input: {leadId: $l, channels: [SMS]}) { __typename } }"
    await tenant.owner.ask(out, l=lead)
    assert await told(tenant, lead) == {"SMS": "SUPPRESSED", "WHATSAPP": None, "EMAIL": None}
    assert (await sent(tenant, threads))["SMS"] == "LEAD_OPTED_OUT"
    back = 'mutation ($l: ID!) { optInLead(input: {leadId: $l, reason: "They called."}) { __typename } }'
    await tenant.owner.ask(back, l=lead)
    assert set((await told(tenant, lead)).values()) == {None}


async def test_who_cannot_be_begun_with_is_told_of(tenant: Tenant) -> None:
    lead = show_id("lead", await tenant.lead())
    assert (await told(tenant, lead))["EMAIL"] == "INVALID_ADDRESS"
    assert (await start(tenant.agent, lead, "EMAIL"))["code"] == "LEAD_UNREACHABLE"
    await tenant.owner.ask("mutation ($l: ID!) { archiveLead(input: {leadId: $l}) { __typename } }", l=lead)
    assert (await told(tenant, lead))["SMS"] == "LEAD_ARCHIVED"
    assert (await start(tenant.agent, lead, "SMS"))["code"] == "LEAD_ARCHIVED"


async def test_a_number_that_a_lead_was_talked_to_from_is_enough(tenant: Tenant, sql: asyncpg.Connection) -> None:
    conversation, _ = await tenant.text()
    lead = await tenant.agent.ask("query ($c: ID!) { conversation(id: $c) { lead { id } } }", c=conversation)
    id = lead["conversation"]["lead"]["id"]
    await sql.execute("delete from phone_numbers where organization_id = $1", tenant.organization_id)
    assert await told(tenant, id) == {"SMS": None, "WHATSAPP": "NO_SENDER", "EMAIL": "INVALID_ADDRESS"}
    assert (await send(tenant.agent, conversation, "Hello"))["status"] == "QUEUED"


ODD = ["a@b.example", "a.b+c@b-c.example", "o'neil{x}@b.example", ".a@b.example", "a@b", "a@b..example", "a@-b.example"]
ODD += [
    "a@b.1",
    "a@1.b",
    "a\t@b.example",
    "é@b.example",
    "a@é.example",
    f"{'a' * 65}@b.example",
    f"a@{'b' * 64}.example",
]
ODD += [f"a@{'b.' * 126}c", f"a@{'b.' * 120}example", "a@b.example.", "a@b_c.example", "a|b@b.example", "a\n@b.example"]


def addresses() -> list[str]:
    """Odd ones, and many more of what e-mail addresses are made of."""
    draw = random.Random(7)
    made = {
        "@".join("".join(draw.choices("ab1.-_+", k=draw.randint(1, longest))) for longest in (6, 8))
        for _ in range(1_000)
    }
    return [*ODD, *sorted(made - {*ODD})]


Stored = tuple[UUID, str | None, str | None, str | None, bool, bool, str | None]


def ways_to_stand() -> list[Stored]:
    """Id, phone, what is wrong with it, what with the e-mail, put away, opted out, e-mail: every combination."""
    rows: list[Stored] = [(new_id(), next_number(), None, None, False, False, email) for email in addresses()]
    problems = product((None, *PhoneProblem), (None, "BOUNCED"), (False, True), (False, True))
    return rows + [
        (new_id(), next_number() if has_phone else None, phone, mail, archived, out, new_email() if has_mail else None)
        for phone, mail, archived, out in problems
        for has_phone, has_mail in product((False, True), repeat=2)
    ]


async def store(sql: asyncpg.Connection, own: UUID, rows: list[Stored]) -> set[bytes]:
    """The leads, and the hashes of where they opted out."""
    await sql.executemany(
        "insert into leads (organization_id, id, phone, phone_problem, email_problem, archived_at, email, linkedin_url,"
        " pipeline_stage_id) select $1, $2, $3, $4, $5, $6, $7, 'https://x.example', s.id from pipeline_stages s"
        " where s.organization_id = $1 and s.is_default",
        [(own, *row[:4], datetime.now(UTC) if row[4] else None, row[6]) for row in rows],
    )
    hidden = [(Channel.SMS, row[1]) for row in rows if row[5]] + [(Channel.EMAIL, row[6]) for row in rows if row[5]]
    hashes = [(own, new_id(), channel, address_hash(own, channel, one)) for channel, one in hidden if one]
    await sql.executemany(
        "insert into suppressions (organization_id, id, channel, address_hash, reason)"
        " values ($1, $2, $3, $4, 'REQUESTED')",
        hashes,
    )
    return {one[3] for one in hashes}


async def test_the_database_says_what_the_gate_does(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """For every way in which leads and organizations can stand, and every address that a lead can have."""
    own, now, rows = tenant.organization_id, datetime.now(UTC), ways_to_stand()
    outs = await store(sql, own, rows)
    of = ", ".join(f"{column.expression('t')} as {column.name}" for column in MESSAGEABILITY.columns)
    asked = f"select t.*, {of} from leads t{MESSAGEABILITY.beside.format(t='t')} where t.organization_id = $1"
    for status, trial, mail in product(("ACTIVE", "PAUSED", "CANCELLED"), (None, -1, 1), (None, "a@b.example")):
        ends_at = now + timedelta(days=trial) if trial else None
        change = "update organizations set status = $2, trial_ends_at = $3, mail_address = $4 where id = $1"
        await sql.execute(change, own, status, ends_at, mail)
        found = await sql.fetch(asked, own)
        assert len(found) == len(rows) * len(WRITTEN_ON)
        for row in found:
            address = row["email" if row["channel"] == "EMAIL" else "phone"]
            thread = dict(row) | {
                "recipient": address,
                "is_suppressed": bool(address) and address_hash(own, Channel(row["channel"]), address) in outs,
                "sender": mail if row["channel"] == "EMAIL" else tenant.number,
                "organization_status": status,
                "has_trial_ended": trial == -1,
            }
            said = ask_by_hand(thread, now)
            assert (row["reason"], row["retry_at"]) == (said.reason, said.retry_at), thread
            assert row["message"] == (said.message if said.reason else None)
    assert {find_address(row["email"]) is None for row in found if row["email"]} == {True, False}


async def test_a_page_of_leads_tells_of_each(house: House) -> None:
    tenant = await open_tenant(house)
    for facts in ({}, {"phone": None, "email": new_email()}):
        await tenant.lead(**facts)
    asked = "{ leads { nodes { phone ways: messageability { on: channel canSend } } } }"
    for one in (await tenant.viewer.ask(asked))["leads"]["nodes"]:
        can = {way["on"]: way["canSend"] for way in one["ways"]}
        assert can == {"SMS": bool(one["phone"]), "WHATSAPP": bool(one["phone"]), "EMAIL": False}
