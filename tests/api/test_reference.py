"""The read engine against an independent one: any selection, any row, every value."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import asyncpg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actions.bookings import reschedule_booking
from actions.receiving import receive_text
from domain.conversations import Channel, InboundText
from tests.play.past import bare, live, raise_insight
from tests.play.reference import Reference, same_instants, selections, text_of
from tests.play.tenant import Tenant

TYPES = ["Conversation", "Lead", "Message", "Insight", "Dataset", "PipelineStage", "Booking", "Lesson", "Prompt"]
TYPES += ["Replay"]
ANY = st.sampled_from(TYPES).flatmap(lambda name: st.tuples(st.just(name), selections(name, 2)))


@dataclass(frozen=True, slots=True)
class Library:
    """A tenant with a past of some variety, and the same past as plain rows."""

    tenant: Tenant
    rows: Reference


@pytest.fixture
async def library(tenant: Tenant, sql: asyncpg.Connection) -> Library:
    past = await live(tenant, sql)
    for number in range(4):
        await tenant.text(f'"{number}" \\ naïve 😀\n', sender=past.phone)
    await raise_insight(tenant, past.conversation, past.message, "another")
    conversation, message = await tenant.text("")
    await raise_insight(tenant, conversation, message)
    media = ("https://example.com/1.jpg", "https://example.com/2.jpg")
    text = InboundText(uuid4().hex, Channel.WHATSAPP, past.phone, tenant.number, "Look", media, datetime.now(UTC))
    async with tenant.house.parts.database.work(tenant.product) as session:
        await receive_text(session, text)
        await reschedule_booking(session, bare(past.booking), datetime.now(UTC) + timedelta(days=4), None, None)
    facts = {"title": "Owner", "custom_fields": {"roof": "flat"}, "inquiry_date": date(2024, 2, 29), "ai_score": 0.8}
    await tenant.lead(company="Dyke & Sons", facts=facts)
    await tenant.owner.ask("{ eventCursor }")  # who comes in for the first time is noted
    return Library(tenant, await Reference.read(sql, tenant.organization_id))


@settings(max_examples=60)
@given(asked=ANY, data=st.data())
async def test_every_value_is_what_plain_sql_reads(
    library: Library, asked: tuple[str, dict[str, object]], data: st.DataObject
) -> None:
    type_name, wanted = asked
    id = data.draw(st.sampled_from(library.rows.ids(type_name)))
    text = f"query ($id: ID!) {{ node(id: $id) {{ ... on {type_name} {text_of(type_name, wanted)} }} }}"
    answer = await library.tenant.owner.ask(text, id=id)  # who sees whatever is there
    expected = library.rows.answer(type_name, bare(id), wanted)
    assert same_instants(answer["node"]) == same_instants(expected)
    assert list(answer["node"]) == list(expected)
