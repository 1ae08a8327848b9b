"""Searching: what somebody types finds whom they mean, however it is spelled, and at once (S1.5, S1.10)."""

from uuid import uuid4

import asyncpg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.ids import show_id
from domain.people import LeadScope, Role
from tests.play.past import bare
from tests.play.searching import bodies, lead_ids, names
from tests.play.tenant import Tenant, next_number

ASSIGN = """mutation ($c: ID!, $m: ID) { assignConversation(input: {conversationId: $c, assigneeId: $m}) {
  ... on Refused { code } } }"""
ERASE = "mutation ($id: ID!) { eraseLead(input: {leadId: $id}) { ... on Refused { code } } }"


@pytest.mark.parametrize(
    ("first", "last", "asked"),
    [
        (
            "John",
            "Smith",
            ["john smith", "smith john", "joh smi", "SMITH", "j smith", " john\t", "john,smith", "JOHN!"],
        ),
        ("Seán", "O'Neil", ["sean", "SEÁN", "o'neil", "O’NEIL", "oneil", "o neil", "neil", "oneil sean"]),
        (
            "Ann-Marie",
            "Smith-Jones",
            ["ann marie", "annmarie", "ann-m", "smith-jones", "smithjones", "jones", "jones ann"],
        ),
        ("Jörg", "Müller", ["muller", "mueller", "müller", "MÜLLER", "muel", "jorg", "joerg"]),
        ("Ute", "Mueller", ["mueller", "muller", "müller"]),
        ("Ute", "Muller", ["mueller", "muller", "müller"]),
        ("Łukasz", "Groß", ["lukasz", "łuk", "gross", "groß"]),
        ("Søren", "Ångström", ["soren", "soeren", "angstrom", "ångs", "aangstroem"]),
        ("Zoë", "Muñoz y Peña", ["zoe", "munoz", "pena", "zoe y pena"]),
        ("Иван", "Ёлкин", ["иван", "ИВАН", "елкин", "ёлк"]),
        ("Νίκος", "Ψαράς", ["νικοσ", "ΝΙΚΟΣ", "ψαρ"]),
        ("Mary", "de la Cruz", ["cruz", "de la cruz", "mary de"]),
        ("J.R.", "Ewing", ["jr ewing", "j.r. ewing", "j r"]),
        ("明", "王", ["王", "明"]),
        ("Lee 😀", "3rd", ["lee", "3rd"]),
    ],
)
async def test_a_name_in_any_spelling(tenant: Tenant, first: str, last: str, asked: list[str]) -> None:
    await tenant.lead(first_name=first, last_name=last)
    await tenant.lead(first_name="Wendell", last_name="Other")
    for text in asked:
        assert await names(tenant.owner, text) == [f"{first} {last}"], text


@pytest.mark.parametrize("text", ["ohn", "smithy", "john x", "johns", "jo hn", "mith"])
async def test_only_the_beginnings_of_words_and_only_all_of_them(tenant: Tenant, text: str) -> None:
    await tenant.lead(first_name="John", last_name="Smith")
    assert await names(tenant.owner, text) == []


UK = [
    "+447700900123",
    "447700900123",
    "07700900123",
    "7700900123",
    "07700 900 123",
    "+44 7700 900123",
    "0044 7700 900123",
]
UK += ["(07700) 900-123", "+44 (0)7700 900.123", "07700 900", "+44 7700", "447700", "07700", "900123", "0123", "123"]


@pytest.mark.parametrize(
    ("phone", "spellings"),
    [
        ("+447700900123", UK),
        ("+12125550100", ["+1 212", "(212) 555-0100", "212 555", "550100", "12125550100"]),
        ("+39061234567", ["+39 06", "06 1234", "061234567", "4567"]),
        ("+353851234567", ["085 123", "+353 85", "851234567"]),
        ("60777", ["60777", "607"]),
        ("Amazon", ["amazon", "ama"]),
    ],
)
async def test_a_number_in_any_spelling(tenant: Tenant, phone: str, spellings: list[str]) -> None:
    """By its digits, from the beginning with the country's or without, or from the end."""
    email = f"{uuid4().hex}@example.com"
    lead = await tenant.lead(first_name="Ann", email=email, phone=None)
    async with tenant.house.parts.database.work(tenant.product) as session:  # as a carrier may show it
        await session.connection.execute("update leads set phone = $2 where id = $1", lead, phone)
    await tenant.lead(first_name="Bob", phone="+4915112223333")
    for text in spellings:
        assert await names(tenant.owner, text) == ["Ann"], text


@pytest.mark.parametrize("text", ["00123", "8700", "0177", "+4477009001234", "24", "+900123x"])
async def test_digits_in_the_middle_are_nobodys(tenant: Tenant, text: str) -> None:
    await tenant.lead(first_name="Ann", phone="+447700900124")
    assert await names(tenant.owner, text) == []


async def test_an_address_from_its_beginning_and_behind_the_at(tenant: Tenant) -> None:
    await tenant.lead(first_name="Ann", email="a.b-smith+x@mail.acme.co.uk")
    await tenant.lead(phone=None, first_name=None, email="only.address@example.com")
    for text in (
        "a.b-smith+x@mail.acme.co.uk",
        "A.B-Smith",
        "a.b-smith+x@ma",
        "@mail.acme.co.uk",
        "mail.acme.co",
        "@mail",
    ):
        assert await names(tenant.owner, text) == ["Ann"], text
    for text in ("only", "address", "only address", "only.address@"):
        assert await names(tenant.owner, text) == ["only.address@example.com"], text
    assert await names(tenant.owner, "smith@acme") == [] == await names(tenant.owner, "@acme")


async def test_a_company_and_what_was_said(tenant: Tenant) -> None:
    phone = next_number()
    await tenant.lead(first_name="Ann", company="Bright & Sons (Solar) Ltd.", phone=phone)
    for text in ("bright", "solar ltd", "ann bright", "sons"):
        assert await names(tenant.owner, text) == ["Ann"], text
    _, message = await tenant.text("Is the price £5,000?\nI can’t pay “that” — sorry!", sender=phone)
    for text in ("price", "pric 5,000", "cant", "can't pay", "that sorry", "5 000"):
        assert await names(tenant.owner, text) == ["Ann"], text
        assert await bodies(tenant.owner, text) == ["Is the price £5,000?\nI can’t pay “that” — sorry!"], text
    for text in ("rice", "price bright", "priced"):
        assert await bodies(tenant.owner, text) == [], text
    asked = "query ($c: ID!, $s: String) { conversation(id: $c) { messages(search: $s) { totalCount nodes { id } } } }"
    conversation, _ = await tenant.text("Nothing of the sort", sender=phone)
    found = (await tenant.owner.ask(asked, c=conversation, s="pric"))["conversation"]["messages"]
    assert found == {"totalCount": 1, "nodes": [{"id": message}]}


async def test_in_texts_a_short_word_is_a_whole_one(tenant: Tenant) -> None:
    for body in ("ok", "okay", "so ok then", "o"):
        await tenant.text(body)
    assert await bodies(tenant.owner, "ok") == ["so ok then", "ok"]
    assert await bodies(tenant.owner, "oka") == ["okay"]
    assert await bodies(tenant.owner, "o") == ["o"]


async def test_the_best_come_first(tenant: Tenant) -> None:
    """Whole words before beginnings, names before the rest, what was said last; and among equals the newest."""
    phones = next_number(), next_number()
    for name, phone in zip(("Cora", "Dora"), phones, strict=True):
        await tenant.lead(first_name=name, phone=phone)
    await tenant.lead(first_name="Bob", company="Smithers and Co")
    await tenant.lead(first_name="Ann", company="Smith and Co")
    for name in ("Smithson Old", "Smith Old", "Smithson New", "Smith New"):
        first, last = name.split()
        await tenant.lead(first_name=first, last_name=last)
    await tenant.text("Mr Smith was here", sender=phones[1])
    await tenant.text("Smith again", sender=phones[0])
    await tenant.text("Smithy", sender=phones[0])
    by_themselves = ["Smith New", "Smith Old", "Ann", "Smithson New", "Smithson Old", "Bob"]
    assert await names(tenant.owner, "smith") == [*by_themselves, "Cora", "Dora"]
    assert await bodies(tenant.owner, "smith") == ["Smithy", "Smith again", "Mr Smith was here"]
    assert await bodies(tenant.owner, "smith", "ASC") == ["Mr Smith was here", "Smith again", "Smithy"]


@pytest.mark.parametrize("text", [None, "", " ", "?!", "' & | ! <-> :* ( ) \\ \" %", "😀", "@"])
async def test_who_looks_for_nothing_sees_the_list(tenant: Tenant, text: str) -> None:
    for name in ("Ann", "Bob"):
        await tenant.lead(first_name=name)
    await tenant.text("Hello")
    assert len(await names(tenant.owner, text)) == 3
    assert await bodies(tenant.owner, text) == ["Hello"]


async def test_one_letter_is_a_beginning_of_names_and_a_word_of_texts(tenant: Tenant) -> None:
    for name in ("Ann", "Abel", "Bob"):
        await tenant.lead(first_name=name)
    await tenant.text("a", sender=next_number())
    await tenant.text("all", sender=next_number())
    found = await names(tenant.owner, "a")
    assert found[:2] == ["Abel", "Ann"] and len(found) == 3
    assert await bodies(tenant.owner, "a") == ["a"]


ASKED = st.one_of(
    st.text(max_size=60),
    st.lists(
        st.sampled_from(
            ["ann", "'", "\\", ":*", "&", "|", "!", "<->", "(", ")", "@", "+", "0", "--", '"', "ü", "%", "_"]
        )
    ).map("".join),
)


@settings(max_examples=150)
@given(text=ASKED)
async def test_nothing_in_it_means_anything_to_the_database(lively: Tenant, text: str) -> None:
    """Whatever somebody types or pastes finds or does not find; none of it is an operator, and none an error."""
    for field in ("leads", "messages"):
        answer = await lively.owner.answer(f"query ($s: String) {{ {field}(search: $s) {{ totalCount }} }}", s=text)
        codes = [error["extensions"]["code"] for error in answer.get("errors", [])]
        assert codes == (["BAD_USER_INPUT"] if "\x00" in text else []), answer


@pytest.fixture
async def lively(tenant: Tenant) -> Tenant:
    phone = next_number()
    await tenant.lead(first_name="Ann", last_name="O'Neil", company="A & B", phone=phone, email="ann@example.com")
    await tenant.text("It's 5:00 -- isn't it? (a|b) & !c <-> d:*", sender=phone)
    return tenant


@pytest.mark.parametrize("text", ["x" * 201, "ann " * 2_500, "!" * 10_000, "ann\x00"])
async def test_what_nobody_types_is_refused(tenant: Tenant, text: str) -> None:
    for field in ("leads", "messages"):
        answer = await tenant.owner.answer(f"query ($s: String) {{ {field}(search: $s) {{ totalCount }} }}", s=text)
        assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


async def test_a_search_has_an_end_and_an_order_of_its_own(tenant: Tenant) -> None:
    await tenant.lead(first_name="Ann")
    assert await names(tenant.owner, " ".join(["ann"] * 40)) == ["Ann"]
    assert await names(tenant.owner, "a " * 8 + "nobody") == ["Ann"], "eight words count"
    answer = await tenant.owner.answer('{ leads(search: "ann", order: [{name: ASC}]) { totalCount } }')
    assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


async def test_what_changes_is_found_at_once(tenant: Tenant) -> None:
    """By its new words, and no more by its old ones (S1.6)."""
    phone = next_number()
    lead = await tenant.lead(first_name="Ann", phone=phone)
    async with tenant.house.parts.database.work(tenant.product) as session:
        await session.connection.execute("update leads set first_name = 'Belle', company = 'Acme' where id = $1", lead)
    assert [await names(tenant.owner, text) for text in ("ann", "belle", "acme")] == [[], ["Belle"], ["Belle"]]
    await tenant.text("Zebras", sender=phone)
    assert await names(tenant.owner, "zebra") == ["Belle"]
    async with tenant.house.parts.database.work(tenant.product) as session:
        await session.connection.execute("delete from messages where lead_id = $1", lead)
    assert await names(tenant.owner, "zebra") == [] == await bodies(tenant.owner, "zebra")


async def test_nothing_is_found_of_who_was_erased(tenant: Tenant, sql: asyncpg.Connection) -> None:
    phone, email = next_number(), f"{uuid4().hex}@example.com"
    lead = await tenant.lead(first_name="Annabel", phone=phone, email=email, company="Acme")
    await tenant.text("Zebras", sender=phone)
    assert await lead_ids(tenant.owner, "annabel zebra") == []
    for text in ("annabel", phone, phone[-4:], email, "acme", "zebra"):
        assert await lead_ids(tenant.owner, text) == [show_id("lead", lead)], text
    await tenant.owner.ask(ERASE, id=show_id("lead", lead))
    for text in ("annabel", phone, phone[-4:], email, "acme", "zebra", "unknown"):
        assert await lead_ids(tenant.owner, text) == [] == await bodies(tenant.owner, text), text
    assert await sql.fetchval("select count(*) from lead_words where organization_id = $1", tenant.organization_id) == 0


@pytest.mark.parametrize("scope", list(LeadScope))
async def test_everybody_finds_what_they_see_and_nothing_else(tenant: Tenant, scope: LeadScope) -> None:
    """In the same order, with the same counts, whatever was handed over meanwhile."""
    me, member = await tenant.colleague(scope)
    agent = tenant.members[Role.AGENT]
    owners = {"Smith mine": member, "Smith theirs": agent, "Smith nobodys": None}
    conversations = {}
    for name, owner in owners.items():
        phone = next_number()
        first, last = name.split()
        await tenant.lead(first_name=first, last_name=last, phone=phone, owner_id=owner)
        conversations[name], _ = await tenant.text(f"Zebra {last}", sender=phone)
    seen = {LeadScope.ALL: set(owners), LeadScope.ASSIGNED: {"Smith mine"}}.get(scope, {"Smith mine", "Smith nobodys"})
    for text, filter in (("smith", {}), ("zebra", {}), ("smith", {"lifecycle": {"in": ["ENGAGED", "NEW"]}})):
        assert set(await names(me, text, **filter)) == seen, (text, filter)
    assert len(await bodies(me, "zebra")) == len(seen)
    await tenant.owner.ask(ASSIGN, c=conversations["Smith theirs"], m=show_id("member", member))
    await tenant.owner.ask(ASSIGN, c=conversations["Smith mine"], m=None)
    seen = seen | {"Smith theirs"} if scope is not LeadScope.ALL else seen
    assert set(await names(me, "smith")) == seen == set(await names(me, "zebra"))
    assert len(await bodies(me, "zebra")) == len(seen)


async def test_a_stranger_finds_nothing(tenant: Tenant, stranger: Tenant) -> None:
    phone = next_number()
    await tenant.lead(first_name="Ann", phone=phone, email="ann@example.com")
    _, message = await tenant.text("Zebra", sender=phone)
    for text in ("ann", phone, "ann@example.com", "zebra", str(bare(message)), str(tenant.organization_id)[-8:]):
        assert await names(stranger.owner, text) == [] == await bodies(stranger.owner, text), text
