"""The real client of models against a server on loopback: an answer is a form filled in, or trouble of a known sort."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from domain.answering import (
    Brief,
    Intent,
    Line,
    ModelAway,
    ModelBusy,
    ModelMalformed,
    ModelRefused,
    ModelSlow,
    ModelTrouble,
    ModelUnreachable,
)
from domain.conversations import MessageDirection
from domain.leads import Sentiment, Temperature
from domain.learning import InsightCategory
from domain.troubles import Trouble
from gateways.model_addresses import HOMES, ModelAddress, read_model
from gateways.models import TOOL, Models, open_models
from sophie.asking import Reply, ask_for_answer, read_reply
from sophie.fencing import Fence
from sophie.judging import ask_for_review, read_opinion
from tests.play.model_server import GOOD, KEY, MODEL, ModelServer, Mood, Raw, Says
from tests.play.waiting import until

FENCE = Fence("f" * 24, "e" * 24)
AT = datetime(2026, 3, 4, 10, tzinfo=UTC)
BRIEF = Brief("You write for Acme.", {"first_name": "Ann"}, (Line(MessageDirection.INBOUND, "Is it red?", AT),), "Acme")
QUESTION = ask_for_answer(BRIEF, FENCE)
SOON = 5  # seconds, much longer than any answer on loopback takes


def an_address(server: ModelServer, provider: str = "openai", **changed: Any) -> ModelAddress:
    url = f"{server.url}/v1" if provider == "openai" else server.url
    return replace(ModelAddress(provider, MODEL, url, KEY, timeout_seconds=SOON), **changed)


@pytest.fixture
async def server() -> AsyncIterator[ModelServer]:
    async with ModelServer().open() as server:
        yield server


@pytest.fixture(params=["openai", "anthropic"])
async def either(request: pytest.FixtureRequest, server: ModelServer) -> AsyncIterator[Models]:
    async with open_models(an_address(server, request.param)) as models:
        yield models


@pytest.fixture
async def models(server: ModelServer) -> AsyncIterator[Models]:
    async with open_models(an_address(server)) as models:
        yield models


async def test_an_answer_and_what_it_took(server: ModelServer, either: Models) -> None:
    reply, usage = await either.ask(*QUESTION)
    answer = read_reply(reply)
    assert (answer.text, answer.intent, answer.wants_human) == (GOOD["text"], Intent.QUESTION, True)
    assert (answer.sentiment, answer.temperature) == (Sentiment.POSITIVE, Temperature.WARM)
    assert (usage.model, usage.input_tokens, usage.output_tokens) == (either.name, 321, 45)
    assert either.name in (f"openai:{MODEL}", f"anthropic:{MODEL}") and 0 <= usage.took_ms < SOON * 1000


async def test_a_question_leaves_as_it_is_with_the_form_as_its_only_tool(server: ModelServer, either: Models) -> None:
    await either.ask(*QUESTION)
    [asked] = server.asked
    assert (asked.system, asked.user) == (QUESTION.system, QUESTION.user)
    [tool] = asked.tools
    assert tool["name"] == TOOL
    assert set((tool.get("parameters") or tool["input_schema"])["properties"]) == set(GOOD)
    assert not asked.body.get("stream") and {
        asked.body.get(name) for name in ("max_tokens", "max_completion_tokens")
    } >= {1000}


async def test_words_beside_the_reply_are_passed_over(server: ModelServer, either: Models) -> None:
    server.script = [replace(Says.reply(), words="Let me think. I would reply as follows.")]
    reply, _ = await either.ask(*QUESTION)
    assert reply.text == GOOD["text"]


def _without(field: str) -> Says:
    return Says((("reply", {name: value for name, value in GOOD.items() if name != field}),))


MALFORMED: dict[str, Says | Raw] = {
    "no call": Says(words="Thanks, Ann!", finish="stop"),
    "JSON as words": Says(words='{"text": "Hi", "intent": "OTHER"}', finish="stop"),
    "nothing at all": Says(finish="stop"),
    "no JSON": Says((("reply", "Thanks, Ann!"),)),
    "half of JSON": Says((("reply", '{"text": "Thanks'),)),
    "a list": Says((("reply", [GOOD]),)),
    "JSON within JSON": Says((("reply", '"{\\"text\\": \\"hi\\"}"'),)),
    "an unknown intent": Says.reply(intent="SELL"),
    "an unknown sentiment": Says.reply(sentiment="positive"),
    "an unknown temperature": Says.reply(temperature=3),
    "a word for a truth": Says.reply(wants_human="yes"),
    "no text": _without("text"),
    "no intent": _without("intent"),
    "a number for a text": Says.reply(text=7),
    "a recipient besides": Says.reply(recipient="+447700900999"),
    "two replies": Says((("reply", GOOD), ("reply", GOOD))),
    "a tool that is not there": Says((("send_message", {"to": "+447700900999", "text": "Hi"}),)),
    "a reply and a tool that is not there": Says((("reply", GOOD), ("delete_lead", {}))),
    "cut off": replace(Says.reply(), finish="length"),
    "no choices": Raw(b'{"id": "x", "object": "chat.completion", "created": 1, "model": "m", "choices": []}'),
    "choices that are none": Raw(b'{"id": "x", "object": "chat.completion", "created": 1, "model": "m", "choices": 3}'),
    "no message": Raw(b'{"id": "x", "created": 1, "model": "m", "choices": [{"index": 0, "finish_reason": "stop"}]}'),
    "null": Raw(b"null"),
    "a row": Raw(b"[1, 2]"),
}


@pytest.mark.parametrize("name", MALFORMED)
async def test_what_is_no_reply_is_malformed(server: ModelServer, models: Models, name: str) -> None:
    """And not asked again by itself: the next question is the next."""
    server.script = [MALFORMED[name]]
    with pytest.raises(ModelMalformed) as told:
        await models.ask(*QUESTION)
    assert not isinstance(told.value, Trouble) and len(server.asked) == 1
    assert told.value.reason.endswith(".") and "Ann" not in told.value.reason and KEY not in told.value.reason
    if isinstance(MALFORMED[name], Says):
        assert told.value.usage and told.value.usage.input_tokens == 321, "it was paid for all the same"
    await models.ask(*QUESTION)


TROUBLES: dict[Says | Mood | Raw, tuple[type[ModelTrouble], str]] = {
    Mood.BUSY: (ModelBusy, "asked too much (HTTP 429)"),
    Mood.OVERLOADED: (ModelBusy, "takes nothing now (HTTP 503)"),
    Mood.USED_UP: (ModelBusy, "used up"),
    Mood.FAILING: (ModelUnreachable, "cannot be reached (HTTP 500)"),
    Mood.ELSEWHERE: (ModelUnreachable, "cannot be reached"),
    Raw(b"<html>It works!</html>"): (ModelUnreachable, "cannot be reached"),
    Raw(b""): (ModelUnreachable, "cannot be reached"),
    Mood.CUT: (ModelUnreachable, "cannot be reached"),
    Mood.CUT_WITHIN: (ModelUnreachable, "cannot be reached"),
    Mood.REJECTING: (ModelRefused, "refused the question (HTTP 400)"),
    Mood.FILTERING: (ModelRefused, "refused the question (HTTP 400)"),
    Mood.TOO_LONG: (ModelRefused, "too long"),
    Says(refusal="I cannot help with that.", finish="stop"): (ModelRefused, "will not answer"),
    Says(finish="content_filter"): (ModelRefused, "will not answer"),
}


@pytest.mark.parametrize("script", TROUBLES, ids=str)
async def test_trouble_says_of_what_sort_it_is(server: ModelServer, models: Models, script: Says | Mood | Raw) -> None:
    server.script = [script]
    kind, words = TROUBLES[script]
    with pytest.raises(ModelTrouble) as told:
        await models.ask(*QUESTION)
    assert type(told.value) is kind and words in told.value.reason and KEY not in told.value.reason
    assert isinstance(told.value, Trouble) == issubclass(kind, ModelAway)
    assert len(server.asked) == 1, "nothing is asked twice"


async def test_who_is_busy_says_for_how_long(server: ModelServer, models: Models) -> None:
    server.script = [Mood.BUSY]
    with pytest.raises(ModelBusy) as told:
        await models.ask(*QUESTION)
    assert told.value.retry_after_seconds == 7


@pytest.mark.parametrize("mood", [Mood.SILENT, Mood.DRIPPING])
async def test_nobody_waits_longer_than_the_timeout(server: ModelServer, mood: Mood) -> None:
    """Neither for a first byte nor for one byte after another."""
    server.script = [mood]
    async with open_models(an_address(server, timeout_seconds=0.5)) as models:
        began = time.monotonic()
        with pytest.raises(ModelSlow, match=r"0\.5 seconds"):
            await models.ask(*QUESTION)
        assert time.monotonic() - began < SOON
    assert len(server.asked) == 1


@pytest.mark.parametrize("changed", [{"key": "another key"}, {"key": None}, {"name": "unheard-of"}])
async def test_wrong_settings_can_be_mended(
    monkeypatch: pytest.MonkeyPatch, server: ModelServer, changed: dict[str, Any]
) -> None:
    """The environment's keys are for other servers, and not sent here."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    async with open_models(an_address(server, **changed)) as models:
        with pytest.raises(ModelUnreachable, match="REKINDLE_MODEL") as told:
            await models.ask(*QUESTION)
    assert "another key" not in told.value.reason


async def test_who_is_away_is_unreachable(server: ModelServer, models: Models) -> None:
    await server.shut()
    with pytest.raises(ModelUnreachable):
        await models.ask(*QUESTION)


async def test_no_more_is_asked_at_once_than_was_agreed(server: ModelServer) -> None:
    async def two_are_asked() -> bool:
        return server.under_way == 2

    server.may_answer.clear()
    async with open_models(an_address(server, at_once=2)) as models:
        asking = asyncio.gather(*(models.ask(*QUESTION) for _ in range(7)))
        await until(two_are_asked)
        server.may_answer.set()
        await asking
    assert len(server.asked) == 7 and server.most_under_way == 2


async def test_whose_turn_never_comes_is_told_so(server: ModelServer) -> None:
    server.may_answer.clear()
    async with open_models(an_address(server, at_once=1, timeout_seconds=0.5)) as models:
        told = await asyncio.gather(*(models.ask(*QUESTION) for _ in range(2)), return_exceptions=True)
        server.may_answer.set()
    assert {type(one) for one in told} == {ModelSlow, ModelBusy}


NOTICED = {
    "category": "TONE",
    "severity": "WARNING",
    "title": "Sounds cold",
    "description": "It gives no reason.",
    "suggestion": "Say why.",
}


async def test_a_review_is_another_form_of_the_same_question(server: ModelServer, either: Models) -> None:
    """S1.16: a score, what was noticed, and where the conversation stands."""
    server.script = [Says((("reply", {"score": 0.456, "findings": [NOTICED], "summary": " Ann asks. "}),))]
    opinion, usage = await either.ask(*ask_for_review(BRIEF, "No.", FENCE))
    review = read_opinion(opinion)
    assert (review.score, review.summary, usage.output_tokens) == (0.46, "Ann asks.", 45)
    [finding] = review.findings
    assert (finding.rule, finding.category, finding.title) == ("model:tone", InsightCategory.TONE, "Sounds cold")
    assert '"No."' in server.asked[0].user and "Is it red?" in server.asked[0].user


@pytest.mark.parametrize(
    "changed",
    [{"score": 1.1}, {"score": "high"}, {"findings": [{**NOTICED, "severity": "FATAL"}]}, {"findings": [NOTICED] * 6}],
)
async def test_an_opinion_out_of_bounds_is_malformed(
    server: ModelServer, models: Models, changed: dict[str, Any]
) -> None:
    server.script = [Says((("reply", {"score": 0.4, "findings": [], "summary": "", **changed}),))]
    with pytest.raises(ModelMalformed):
        await models.ask(*ask_for_review(BRIEF, "No.", FENCE))


async def test_an_answer_without_an_end_is_malformed(server: ModelServer, either: Models) -> None:
    server.script = [Mood.ENDLESS]
    with pytest.raises(ModelMalformed):
        await either.ask(*QUESTION)


async def test_the_key_is_shown_nowhere(server: ModelServer) -> None:
    assert KEY not in repr(an_address(server))


@pytest.mark.parametrize("text", ["gpt-5", "openai:", "openai: ", "ollama:llama", "", "OpenAI:gpt-5"])
def test_a_model_that_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="openai:<model> or anthropic:<model>"):
        read_model(text)


def test_a_model_is_a_provider_and_a_name() -> None:
    assert read_model("openai:gpt-5") == ("openai", "gpt-5")
    assert read_model("openai:vendor/model:latest") == ("openai", "vendor/model:latest")
    assert ModelAddress("openai", "gpt-5", HOMES["openai"]).is_home


def test_a_stop_is_answered_with_nothing() -> None:
    assert read_reply(Reply.model_validate_json(json.dumps({**GOOD, "intent": "STOP"}))).text == ""
