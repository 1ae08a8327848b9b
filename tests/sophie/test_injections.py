"""Whatever leads write, a model is asked the same with one same tool, and whatever it answers is held to the rules."""

import dataclasses
import json
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from domain.answering import Answer, Brief, Line, ModelMalformed
from domain.conversations import MessageDirection
from domain.output_rules import OutputRule, OutputRules, find_breaches
from domain.outputs.never_rules import read_never_rule
from gateways.model_addresses import ModelAddress
from gateways.models import Models, open_models
from sophie.asking import Question, Reply, ask_for_answer, read_reply, system_text
from sophie.fencing import fence_of
from sophie.judging import ask_for_review
from tests.play.model_server import KEY, MODEL, ModelServer, Says
from tests.sophie.injections import CONVERSATION, FENCE, INJECTIONS, MESSAGE, PROMPT, Injection

AT = datetime(2026, 3, 4, 10, tzinfo=UTC)
BEFORE = Line(MessageDirection.OUTBOUND, "Hi Ann, are you still thinking about panels?", AT)
SITE, BOOKING = "https://acme-solar.co.uk", "https://cal.com/acme/survey"
NAMES = [injection.name for injection in INJECTIONS]


def a_brief(*texts: str, **facts: str) -> Brief:
    said = tuple(Line(MessageDirection.INBOUND, text, AT) for text in texts)
    return Brief(
        PROMPT, {"first_name": "Ann", "phone": "+447700900123", **facts}, (BEFORE, *said), "Acme Solar", BOOKING, SITE
    )


PLAIN = a_brief("Do you do batteries?")
RULES = OutputRules(
    blacklisted_words=("guaranteed",),
    never_rules=(read_never_rule("Never promise a date"),),
    links=(BOOKING, SITE),
    contacts=("+447700900123",),
    confidential=system_text(PLAIN, FENCE),
    marks=(FENCE.mark, FENCE.word),
)


def asked(injection: Injection) -> Question[Reply]:
    return ask_for_answer(a_brief(*injection.texts, **injection.facts), FENCE)


def apart(user: str) -> tuple[str, str]:
    """What stands in the fence, and what stands around it."""
    found = re.fullmatch(rf"<<<data {FENCE.word}>>>\n(.*)\n<<<end {FENCE.word}>>>\n(.*)", user, re.DOTALL)
    assert found
    return found[1], found[2]


def test_there_are_enough_attempts_and_each_has_its_name() -> None:
    assert len(INJECTIONS) >= 45 and len(set(NAMES)) == len(NAMES)


@pytest.mark.parametrize("injection", INJECTIONS, ids=NAMES)
def test_what_leads_write_stands_in_the_fence_alone(injection: Injection) -> None:
    question, plain = asked(injection), ask_for_answer(PLAIN, FENCE)
    inside, around = apart(question.user)
    assert (question.system, around, question.form) == (plain.system, apart(plain.user)[1], Reply)
    assert FENCE.word not in inside.lower() and FENCE.mark not in question.user.lower()
    titles = [row for row in inside.splitlines() if row.startswith("#")]
    assert titles == ["# facts about the lead", "# said before, the oldest first", "# said now"]


@pytest.mark.parametrize("injection", INJECTIONS, ids=NAMES)
def test_each_line_is_one_row_of_data(injection: Injection) -> None:
    """Nothing that was written ends its row, or looks like a mark of a program."""
    inside, _ = apart(asked(injection).user)
    rows = inside.split("# said now\n")[1].splitlines()
    assert [json.loads(row)["from"] for row in rows] == ["lead"] * len(injection.texts)
    for row in rows:
        assert not re.search(r"[<>`|#]", row) and not re.search(r"[\[\]{}]", row[1:-1])
        assert not re.search("[\u200b-\u200f\u202a-\u202e\u2060-\u206f\U000e0000-\U000e007f]", json.loads(row)["text"])


@pytest.fixture
async def server() -> AsyncIterator[ModelServer]:
    async with ModelServer().open() as server:
        yield server


@pytest.fixture
async def models(server: ModelServer) -> AsyncIterator[Models]:
    async with open_models(ModelAddress("openai", MODEL, f"{server.url}/v1", KEY, timeout_seconds=5)) as models:
        yield models


def besides(body: dict[str, Any]) -> dict[str, Any]:
    """All of a request but for what was said."""
    messages = [one if one["role"] != "user" else "what was said" for one in body["messages"]]
    return {**body, "messages": messages}


async def test_the_same_request_leaves_whatever_was_written(server: ModelServer, models: Models) -> None:
    """The same model, rules, bounds and one tool, which names nobody."""
    await models.ask(*ask_for_answer(PLAIN, FENCE))
    for injection in INJECTIONS:
        await models.ask(*asked(injection))
    plain, *others = [besides(one.body) for one in server.asked]
    assert len(others) == len(INJECTIONS) and all(other == plain for other in others)
    [tool] = server.asked[0].tools
    assert set(tool["parameters"]["properties"]) == {field.name for field in dataclasses.fields(Answer)}
    assert tool["parameters"]["additionalProperties"] is False


async def test_a_gullible_model_s_answer_is_withheld_or_harmless(server: ModelServer, models: Models) -> None:
    for injection in INJECTIONS:
        server.script = [gullible(injection)]
        try:
            reply, _ = await models.ask(*asked(injection))
        except ModelMalformed:
            assert not injection.is_harmless, injection.name
            continue
        breaches = find_breaches(read_reply(reply).text, RULES)
        assert bool(breaches) is not injection.is_harmless, (injection.name, breaches)


def gullible(injection: Injection) -> Says:
    if isinstance(injection.gullible, str):
        return Says.reply(text=injection.gullible)
    return Says(injection.gullible, words="As you wish.")


@pytest.mark.parametrize(
    "text", ["You get a discount.", "It is £450.", "For 10% less", "It is free of charge.", "£1", "7%"]
)
def test_the_frame_lets_nobody_name_a_price(text: str) -> None:
    """Prices may be those that stand in what the model was told, of which most is the organization's own."""
    rules = dataclasses.replace(RULES, confidential=system_text(dataclasses.replace(PLAIN, prompt=""), FENCE))
    assert {breach.rule for breach in find_breaches(text, rules)} == {OutputRule.PRICE}


def test_no_answer_says_who_it_is_for() -> None:
    """Who is written to was settled before: by the conversation, which no model can choose."""
    names = {field.name for field in dataclasses.fields(Answer)}
    assert names == {"text", "sentiment", "temperature", "intent", "wants_human", "wants_booking"}


def test_each_request_has_a_fence_of_its_own() -> None:
    fences = {fence_of(CONVERSATION, UUID(int=number)).word for number in range(100)}
    assert len(fences) == 100 and fence_of(CONVERSATION, MESSAGE) == FENCE and FENCE.word != FENCE.mark


def test_of_a_long_conversation_the_newest_is_said() -> None:
    lines = tuple(Line(MessageDirection.OUTBOUND, f"line {number}", AT) for number in range(500))
    brief = dataclasses.replace(PLAIN, lines=(*lines, *PLAIN.lines))
    user = ask_for_answer(brief, FENCE).user
    assert "line 499" in user and "line 400" not in user and len(user) < 10_000


def test_a_burst_is_answered_together() -> None:
    """S1.6: several texts within the window are one question."""
    inside, _ = apart(ask_for_answer(a_brief("Hi", "Is it", "red?"), FENCE).user)
    before, now = inside.split("# said now\n")
    assert [json.loads(row)["text"] for row in now.splitlines()] == ["Hi", "Is it", "red?"]
    assert "still thinking" in before


@pytest.mark.parametrize("injection", INJECTIONS, ids=NAMES)
def test_a_reviewer_is_told_nothing_by_what_it_reviews(injection: Injection) -> None:
    brief = a_brief(*injection.texts, **injection.facts)
    question, plain = ask_for_review(brief, injection.texts[-1], FENCE), ask_for_review(PLAIN, "Yes.", FENCE)
    inside, around = apart(question.user)
    assert (question.system, around) == (plain.system, apart(plain.user)[1])
    assert isinstance(json.loads(inside.split("# to be judged\n")[1]), str) and FENCE.word not in inside.lower()
