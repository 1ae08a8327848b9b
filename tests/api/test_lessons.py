"""Lessons: seven types with what each needs, conflicts that come and go, search, and how they are put away (S1.10)."""

import asyncio
from typing import Any

import asyncpg
import pytest

from actions.erasing import erase_lead
from domain.lessons import LessonType
from domain.people import Role
from tests.play.past import bare, raise_insight
from tests.play.prompting import do, teach
from tests.play.tenant import Tenant, next_number

FACTS = "id type title trigger correctResponse incorrectResponse tags priority source status version creator { id }"
CONFLICTS = "query ($id: ID!) { lesson(id: $id) { conflicts { kind other { id } } } }"
FULL = {"trigger": "the lead asks for the price", "correctResponse": "It depends.", "incorrectResponse": "It is cheap."}
NEEDED = {
    "OBJECTION_HANDLING": ["trigger", "correctResponse"],
    "EXAMPLE_GOOD": ["correctResponse"],
    "EXAMPLE_BAD": ["incorrectResponse"],
    "BLACKLIST_WORD": ["incorrectResponse"],
}


@pytest.mark.parametrize("type_", list(LessonType))
async def test_each_type_needs_what_it_teaches(tenant: Tenant, type_: str) -> None:
    """S1.10: and of the others the title teaches."""
    needed = NEEDED.get(type_, [])
    just = {name: FULL[name] for name in needed}
    made = await do(tenant.owner, "addLesson", FACTS, type=type_, title=" A title ", **just)
    assert (made["type"], made["title"], made["source"], made["status"]) == (type_, "A title", "USER_TAUGHT", "ACTIVE")
    assert (made["tags"], made["priority"], made["version"]) == ([], 0, 1)
    assert made["creator"]["id"] == f"member_{tenant.members[Role.OWNER]}"
    for lacking in needed:
        less = {name: words for name, words in FULL.items() if name != lacking}
        refused = await do(tenant.owner, "addLesson", FACTS, type=type_, title="A title", **less)
        assert (refused["code"], refused["field"]) == ("BAD_INPUT", lacking)


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"description": "a\x00b"}, "description"),
        ({"tags": ["x"] * 3 + [" "]}, "tags"),
        ({"tags": [str(number) for number in range(21)]}, "tags"),
        ({"priority": 101}, "priority"),
        ({"priority": -1}, "priority"),
        ({"exampleConversation": []}, "exampleConversation"),
        ({"exampleConversation": [{"direction": "INBOUND", "text": " "}]}, "exampleConversation"),
    ],
)
async def test_what_teaches_nothing_is_refused(tenant: Tenant, facts: dict[str, Any], field: str) -> None:
    given = {"type": "NEVER_RULE", "title": "A title", **facts}
    refused = await do(tenant.owner, "addLesson", "id", **given)
    assert (refused["code"], refused["field"]) == ("BAD_INPUT", field)


async def conflicts(tenant: Tenant, *ids: str) -> list[list[tuple[str, str]]]:
    found = [(await tenant.viewer.ask(CONFLICTS, id=id))["lesson"]["conflicts"] for id in ids]
    return [[(one["kind"], one["other"]["id"]) for one in each] for each in found]


PRICE = {"trigger": "they ask for the price", "correctResponse": "It depends on the roof."}
PAIRS = {
    "REPEATS": (PRICE, {"trigger": "They ask  for the PRICE", "correctResponse": "it depends on the roof."}),
    "CONTRADICTS": (PRICE, PRICE | {"correctResponse": "A call settles it."}),
    "FORBIDS": (PRICE, {"trigger": "they object", "correctResponse": "Yes.", "incorrectResponse": "depends on"}),
    None: (PRICE, PRICE | {"trigger": "they ask when"}),
}


@pytest.mark.parametrize("kind", PAIRS)
async def test_what_cannot_both_be_kept_shows_on_both_and_goes(tenant: Tenant, kind: str | None) -> None:
    """S1.10: until one of them says something else, or is put away; and it comes back with it."""
    one, other = [await teach(tenant.owner, "Price", "OBJECTION_HANDLING", **facts) for facts in PAIRS[kind]]
    both = [[(kind, other)], [(kind, one)]] if kind else [[], []]
    assert await conflicts(tenant, one, other) == both
    await do(tenant.owner, "archiveLesson", "id", lessonId=other)
    assert await conflicts(tenant, one, other) == [[], []]
    await do(tenant.owner, "tryLesson", "id", lessonId=other)
    assert await conflicts(tenant, one, other) == both
    else_ = {"trigger": "they are busy", "correctResponse": "Later, then.", "incorrectResponse": None}
    await do(tenant.owner, "changeLesson", "id", lessonId=other, **else_)
    assert await conflicts(tenant, one, other) == [[], []]


async def test_a_forbidden_word_forbids_what_any_type_wants_said(tenant: Tenant) -> None:
    word = await teach(tenant.owner, "No pressure", "BLACKLIST_WORD", incorrectResponse="last chance")
    good = await teach(tenant.owner, "Urgent", "EXAMPLE_GOOD", correctResponse="It is your LAST\nchance!")
    fine = await teach(tenant.owner, "Calm", "EXAMPLE_GOOD", correctResponse="You had a blast, chances are.")
    assert await conflicts(tenant, word, good, fine) == [[("FORBIDS", good)], [("FORBIDS", word)], []]


async def test_lessons_are_found_by_title_body_and_tags_the_title_first(tenant: Tenant) -> None:
    """S1.10: full-text search and tags, by the beginnings of words, whatever their case."""
    said = await teach(tenant.owner, "Warranty", description="Ten years on panels.", tags=["after-sales"])
    titled = await teach(
        tenant.owner, "Panels on cloudy days", incorrectResponse="They do not work.", type_="NEVER_RULE"
    )
    other = await teach(tenant.owner, "Scaffolding", tags=["Überraschung"])
    search = """query ($s: String!, $a: Cursor) {
      lessons(search: $s, first: 1, after: $a) { totalCount nodes { id } pageInfo { endCursor } } }"""

    async def found(words: str) -> list[str]:
        first = (await tenant.viewer.ask(search, s=words))["lessons"]
        second = (await tenant.viewer.ask(search, s=words, a=first["pageInfo"]["endCursor"]))["lessons"]
        ids = [one["id"] for page in (first, second) for one in page["nodes"]]
        assert first["totalCount"] == len(ids)
        return ids

    assert await found("panel") == [titled, said]
    assert await found("PANELS ten") == [said]
    assert await found("sales") == [said]
    assert await found("do not work") == [titled]
    assert await found("uberrasch") == [other]
    assert await found("gutters") == []
    await do(tenant.owner, "changeLesson", "id", lessonId=other, title="Gutters")
    assert await found("gutters") == [other] and await found("scaffolding") == []


async def test_what_matters_more_comes_first_by_priority(tenant: Tenant) -> None:
    ids = [await teach(tenant.owner, f"No. {number}", priority=number * 7 % 5) for number in range(5)]
    order = "{ lessons(order: [{priority: DESC}]) { nodes { id priority } } }"
    shown = (await tenant.viewer.ask(order))["lessons"]["nodes"]
    assert [one["priority"] for one in shown] == [4, 3, 2, 1, 0] and {one["id"] for one in shown} == set(ids)
    kinds = "query ($f: LessonFilter) { lessons(filter: $f) { totalCount } }"
    for filter, count in (({"type": {"eq": "BEST_PRACTICE"}}, 5), ({"status": {"in": ["ARCHIVED"]}}, 0)):
        assert (await tenant.viewer.ask(kinds, f=filter))["lessons"]["totalCount"] == count


async def test_lessons_are_brought_along_together_or_not_at_all(tenant: Tenant) -> None:
    """S1.10: a hundred at once, in their order, with what they cannot be kept beside."""
    made = "lessons { id title source conflicts { kind } }"
    good = [{"type": "NEVER_RULE", "title": f"Never {number}"} for number in range(99)]
    refused = await do(tenant.owner, "importLessons", made, lessons=[*good, {"type": "EXAMPLE_GOOD", "title": "Bare"}])
    assert (refused["code"], refused["field"]) == ("BAD_INPUT", "correctResponse")
    assert (await tenant.viewer.ask("{ lessons { totalCount } }"))["lessons"]["totalCount"] == 0
    kept = (await do(tenant.owner, "importLessons", made, lessons=[*good, good[4]]))["lessons"]
    assert [one["title"] for one in kept] == [*(one["title"] for one in good), "Never 4"]
    assert {one["source"] for one in kept} == {"IMPORTED"}
    twice = [one["conflicts"] for one in kept if one["conflicts"]]
    assert twice == [[{"kind": "REPEATS"}]] * 2
    for wrong in ([], [*good, *good]):
        assert (await do(tenant.owner, "importLessons", made, lessons=wrong))["field"] == "lessons"


async def test_of_two_who_change_one_the_second_is_told(tenant: Tenant) -> None:
    lesson = await teach(tenant.owner, "Price", tags=["a"], priority=3)
    change = {"lessonId": lesson, "expectedVersion": 1}
    changed = await asyncio.gather(
        *(do(tenant.owner, "changeLesson", FACTS, **change, title=name) for name in ("One", "Other"))
    )
    refused, made = sorted(changed, key=lambda one: "code" not in one)
    assert (refused["code"], refused["field"]) == ("CONFLICT", "expectedVersion")
    assert made["version"] == 2 and (made["tags"], made["priority"]) == (["a"], 3), "what is not named stays"
    cleared = await do(tenant.owner, "changeLesson", FACTS, lessonId=lesson, tags=None, priority=None)
    assert (cleared["tags"], cleared["priority"]) == ([], 0)
    for name in ("title", "type"):
        assert (await do(tenant.owner, "changeLesson", FACTS, **{"lessonId": lesson, name: None}))["field"] == name


async def test_a_lesson_is_tried_activated_and_put_away(tenant: Tenant) -> None:
    lesson = await teach(tenant.owner, "Price")
    for verb, status in (("tryLesson", "TESTING"), ("activateLesson", "ACTIVE"), ("archiveLesson", "ARCHIVED")):
        turned = [await do(tenant.owner, verb, "status version", lessonId=lesson) for _ in range(2)]
        assert turned[0]["status"] == status and turned[0] == turned[1], "what is so already stays"


async def test_the_library_has_an_end(tenant: Tenant, sql: asyncpg.Connection) -> None:
    fill = """insert into lessons (organization_id, id, type, title, source, words)
      select $1, gen_random_uuid(), 'NEVER_RULE', n::text, 'IMPORTED', '' from generate_series(1, 999) n"""
    await sql.execute(fill, tenant.organization_id)
    two = [{"type": "NEVER_RULE", "title": title} for title in ("One", "Two")]
    assert (await do(tenant.owner, "importLessons", "lessons { id }", lessons=two))["code"] == "CONFLICT"
    assert await teach(tenant.owner, "The last")
    assert (await do(tenant.owner, "addLesson", "id", type="NEVER_RULE", title="One more"))["code"] == "CONFLICT"


async def test_who_is_erased_is_in_no_example(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """What a lesson teaches stays; what somebody said where it was learned goes with them, and nobody else's does."""
    phones = [next_number() for _ in range(2)]
    leads = [await tenant.lead(phone=phone) for phone in phones]
    lessons = []
    for phone in phones:
        conversation, message = await tenant.text("My roof leaks.", sender=phone)
        insight = await raise_insight(tenant, conversation, message)
        made = await do(tenant.owner, "teachSophie", "lesson { id exampleConversation }", insightId=insight,
                        feedback="Offer a visit.")  # fmt: skip
        lessons.append(made["lesson"])
    shown = [{"direction": "INBOUND", "text": "My roof leaks."}]
    assert [lesson["exampleConversation"] for lesson in lessons] == [shown, shown]
    async with tenant.house.parts.database.work(tenant.product) as session:
        await erase_lead(session, leads[0])
    kept = "select title, example_conversation is null as is_gone from lessons where id = $1"
    rows = [tuple(*(await sql.fetch(kept, bare(lesson["id"])))) for lesson in lessons]
    assert rows == [("Offer a visit.", True), ("Offer a visit.", False)]
    trail = "select string_agg(a::text, ' ') from audit_logs a where organization_id = $1"
    assert "leaks" not in await sql.fetchval(trail, tenant.organization_id)
