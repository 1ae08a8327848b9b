"""Sophie beside people: answers are proposed, accepted, edited and rejected."""

import asyncio
from typing import Any

import pytest

from tests.play.answering import AnswerDesk
from tests.play.callers import Caller
from tests.play.tenant import Tenant

SHOWN = """... on Draft { id status reason body originalBody version message { body aiGenerated author { id } }
  reviewer { id } asker { id } } ... on Refused { code why: message }"""


@pytest.fixture
async def desk(tenant: Tenant) -> AnswerDesk:
    return await AnswerDesk(tenant).open("COPILOT")


async def do(caller: Caller, verb: str, **given: Any) -> dict[str, Any]:
    name = verb[0].upper() + verb[1:]
    document = f"mutation ($i: {name}Input!) {{ {verb}(input: $i) {{ {SHOWN} }} }}"
    made: dict[str, Any] = (await caller.ask(document, i=given))[verb]
    return made


async def proposed(desk: AnswerDesk) -> dict[str, Any]:
    await desk.hear()
    await desk.write()
    [draft] = await desk.drafts(status={"eq": "PROPOSED"})
    assert (draft["reason"], draft["isProposal"], draft["message"]) == ("COPILOT", True, None)
    return draft


async def test_a_proposal_is_sent_once_somebody_accepts_it(desk: AnswerDesk) -> None:
    draft = await proposed(desk)
    made = await do(desk.tenant.agent, "acceptDraft", draftId=draft["id"], expectedVersion=draft["version"])
    assert made["status"] == "SENT" and made["message"]["body"] == draft["body"]
    assert made["reviewer"] and made["message"]["author"], "whoever accepts it answers for it"
    again = await do(desk.tenant.agent, "acceptDraft", draftId=draft["id"])
    assert again["code"] == "CONFLICT"


async def test_of_two_who_accept_at_once_one_sends(desk: AnswerDesk) -> None:
    draft = await proposed(desk)
    made = await asyncio.gather(
        *(do(one, "acceptDraft", draftId=draft["id"]) for one in (desk.tenant.agent, desk.tenant.owner))
    )
    assert sorted(one.get("code", "") for one in made) == ["", "CONFLICT"]
    found = await desk.tenant.owner.ask("{ messages { nodes { direction } } }")
    assert [one["direction"] for one in found["messages"]["nodes"]].count("OUTBOUND") == 1


async def test_an_edited_proposal_says_what_was_written_first(desk: AnswerDesk) -> None:
    draft = await proposed(desk)
    edited = await do(desk.tenant.agent, "editDraft", draftId=draft["id"], body="Tuesday at ten?")
    assert (edited["body"], edited["originalBody"]) == ("Tuesday at ten?", draft["body"])
    stale = await do(desk.tenant.agent, "acceptDraft", draftId=draft["id"], expectedVersion=draft["version"])
    assert stale["code"] == "CONFLICT"
    made = await do(desk.tenant.agent, "acceptDraft", draftId=draft["id"], expectedVersion=edited["version"])
    assert made["message"]["body"] == "Tuesday at ten?"


async def test_a_rejected_proposal_is_not_sent(desk: AnswerDesk) -> None:
    draft = await proposed(desk)
    made = await do(desk.tenant.agent, "rejectDraft", draftId=draft["id"], reason="Too short.")
    assert (made["status"], made["reason"], made["message"]) == ("REJECTED", "REJECTED", None)
    assert (await do(desk.tenant.agent, "acceptDraft", draftId=draft["id"]))["code"] == "CONFLICT"


async def test_sophie_is_asked_for_a_proposal_where_she_does_not_answer(tenant: Tenant) -> None:
    desk = AnswerDesk(tenant)
    conversation, _ = await desk.hear()
    asked = await do(tenant.agent, "suggestReply", conversationId=conversation)
    assert asked["status"] in ("WAITING", "WRITING", "PROPOSED") and asked["asker"]

    async def is_there() -> Any:
        return (await desk.drafts(status={"eq": "PROPOSED"})) or None

    from tests.play.waiting import until

    [draft] = await until(is_there)
    assert draft["model"] == "rules" and draft["body"], "the product's own worker has written it by plain rules"


async def test_a_withheld_answer_can_be_mended_and_sent(tenant: Tenant) -> None:
    desk = await AnswerDesk(tenant).open("AUTO", blacklistedWords=["guaranteed"])
    desk.says("It is guaranteed.")
    await desk.hear()
    await desk.write()
    [draft] = await desk.drafts()
    assert draft["status"] == "WITHHELD"
    await do(tenant.agent, "editDraft", draftId=draft["id"], body="Most people are happy with it.")
    made = await do(tenant.agent, "acceptDraft", draftId=draft["id"])
    assert made["status"] == "SENT"


async def test_who_may_not_write_may_not_ask(desk: AnswerDesk) -> None:
    draft = await proposed(desk)
    assert (await do(desk.tenant.viewer, "acceptDraft", draftId=draft["id"]))["code"] == "FORBIDDEN"
