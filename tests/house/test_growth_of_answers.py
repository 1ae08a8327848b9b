"""Among twenty thousand answers of Sophie's claims, and what is asked of one conversation, look at little more than it.

Also the outcomes of what versions write, which every text of a lead may move.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from db.statements import statement
from domain.ids import new_id
from tests.house.growth import Grown
from tests.house.growth_answering import MOST_DUE
from tests.house.test_growth import NOW, troubles

CLAIMS: list[tuple[str, str, tuple[Any, ...]]] = [
    ("answering", "claim_draft", (NOW, new_id(), NOW)),
    ("answering", "discard_drafts", ([new_id()], "MANUAL_MODE", None, None)),
    ("leads", "hand_over_drafts", (new_id(), None, None)),
    ("leads", "erase_drafts", ([new_id()],)),
    ("datasets", "carry_to_drafts", ([new_id()],)),
    ("merging", "move_drafts", (new_id(), new_id(), None, None)),
    ("merging", "return_drafts", ([new_id()], new_id(), None, None)),
]
EVERY_PLAN = pytest.mark.parametrize("mode", ["force_custom_plan", "force_generic_plan"])


@pytest.mark.parametrize(("domain", "name", "values"), CLAIMS)
@EVERY_PLAN
async def test_a_claim_looks_at_what_it_takes(
    server: asyncpg.Connection, grown: Grown, domain: str, name: str, values: tuple[Any, ...], mode: str
) -> None:
    transaction = server.transaction()
    await transaction.start()
    organization = grown.actor.organization_id
    await server.fetchval("select begin_request($1, null, 'ALL')", organization)
    try:
        assert await troubles(server, statement(domain, name), (organization, *values), mode, few=20) == []
    finally:
        await transaction.rollback()


OF_A_TALK = [
    ("answering", "get_policies", lambda talk: ([talk],)),
    ("answering", "get_brief", lambda talk: (talk, NOW)),
    ("answering", "get_lines", lambda talk: (talk, 40)),
    ("answering", "get_inbound", lambda talk: (talk,)),
    ("answering", "discard_drafts", lambda talk: ([talk], "HUMAN_REPLIED", None, talk)),
    ("exposures", "note_replies", lambda talk: ([talk], NOW)),
    ("exposures", "note_feeling", lambda talk: (talk, 1, True, NOW)),
    ("exposures", "note_booking", lambda talk: (talk, NOW)),
    ("exposures", "note_opt_out", lambda talk: (talk, NOW)),
]


@pytest.mark.parametrize(("domain", "name", "values"), OF_A_TALK)
@EVERY_PLAN
async def test_what_is_asked_of_one_conversation_looks_at_that_alone(
    server: asyncpg.Connection, grown: Grown, domain: str, name: str, values: Any, mode: str
) -> None:
    """Among twenty thousand; where conversations and their leads share their ids."""
    transaction = server.transaction()
    await transaction.start()
    organization = grown.actor.organization_id
    await server.fetchval("select begin_request($1, null, 'ALL')", organization)
    try:
        talk = await server.fetchval("select id from conversations where organization_id = $1 limit 1", organization)
        found = await troubles(server, statement(domain, name), (organization, *values(talk)), mode, few=20)
        assert [trouble for trouble in found if "campaign_policies" not in trouble] == [], "of those there are few"
    finally:
        await transaction.rollback()


@EVERY_PLAN
async def test_what_models_took_is_summed_by_its_time(server: asyncpg.Connection, grown: Grown, mode: str) -> None:
    since = datetime(2026, 2, 1, tzinfo=UTC)
    async with server.transaction():
        await server.fetchval("select begin_request($1, null, 'ALL')", grown.actor.organization_id)
        values = (grown.actor.organization_id, since, since + timedelta(days=30))
        found = await troubles(server, statement("answering", "sum_uses"), values, mode, few=24 * 30)
        assert found == []


async def test_finding_whose_drafts_are_due_looks_at_those_alone(grown: Grown) -> None:
    connection = await asyncpg.connect(grown.url)
    try:
        sql = await connection.fetchval("select prosrc from pg_proc where proname = 'organizations_with_drafts'")
        await connection.execute("set role rekindle_lookup")
        for mode in ("force_custom_plan", "force_generic_plan"):
            assert await troubles(connection, f"{sql} and $1::boolean", (True,), mode, few=MOST_DUE) == []
    finally:
        await connection.close()
