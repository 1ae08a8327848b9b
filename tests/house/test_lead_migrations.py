"""Leads that were there before much was known of leads: what the migrations make of them, and leave when they go."""

import asyncpg

from db.migrate import migrate
from domain.ids import new_id
from tests.play.databases import new_database

BEFORE = 18
LEAD = """insert into leads (organization_id, id, first_name, company, phone, email, tags, source)
    values ($1, $2, $3, $4, $5, $6, $7, 'MANUAL')"""
CONVERSATION = """insert into conversations (organization_id, id, lead_id, channel) values ($1, $2, $3, 'SMS')"""
MESSAGE = """insert into messages (organization_id, id, conversation_id, lead_id, direction, body, status,
    sender, recipient, segments, sent_at)
    values ($1, $2, $3, $4, 'OUTBOUND', 'Hello', 'SENT', '+447700900100', '+447700900001', 1, '2025-03-01 12:00+00')"""
FOUND = """select l.lifecycle, l.score, l.last_contacted_at is not null as is_contacted, s.name as stage, l.version,
    (select array_agg(t.tag order by t.tag) from lead_tags t where t.lead_id = l.id) as tags
    from leads l join pipeline_stages s on s.id = l.pipeline_stage_id where l.id = $1"""


async def test_leads_that_were_there_have_stage_score_tags_and_words(database_url: str) -> None:
    """S0.5, S2.8, S2.16, S4.10: as if all had been so from the start; only who was written to has changed."""
    url = await new_database(database_url, "old_leads", migrated=False)
    await migrate(url, BEFORE)
    sql = await asyncpg.connect(url)
    organization, ann, bob, conversation = (new_id() for _ in range(4))
    await sql.execute("insert into organizations (id, slug, name) values ($1, 'old', 'Old')", organization)
    await sql.execute(LEAD, organization, ann, "Ann", "Acme", "+447700900001", None, ["vip", "roof", "vip"])
    await sql.execute(LEAD, organization, bob, "Bob", None, None, "bob@example.com", [])
    await sql.execute(CONVERSATION, organization, conversation, ann)
    await sql.execute(MESSAGE, organization, new_id(), conversation, ann)
    records = await sql.fetchval("select count(*) from audit_logs")
    await migrate(url)
    [found] = await sql.fetch(FOUND, ann)
    assert dict(found) == {
        "lifecycle": "CONTACTED", "score": 15, "is_contacted": True, "stage": "New Contact", "version": 2,
        "tags": ["roof", "vip"],
    }  # fmt: skip
    [found] = await sql.fetch(FOUND, bob)
    assert dict(found) == {
        "lifecycle": "NEW", "score": 0, "is_contacted": False, "stage": "New Contact", "version": 1, "tags": None,
    }  # fmt: skip
    assert await sql.fetchval("select count(*) from audit_logs") == records
    for word, lead in (("nann", ann), ("o447700900001", ann), ("thello", ann), ("nbob", bob)):
        rows = await sql.fetch("select lead_id from lead_words where words @@ $1::tsquery", word)
        assert [row["lead_id"] for row in rows] == [lead], word
    await migrate(url, BEFORE)
    assert await sql.fetchval("select count(*) from leads where tags = '{vip,roof,vip}' or tags = '{}'") == 2
    await sql.close()
