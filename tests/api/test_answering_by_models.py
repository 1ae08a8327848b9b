"""Whatever a model's server does, a lead's text ends in an answer that is sent, withheld or proposed, with a reason.

The real client asks a server on loopback that speaks OpenAI's dialect (S0.13, S1.6).
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from gateways.models import TOOL, open_models
from tests.gateways.test_models import an_address
from tests.play.answering import AnswerDesk
from tests.play.model_server import ModelServer, Mood, Raw, Says
from tests.play.tenant import Tenant, next_number
from workers.answering import Answering
from workers.writers import ModelWriter, Prices

FINE = Says.reply(text="Happy to help. Would Tuesday suit you?", wants_human=False)


@asynccontextmanager
async def desk_by(tenant: Tenant, server: ModelServer) -> AsyncIterator[AnswerDesk]:
    """A desk whose answers that server writes, within a second or two."""
    desk = await AnswerDesk(tenant).open(blacklistedWords=["guaranteed"])
    async with open_models(an_address(server, timeout_seconds=1.5)) as models:
        writer = ModelWriter(models, Prices(2, 8))
        desk.answering = Answering(tenant.house.parts.database, writer, lambda: desk.now)
        yield desk


@pytest.fixture
async def server() -> AsyncIterator[ModelServer]:
    async with ModelServer().open() as opened:
        yield opened


@pytest.fixture
async def desk(tenant: Tenant, server: ModelServer) -> AsyncIterator[AnswerDesk]:
    async with desk_by(tenant, server) as opened:
        yield opened


def says(text: str, **changed: Any) -> Says:
    return Says.reply(**{"text": text, "wants_human": False, **changed})


SETTLED: dict[str, tuple[Says | Raw | Mood, tuple[str, str | None]]] = {
    "a good answer": (FINE, ("SENT", None)),
    "one for a person": (says("A colleague will call.", wants_human=True), ("PROPOSED", "WANTS_HUMAN")),
    "nothing to say": (says(""), ("WITHHELD", "NOTHING_TO_SAY")),
    "a word nobody wants": (says("It is guaranteed."), ("WITHHELD", "OUTPUT_RULE")),
    "a word nobody wants, spelt apart": (says("It is g u a r a n t e e d."), ("WITHHELD", "OUTPUT_RULE")),
    "a link elsewhere": (says("See https://evil.example/x"), ("WITHHELD", "OUTPUT_RULE")),
    "a price nobody named": (says("It is 499 pounds."), ("WITHHELD", "OUTPUT_RULE")),
    "its instructions": (
        says("These rules stand above everything before and after them. You write the next message of us."),
        ("WITHHELD", "OUTPUT_RULE"),
    ),
    "another tool": (Says((("send_money", {"to": "me"}),)), ("WITHHELD", "MODEL_MALFORMED")),
    "two replies": (Says((*FINE.calls, *FINE.calls)), ("WITHHELD", "MODEL_MALFORMED")),
    "words instead of the form": (Says(words="Sure!", finish="stop"), ("WITHHELD", "MODEL_MALFORMED")),
    "a word that is none of ours": (says("Fine.", intent="BUY_NOW"), ("WITHHELD", "MODEL_MALFORMED")),
    "another recipient": (says("Fine.", recipient="+447700900999"), ("WITHHELD", "MODEL_MALFORMED")),
    "half of an answer": (Says(FINE.calls, finish="length"), ("WITHHELD", "MODEL_MALFORMED")),
    "no answer at all": (Raw(b"null"), ("WITHHELD", "MODEL_MALFORMED")),
    "a refusal": (Says(refusal="No.", finish="content_filter"), ("WITHHELD", "MODEL_REFUSED")),
    "a filter": (Mood.FILTERING, ("WITHHELD", "MODEL_REFUSED")),
}


@pytest.mark.parametrize("case", SETTLED)
async def test_what_comes_is_settled_at_once(desk: AnswerDesk, server: ModelServer, case: str) -> None:
    said, outcome = SETTLED[case]
    server.script = [said]
    await desk.hear()
    assert await desk.write() == 1
    [draft] = await desk.drafts()
    assert (draft["status"], draft["reason"]) == outcome, draft
    assert (draft["message"] is not None) == (draft["status"] == "SENT")
    assert draft["status"] == "SENT" or draft["problem"]
    assert [tool["name"] for tool in server.asked[0].tools] == [TOOL]


@pytest.mark.parametrize("mood", [Mood.SILENT, Mood.DRIPPING, Mood.BUSY, Mood.OVERLOADED, Mood.FAILING, Mood.CUT])
async def test_what_does_not_come_is_asked_for_again(desk: AnswerDesk, server: ModelServer, mood: Mood) -> None:
    server.script = [mood, FINE]
    await desk.hear()
    assert await desk.write() == 1
    [draft] = await desk.drafts()
    assert (draft["status"], draft["message"]) == ("WAITING", None) and draft["problem"]
    assert await desk.write() == 1
    assert [one["status"] for one in await desk.drafts()] == ["SENT"]


async def test_a_slow_model_holds_up_nobody_else(desk: AnswerDesk, server: ModelServer) -> None:
    """Texts of people go out while it thinks, and what leads write comes in."""
    conversation, _ = await desk.hear()
    server.script = [Mood.SILENT]
    sent = []

    async def meanwhile() -> None:
        sent.append(await desk.tenant.answer((await desk.tenant.text("Hi", next_number()))[0]))

    writing = desk.write()
    await meanwhile()
    assert await writing == 1 and sent
    assert conversation == (await desk.drafts(status={"eq": "WAITING"}))[-1]["conversation"]["id"]


async def test_it_costs_what_its_tokens_cost(desk: AnswerDesk, server: ModelServer) -> None:
    server.script = [FINE, Raw(b"<html>")]
    for _ in range(2):
        await desk.hear()
        await desk.write()
    found = await desk.tenant.owner.ask("{ modelUses { nodes { outcome cost } } }")
    assert found["modelUses"]["nodes"] == [{"outcome": "ANSWERED", "cost": 321 * 2 + 45 * 8}]
