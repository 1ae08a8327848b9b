"""Leads write, colleagues answer and take over, and several workers write, all at once: each text is answered by one.

S0.13, S1.6. Nobody waits for somebody who waits for them.
"""

import asyncio
import random
from collections.abc import Awaitable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from domain.answering import Answer, Brief, Usage
from domain.ids import show_id
from domain.leads import Sentiment, Temperature
from domain.output_rules import OutputRules
from domain.people import Role
from tests.api.test_lead_scope import ASSIGN
from tests.play.answering import GOOD, AnswerDesk
from tests.play.past import bare, keep_dataset, settled
from tests.play.past_prompts import keep_prompt, keep_prompt_templates
from tests.play.tenant import Tenant, next_number
from tests.play.texting import send, taken
from workers.answering import Answering

TAKE = "mutation ($l: ID!) { takeOverLead(input: {leadId: $l}) { __typename ... on Refused { message } } }"
_DEADLOCKS = "select deadlocks from pg_stat_database where datname = current_database()"
# What is told of each conversation, in the order in which it came to be.
_TOLD = """select e.seq, m.id, m.conversation_id, m.direction, m.ai_generated, m.created_at, d.inbound_message_id
  from events e join messages m on m.organization_id = $1 and m.id = e.message_id
  left join drafts d on d.organization_id = $1 and d.message_id = m.id
  where e.organization_id = $1 and e.kind in ('MESSAGE_RECEIVED', 'MESSAGE_SENT') order by e.seq"""


@dataclass
class Scribe:
    """Takes a moment, and finds everybody of another temper."""

    chance: random.Random
    count: int = 0

    async def write(self, brief: Brief, rules: OutputRules, *ids: Any) -> tuple[Answer, Usage, OutputRules]:
        await asyncio.sleep(self.chance.random() / 50)
        self.count += 1
        feelings = self.chance.choice([*Sentiment]), self.chance.choice([*Temperature])
        said = replace(GOOD, text=f"Answer no. {self.count}", sentiment=feelings[0], temperature=feelings[1])
        return said, Usage("test:scribe", 1, 1, 1), rules

    def cost(self, usage: Usage) -> int:
        return 1


@dataclass
class Crowd:
    """Leads of one dataset, each with a conversation, to whom one prompt writes, with a version on trial."""

    tenant: Tenant
    workers: list[Answering]
    chance: random.Random
    numbers: list[str] = field(default_factory=list)
    talks: list[str] = field(default_factory=list)
    leads: list[str] = field(default_factory=list)

    async def say(self, place: int, text: str) -> None:
        await self._moment()
        await self.tenant.text(text, self.numbers[place])

    async def answer(self, place: int) -> None:
        await self._moment()
        sent = await send(self.tenant.admin, self.talks[place], "A colleague's answer.")
        assert sent["__typename"] == "Message", sent

    async def take_over(self, place: int) -> int:
        """How often Sophie had written by then."""
        await self._moment()
        made = await self.tenant.admin.ask(TAKE, l=self.leads[place])
        assert made["takeOverLead"]["__typename"] == "Lead", made
        return await self.answers(place)

    async def hand_over(self, place: int) -> None:
        await self._moment()
        member = self.chance.choice([Role.AGENT, Role.OWNER])
        id = show_id("member", self.tenant.members[member])
        await self.tenant.owner.ask(ASSIGN, c=self.talks[place], m=id)

    async def work(self, worker: Answering) -> None:
        await self._moment()
        while await worker.take_draft(self.tenant.organization_id):
            pass

    async def answers(self, place: int) -> int:
        asked = "query ($c: ID!) { messages(first: 100, filter: {conversationId: {eq: $c}}) { nodes { aiGenerated } } }"
        found = (await self.tenant.owner.ask(asked, c=self.talks[place]))["messages"]["nodes"]
        return sum(one["aiGenerated"] for one in found)

    async def _moment(self) -> None:
        await asyncio.sleep(self.chance.random() / 20)


@pytest.fixture
async def crowd(tenant: Tenant) -> Crowd:
    chance, database = random.Random(7), tenant.house.parts.database
    await AnswerDesk(tenant).open("AUTO", aiMostTurns=100)
    dataset = bare(await keep_dataset(tenant))
    async with database.work(tenant.product) as session:
        template = (await keep_prompt_templates(session))["prompt_template"]
        await keep_prompt(session, bare(template), dataset)
    scribe = Scribe(chance)

    def soon() -> datetime:
        return datetime.now(UTC) + timedelta(minutes=10)  # when what was just written has waited long enough

    crowd = Crowd(tenant, [Answering(database, scribe, soon) for _ in range(4)], chance)
    for _ in range(8):
        crowd.numbers.append(next_number())
        lead = await tenant.lead(phone=crowd.numbers[-1], dataset_ids=[dataset])
        crowd.leads.append(show_id("lead", lead))
        crowd.talks.append((await tenant.text("Hello?", crowd.numbers[-1]))[0])
    return crowd


async def test_each_text_is_answered_by_one_and_nothing_goes_out_twice(crowd: Crowd, sql: asyncpg.Connection) -> None:
    tenant, places = crowd.tenant, range(len(crowd.leads))
    before, written = await sql.fetchval(_DEADLOCKS), dict[int, int]()

    async def taken_over(place: int) -> None:
        written[place] = await crowd.take_over(place)

    for turn in range(12):
        doing: list[Awaitable[None]] = [crowd.work(worker) for worker in crowd.workers]
        for place in crowd.chance.sample(places, 6):
            doing += [crowd.say(place, f"text {turn}"), crowd.hand_over(place)]
        doing += [crowd.answer(place) for place in crowd.chance.sample(places, 3)]
        doing += [crowd.say(place, f"and {turn}") for place in crowd.chance.sample(places, 2)]
        doing += [taken_over(place) for place in places if turn > 8 and place == turn - 9]
        await asyncio.gather(*doing)
    await crowd.work(crowd.workers[0])
    await settled(tenant, sql)
    assert await sql.fetchval(_DEADLOCKS) == before
    told = [dict(row) for row in await sql.fetch(_TOLD, tenant.organization_id)]
    for place, talk in enumerate(crowd.talks):
        said = [one for one in told if one["conversation_id"] == bare(talk)]
        check(said)
        last = max(said, key=lambda one: one["created_at"])  # who writes at once is told of in either order
        assert place in written or last["direction"] == "OUTBOUND", "nobody waits for an answer"
        assert written.get(place) in (None, await crowd.answers(place)), "who was taken over is answered by people"
    sent = [one for one in told if one["direction"] == "OUTBOUND"]
    assert len(taken(tenant)) == len(sent) and sum(one["ai_generated"] for one in sent) > 20
    still_open = "select count(*) from drafts where organization_id = $1 and status not in ('SENT', 'DISCARDED')"
    assert await sql.fetchval(still_open, tenant.organization_id) == 0


def check(said: list[dict[str, Any]]) -> None:
    """What Sophie writes answers the newest text, which nobody had answered who had seen it."""
    for number, one in enumerate(said):
        if not one["ai_generated"]:
            continue
        places = [place for place in range(number) if said[place]["direction"] == "INBOUND"]
        newest = said[places[-1]]
        assert one["inbound_message_id"] == newest["id"], "it answers what was written last"
        for other in said[places[-1] + 1 : number]:
            assert not other["ai_generated"], "Sophie has answered it already"
            assert other["created_at"] < newest["created_at"], "a colleague has answered it already"


async def test_counters_of_what_versions_write_are_right_after_all_that(crowd: Crowd, sql: asyncpg.Connection) -> None:
    """Each worker counts for the version that wrote, while leads reply to it and turn hot in one dataset."""
    before = await sql.fetchval(_DEADLOCKS)
    for turn in range(6):
        says = [crowd.say(place, f"text {turn}") for place in range(len(crowd.leads))]
        await asyncio.gather(*says, *(crowd.work(worker) for worker in crowd.workers))
    await crowd.work(crowd.workers[0])
    assert await sql.fetchval(_DEADLOCKS) == before
    kept = """select count(*), sum(texts_count), count(replied_at) from exposures where organization_id = $1"""
    counted = """select sum(conversations_count), sum(texts_count), sum(replies_count) from prompt_outcomes
      where organization_id = $1"""
    [exposed], [summed] = [await sql.fetch(of, crowd.tenant.organization_id) for of in (kept, counted)]
    assert tuple(exposed) == tuple(summed) and exposed[1] > 20
    answers = sum([await crowd.answers(place) for place in range(len(crowd.leads))])
    assert answers == exposed[1], "each answer was written by a version, and counted once"
    hot = """select count(*) from leads where organization_id = $1 and temperature = 'HOT'"""
    counter = "select sum(hot_leads) from datasets where organization_id = $1"
    assert await sql.fetchval(hot, crowd.tenant.organization_id) == await sql.fetchval(
        counter, crowd.tenant.organization_id
    )
