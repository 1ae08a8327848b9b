"""A model reads what Sophie has answered, after the rules have: its opinion joins theirs, and nothing waits for it.

S1.8, S1.9, S1.16.
"""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from gateways.models import open_models
from tests.gateways.test_models import an_address
from tests.play.answering import AnswerDesk
from tests.play.model_server import ModelServer, Mood, Raw, Says
from tests.play.past import settled
from tests.play.tenant import Tenant
from workers.judging import Judging
from workers.writers import Prices

NOTICED = {
    "category": "OBJECTION",
    "severity": "WARNING",
    "title": "The price is passed over",
    "description": "They asked what it costs.",
    "suggestion": "Say what it depends on.",
}
OPINION: dict[str, Any] = {"score": 0.5, "findings": [NOTICED], "summary": "Wants the price before anything else."}


@pytest.fixture
async def server() -> AsyncIterator[ModelServer]:
    async with ModelServer().open() as opened:
        yield opened


@pytest.fixture
async def desk(tenant: Tenant, sql: asyncpg.Connection) -> AnswerDesk:
    """Where Sophie has answered well enough for the rules."""
    desk = await AnswerDesk(tenant).open()
    await desk.hear("How much is it?")
    await desk.write()
    await settled(tenant, sql)
    return desk


@pytest.fixture
async def judging(desk: AnswerDesk, server: ModelServer) -> AsyncIterator[Judging]:
    async with open_models(an_address(server, timeout_seconds=1.5)) as models:
        yield Judging(desk.tenant.house.parts.database, models, Prices(2, 8), lambda: desk.now)


def says(**changed: Any) -> Says:
    return Says((("reply", {**OPINION, **changed}),))


async def stands(desk: AnswerDesk) -> dict[str, Any]:
    asked = """{ conversations { nodes { summary messages { nodes { aiGenerated qualityScore } } } }
      insights { nodes { title category severity evidenceCount } } modelUses { nodes { purpose outcome cost } } }"""
    found: dict[str, Any] = await desk.tenant.owner.ask(asked)
    return found


async def test_its_opinion_joins_that_of_the_rules(desk: AnswerDesk, judging: Judging, server: ModelServer) -> None:
    before = await stands(desk)
    [scored] = [one["qualityScore"] for one in _messages(before) if one["aiGenerated"]]
    server.script = [says()]
    assert await judging.take_text(desk.tenant.organization_id)
    found = await stands(desk)
    [judged] = [one["qualityScore"] for one in _messages(found) if one["aiGenerated"]]
    assert judged == pytest.approx((scored + 0.5) / 2, abs=0.01)
    assert found["conversations"]["nodes"][0]["summary"] == OPINION["summary"]
    [insight] = [one for one in found["insights"]["nodes"] if one["title"] == NOTICED["title"]]
    assert (insight["category"], insight["severity"], insight["evidenceCount"]) == ("OBJECTION", "WARNING", 1)
    assert {"purpose": "REVIEW", "outcome": "ANSWERED", "cost": 321 * 2 + 45 * 8} in found["modelUses"]["nodes"]
    assert not await judging.take_text(desk.tenant.organization_id), "once"


def _messages(found: dict[str, Any]) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = found["conversations"]["nodes"][0]["messages"]["nodes"]
    return messages


async def test_without_a_good_reply_the_rules_stand_alone(
    desk: AnswerDesk, judging: Judging, server: ModelServer
) -> None:
    server.script = [Raw(b"null")]
    before = await stands(desk)
    assert await judging.take_text(desk.tenant.organization_id)
    assert _messages(await stands(desk)) == _messages(before)
    assert not await judging.take_text(desk.tenant.organization_id)


async def test_a_model_that_is_away_is_asked_again_later(
    desk: AnswerDesk, judging: Judging, server: ModelServer
) -> None:
    server.script = [Mood.FAILING, says()]
    assert await judging.take_text(desk.tenant.organization_id)
    assert not await judging.take_text(desk.tenant.organization_id), "somebody may be asking still"
    desk.now += timedelta(minutes=3)
    assert await judging.take_text(desk.tenant.organization_id)
    assert (await stands(desk))["conversations"]["nodes"][0]["summary"] == OPINION["summary"]


async def test_what_the_lead_wrote_is_data(desk: AnswerDesk, judging: Judging, server: ModelServer) -> None:
    server.script = [says()]
    await judging.take_text(desk.tenant.organization_id)
    assert "How much is it?" not in server.asked[0].system and "How much is it?" in server.asked[0].user
