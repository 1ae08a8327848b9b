"""Sophie answers: bursts together, after a while, by the gate and by plain rules; people are always quicker.

S0.13, S0.18, S1.3, S1.6.
"""

from datetime import timedelta

import pytest

from domain.answering import Intent, ModelMalformed, ModelRefused, ModelUnreachable
from domain.leads import Temperature
from tests.play.answering import GOOD, AnswerDesk
from tests.play.past import bare
from tests.play.tenant import Tenant, next_number
from tests.play.texting import send


@pytest.fixture
async def desk(tenant: Tenant) -> AnswerDesk:
    return await AnswerDesk(tenant).open()


async def test_a_burst_is_answered_once_after_a_while(desk: AnswerDesk) -> None:
    """S1.6: sixty seconds after the first text, and as long after the last one."""
    number = next_number()
    conversation, _ = await desk.hear("Hi", number)
    desk.now += timedelta(seconds=40)
    await desk.hear("How much is it?", number)
    assert await desk.write(minutes=0.5) == 0
    desk.now += timedelta(seconds=25)
    await desk.hear("For a bungalow", number)
    assert await desk.write(minutes=0.9) == 0
    assert await desk.write(minutes=0.2) == 1
    [draft] = await desk.drafts()
    assert (draft["status"], draft["conversation"]["id"]) == ("SENT", conversation)
    assert draft["message"]["body"] == draft["body"] == "Happy to help. Which day would suit you?"
    assert draft["message"]["aiGenerated"] and draft["inboundMessage"]["body"] == "For a bungalow"
    assert [line.text for line in desk.pen.asked[0].lines] == ["Hi", "How much is it?", "For a bungalow"]
    assert await desk.write() == 0


async def test_nobody_is_answered_where_answering_is_off(tenant: Tenant) -> None:
    """Ruling 19: replies can be left to others."""
    desk = AnswerDesk(tenant)
    await desk.hear()
    assert await desk.write() == 0 and await desk.drafts() == []


async def test_what_was_understood_is_known_of_the_lead(desk: AnswerDesk) -> None:
    """S1.6: the texts say how the lead feels."""
    desk.says("Shall we say Tuesday?", temperature=Temperature.HOT, intent=Intent.BOOKING)
    await desk.hear("Yes please, I'd like that")
    await desk.write()
    [draft] = await desk.drafts()
    assert (draft["intent"], draft["sentiment"], draft["temperature"]) == ("BOOKING", "POSITIVE", "HOT")
    assert draft["lead"]["temperature"] == "HOT" and draft["lead"]["sentiment"] == "POSITIVE"
    assert draft["lead"]["lifecycle"] == "ENGAGED"


async def test_a_person_who_answers_first_is_quicker(desk: AnswerDesk) -> None:
    conversation, _ = await desk.hear()
    await send(desk.tenant.agent, conversation, "Hello, this is Ben.")
    [draft] = await desk.drafts()
    assert (draft["status"], draft["reason"]) == ("DISCARDED", "HUMAN_REPLIED")
    assert await desk.write() == 0 and desk.pen.asked == []


async def test_a_person_who_answers_while_it_is_written_is_quicker(desk: AnswerDesk) -> None:
    conversation, _ = await desk.hear()
    desk.pen.meanwhile = lambda: send(desk.tenant.agent, conversation, "Hello, this is Ben.")
    assert await desk.write() == 1
    [draft] = await desk.drafts()
    assert (draft["status"], draft["reason"], draft["message"]) == ("DISCARDED", "HUMAN_REPLIED", None)


async def test_what_the_lead_writes_meanwhile_is_answered_too(desk: AnswerDesk) -> None:
    number = next_number()
    await desk.hear("Hi", number)

    async def again() -> None:
        desk.pen.meanwhile = None
        await desk.hear("Wait, one more thing", number)

    desk.pen.meanwhile = again
    assert await desk.write() == 1
    [draft] = await desk.drafts()
    assert (draft["status"], draft["message"]) == ("WAITING", None)
    assert await desk.write() == 1
    [draft] = await desk.drafts()
    assert draft["status"] == "SENT" and desk.pen.asked[-1].lines[-1].text == "Wait, one more thing"


async def test_who_was_taken_over_is_answered_by_people(desk: AnswerDesk) -> None:
    """S1.6: never in manual mode."""
    await desk.hear()
    [draft] = await desk.drafts()
    take = "mutation ($i: LeadInput!) { takeOverLead(input: $i) { __typename } }"
    await desk.tenant.agent.ask(take, i={"leadId": draft["lead"]["id"]})
    [draft] = await desk.drafts()
    assert (draft["status"], draft["reason"]) == ("DISCARDED", "MANUAL_MODE")
    assert await desk.write() == 0


async def test_who_opts_out_hears_nothing_of_sophie(desk: AnswerDesk) -> None:
    number = next_number()
    await desk.hear("How much?", number)
    await desk.hear("STOP", number)
    [draft] = await desk.drafts()
    assert (draft["status"], draft["reason"]) == ("DISCARDED", "OPTED_OUT")
    assert await desk.write() == 0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("It is guaranteed to save you money.", "guaranteed"),
        ("Look at https://elsewhere.example/offer", "elsewhere.example"),
        ("It costs £499 all in.", "price"),
    ],
)
async def test_plain_code_keeps_back_what_must_not_be_said(tenant: Tenant, text: str, words: str) -> None:
    desk = await AnswerDesk(tenant).open(blacklistedWords=["guaranteed"])
    desk.says(text)
    await desk.hear()
    await desk.write()
    [draft] = await desk.drafts()
    assert (draft["status"], draft["reason"], draft["message"]) == ("WITHHELD", "OUTPUT_RULE", None)
    assert words in draft["problem"] and draft["body"] == text


async def test_a_taught_rule_keeps_it_back_too(desk: AnswerDesk) -> None:
    """S1.10: a never-rule is enforced after the model."""
    teach = """mutation ($i: AddLessonInput!) { addLesson(input: $i) {
      ... on Lesson { id } ... on Refused { message } } }"""
    lesson = {
        "type": "NEVER_RULE",
        "title": "Never call it cheap",
        "incorrectResponse": "really cheap",
        "tags": [],
        "priority": 0,
    }
    assert "id" in (await desk.tenant.owner.ask(teach, i=lesson))["addLesson"]
    desk.says("It is really cheap. Shall we talk?")
    await desk.hear()
    await desk.write()
    [draft] = await desk.drafts()
    assert (draft["status"], draft["reason"]) == ("WITHHELD", "OUTPUT_RULE")


async def test_who_wants_a_person_gets_one(desk: AnswerDesk) -> None:
    desk.says("A colleague will call you.", wants_human=True, intent=Intent.HUMAN)
    await desk.hear("Can I talk to a human?")
    await desk.write()
    [draft] = await desk.drafts()
    assert (draft["status"], draft["reason"], draft["message"]) == ("PROPOSED", "WANTS_HUMAN", None)


async def test_after_so_many_turns_people_have_to_look(tenant: Tenant) -> None:
    desk = await AnswerDesk(tenant).open(aiMostTurns=2)
    number = next_number()
    for _ in range(3):
        await desk.hear("And?", number)
        await desk.write()
    assert [(one["status"], one["reason"]) for one in await desk.drafts()] == [
        ("PROPOSED", "TOO_MANY_TURNS"), ("SENT", None), ("SENT", None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [(ModelRefused("It will not."), "MODEL_REFUSED"), (ModelMalformed("No form."), "MODEL_MALFORMED")],
)
async def test_a_model_that_fails_leaves_it_to_people(desk: AnswerDesk, trouble: Exception, reason: str) -> None:
    desk.pen.says = trouble
    await desk.hear()
    await desk.write()
    [draft] = await desk.drafts()
    assert (draft["status"], draft["reason"]) == ("WITHHELD", reason) and draft["problem"]


async def test_a_model_that_is_away_is_asked_again_and_then_people_are(desk: AnswerDesk) -> None:
    desk.pen.says = ModelUnreachable("Nobody there.")
    await desk.hear()
    for _ in range(4):
        assert await desk.write() == 1
        assert [one["status"] for one in await desk.drafts()] == ["WAITING"]
    await desk.write(minutes=60)
    [draft] = await desk.drafts()
    assert (draft["status"], draft["reason"], draft["problem"]) == ("WITHHELD", "MODEL_AWAY", "Nobody there.")


async def test_a_writer_who_dies_is_followed_by_another(desk: AnswerDesk) -> None:
    """Nothing is lost, and nothing is sent twice."""
    await desk.hear()

    class Killed(BaseException):
        pass

    desk.pen.says = Killed()  # type: ignore[assignment]

    async def die() -> None:
        raise Killed

    desk.pen.meanwhile = die
    with pytest.raises(Killed):
        await desk.write()
    desk.pen.meanwhile, desk.pen.says = None, GOOD
    assert await desk.write(minutes=1) == 0, "its lease has not ended"
    assert await desk.write(minutes=2) == 1
    assert [one["status"] for one in await desk.drafts()] == ["SENT"]


async def test_what_a_model_took_is_in_the_ledger(desk: AnswerDesk) -> None:
    await desk.hear()
    await desk.write()
    asked = """{ modelUses { nodes { purpose outcome model inputTokens outputTokens cost } }
      modelUsage { purpose questions failures inputTokens cost } }"""
    found = await desk.tenant.owner.ask(asked)
    [use] = found["modelUses"]["nodes"]
    assert use == {"purpose": "ANSWER", "outcome": "ANSWERED", "model": "test:pen", "inputTokens": 100,
                   "outputTokens": 20, "cost": 360}  # fmt: skip
    assert found["modelUsage"] == [
        {"purpose": "ANSWER", "questions": 1, "failures": 0, "inputTokens": 100, "cost": 360.0}
    ]


async def test_drafts_are_heard_of_by_whoever_sees_the_conversation(desk: AnswerDesk) -> None:
    told = """subscription { inboxEvents(after: "0", filter: {kinds: [DRAFT_CHANGED]}) {
      ... on DraftChanged { draft { id status } } } }"""
    await desk.hear()
    await desk.write()
    [draft] = await desk.drafts()
    async with desk.tenant.agent.hear(told) as ear:
        heard = [(await ear.next())["draft"] for _ in range(2)]
    assert heard[-1] == {"id": draft["id"], "status": "SENT"}
    assert bare(draft["id"])
