"""Prompts: made by the wizard, from a template, by hand or as a copy; and versions that never change (S1.11–S1.13)."""

import asyncio
from typing import Any

import asyncpg
import pytest

from actions.prompt_versions import get_parts
from domain.prompts.sections import SectionName, compile_prompt
from domain.prompts.templates import SYSTEM_TEMPLATES
from tests.api.test_tenancy import server_role
from tests.play.past import bare, keep_dataset
from tests.play.prompting import SECTIONS, Prompting, a_prompt, do, teach
from tests.play.tenant import Tenant

VERSION = """id number semanticVersion status change sectionsChanged summary reason manualEditsCount createdByType
  lessonsCount compiled previous { id } creator { name } sections { section content source why lesson { id } }"""
PROMPT = f"id name createdFrom isLive wizardAnswers template {{ id }} copiedFrom {{ id }} newestVersion {{ {VERSION} }}"
ANSWERS = {
    "company": "We fit {solar} panels.",
    "leads": "People who asked once.",
    "goal": "A call.",
    "knowledge": "Surveys are free.",
}


def answers(**given: str) -> list[dict[str, str]]:
    return [{"key": key, "answer": answer} for key, answer in (ANSWERS | given).items()]


async def version(tenant: Tenant, id: str) -> dict[str, Any]:
    found = await tenant.viewer.ask(f"query ($id: ID!) {{ promptVersion(id: $id) {{ {VERSION} }} }}", id=id)
    one: dict[str, Any] = found["promptVersion"]
    return one


async def newest(prompt: Prompting) -> dict[str, Any]:
    found: dict[str, Any] = (await prompt.look(f"newestVersion {{ {VERSION} }}"))["newestVersion"]
    return found


async def test_the_wizard_asks_shows_and_makes(tenant: Tenant) -> None:
    """S1.11: six sections, each with where its words come from and why; what is shown first is what is made."""
    asked = (await tenant.viewer.ask("{ promptWizard { key section text example isRequired } }"))["promptWizard"]
    assert {one["key"] for one in asked if one["isRequired"]} == set(ANSWERS)
    assert list(dict.fromkeys(one["section"] for one in asked)) == list(SectionName)
    origin = {"wizard": {"answers": answers(tone="Dry.")}}
    shown = await do(tenant.owner, "previewPrompt", "compiled sections { section content source why }", origin=origin)
    assert (await tenant.viewer.ask("{ prompts { totalCount } }"))["prompts"]["totalCount"] == 0
    made = await do(tenant.owner, "createPrompt", PROMPT, name="Wake up", origin=origin)
    first = made["newestVersion"]
    assert (made["createdFrom"], made["isLive"], made["wizardAnswers"]) == ("WIZARD", False, ANSWERS | {"tone": "Dry."})
    assert (first["number"], first["semanticVersion"], first["status"]) == (1, "1.0.0", "DRAFT")
    assert (first["change"], first["sectionsChanged"]) == ("CREATED", list(SectionName))
    assert first["compiled"] == shown["compiled"] and "We fit {solar} panels." in first["compiled"]
    assert [{**one, "lesson": None} for one in shown["sections"]] == first["sections"]
    assert [one["section"] for one in first["sections"]] == list(SectionName)
    assert all(one["source"] == "WIZARD" and one["why"] for one in first["sections"])


@pytest.mark.parametrize(
    "given",
    [
        answers()[1:],
        [*answers(), {"key": "nothing", "answer": "x"}],
        answers(company="x" * 2001),
        answers(company=" "),
    ],
)
async def test_the_wizard_wants_its_answers(tenant: Tenant, given: list[dict[str, str]]) -> None:
    for verb, made, more in (("previewPrompt", "compiled", {}), ("createPrompt", "id", {"name": "Wake up"})):
        refused = await do(tenant.owner, verb, made, origin={"wizard": {"answers": given}}, **more)
        assert (refused["code"], refused["field"]) == ("BAD_INPUT", "answers")


TEMPLATE = "id name category isSystem sections wizardAnswers timesUsed successRate creator { name }"


async def test_templates_of_the_product_are_added_once_and_kept_as_they_are(tenant: Tenant) -> None:
    """S1.12: each organization has its own, behind the same walls as everything else."""
    made = (await do(tenant.owner, "addSystemPromptTemplates", f"templates {{ {TEMPLATE} }}"))["templates"]
    assert [one["name"] for one in made] == [one.name for one in SYSTEM_TEMPLATES]
    assert all(one["isSystem"] and set(one["sections"]) == set(SectionName) for one in made)
    assert await do(tenant.owner, "addSystemPromptTemplates", "templates { id }") == {"templates": []}
    for verb in ("changePromptTemplate", "archivePromptTemplate"):
        refused = await do(tenant.owner, verb, "id", promptTemplateId=made[0]["id"])
        assert refused["code"] == "CONFLICT"


async def test_a_prompt_is_made_from_a_template_and_the_template_counts_it(tenant: Tenant) -> None:
    facts = {"name": "Ours", "description": "A beginning.", "category": "solar", "sections": SECTIONS}
    facts["wizardAnswers"] = answers()[:2]
    template = await do(tenant.owner, "addPromptTemplate", TEMPLATE, **facts)
    assert (template["isSystem"], template["timesUsed"], template["creator"]["name"]) == (False, 0, "Owner")
    assert (await do(tenant.owner, "addPromptTemplate", "id", **facts))["field"] == "name", "it has a name of its own"
    made = await do(tenant.owner, "createPrompt", PROMPT, name="One", origin={"promptTemplateId": template["id"]})
    assert (made["createdFrom"], made["template"]) == ("TEMPLATE", {"id": template["id"]})
    said = made["newestVersion"]["sections"]
    assert [one["content"] for one in said] == [one["content"] for one in SECTIONS]
    assert {(one["source"], one["why"]) for one in said} == {("TEMPLATE", "From the template “Ours”.")}
    wizard = {"promptTemplateId": template["id"], "answers": answers()[2:]}
    other = await do(tenant.owner, "createPrompt", PROMPT, name="Other", origin={"wizard": wizard})
    assert (other["createdFrom"], other["wizardAnswers"]) == ("WIZARD", ANSWERS)
    assert other["template"] == {"id": template["id"]}
    look = f'{{ promptTemplate(id: "{template["id"]}") {{ timesUsed version }} }}'
    assert (await tenant.viewer.ask(look))["promptTemplate"] == {"timesUsed": 2, "version": 1}, "use is no change"


async def test_a_template_is_changed_by_one_at_a_time_and_put_away(tenant: Tenant) -> None:
    facts = {"name": "Ours", "description": "A beginning.", "category": "solar", "sections": SECTIONS}
    template = (await do(tenant.owner, "addPromptTemplate", "id", **facts))["id"]
    one = {"promptTemplateId": template, "expectedVersion": 1}
    changed = await do(tenant.owner, "changePromptTemplate", "name category useCase version", **one, useCase="old")
    assert changed == {"name": "Ours", "category": "solar", "useCase": "old", "version": 2}
    assert (await do(tenant.owner, "changePromptTemplate", "id", **one))["field"] == "expectedVersion"
    fewer = await do(tenant.owner, "changePromptTemplate", "id", promptTemplateId=template, sections=SECTIONS[:5])
    assert (fewer["code"], fewer["field"]) == ("BAD_INPUT", "boundaries")
    assert "id" in await do(tenant.owner, "archivePromptTemplate", "id", promptTemplateId=template)
    assert (await do(tenant.owner, "archivePromptTemplate", "id", promptTemplateId=template))["code"] == "CONFLICT"
    origin = {"promptTemplateId": template}
    assert (await do(tenant.owner, "createPrompt", "id", name="One", origin=origin))["code"] == "NOT_FOUND"
    assert "id" in await do(tenant.owner, "addPromptTemplate", "id", **facts), "its name is free again"


async def test_by_hand_every_section_needs_words(tenant: Tenant) -> None:
    """S1.11: six sections, whoever writes them."""
    for number, section in enumerate(SECTIONS):
        fewer = [*SECTIONS[:number], *SECTIONS[number + 1 :]]
        for said in (fewer, [*fewer, section | {"content": " "}]):
            refused = await do(tenant.owner, "createPrompt", "id", name="Bare", origin={"sections": said})
            assert (refused["code"], refused["field"]) == ("BAD_INPUT", section["section"].lower())
    long = [SECTIONS[0] | {"content": "x" * 8001}, *SECTIONS[1:]]
    assert (await do(tenant.owner, "createPrompt", "id", name="Long", origin={"sections": long}))["field"] == "context"


async def test_a_copy_says_what_the_newest_version_says(tenant: Tenant) -> None:
    await teach(tenant.owner, "Never argue", "NEVER_RULE")
    one = await a_prompt(tenant)
    await one.write("Dry.")
    dataset = await keep_dataset(tenant)
    copy = await do(tenant.owner, "createPrompt", PROMPT, name="Copy", origin={"promptId": one.id}, datasetId=dataset)
    assert (copy["createdFrom"], copy["copiedFrom"]) == ("COPIED", {"id": one.id})
    copied, original = copy["newestVersion"], await newest(one)
    assert (copied["compiled"], copied["sections"]) == (original["compiled"], original["sections"])
    assert (copied["number"], copied["semanticVersion"], copied["manualEditsCount"]) == (1, "1.0.0", 0)


async def test_every_lesson_that_applies_goes_into_a_first_version(tenant: Tenant) -> None:
    """The more important first; not those that are tried, and not those that were put away."""
    low, high = [await teach(tenant.owner, f"Rule {rank}", "NEVER_RULE", priority=rank) for rank in (1, 9)]
    for verb in ("tryLesson", "archiveLesson"):
        lesson = await teach(tenant.owner, verb, "NEVER_RULE")
        await do(tenant.owner, verb, "id", lessonId=lesson)
    first = await newest(await a_prompt(tenant))
    learned = [one for one in first["sections"] if one["lesson"]]
    assert [one["lesson"]["id"] for one in learned] == [high, low] and first["lessonsCount"] == 2
    assert [(one["section"], one["source"], one["content"]) for one in learned] == [
        ("BOUNDARIES", "LESSON", "Rule 9."), ("BOUNDARIES", "LESSON", "Rule 1.")
    ]  # fmt: skip


async def test_versions_are_numbered_by_what_changed(tenant: Tenant) -> None:
    """S1.13: what changed, which sections, in one sentence and why; each made from the one before."""
    prompt = await a_prompt(tenant)
    lesson = await teach(tenant.owner, "Say hello")
    ids = [prompt.first, await prompt.write("Dry."), await prompt.write("For homes.", "CONTEXT")]
    for verb in ("applyLessons", "removeLessons"):
        ids.append((await do(tenant.owner, verb, "id", promptId=prompt.id, lessonIds=[lesson], reason="So."))["id"])
    found = [await version(tenant, id) for id in ids]
    assert [one["number"] for one in found] == [1, 2, 3, 4, 5]
    assert [one["semanticVersion"] for one in found] == ["1.0.0", "1.0.1", "2.0.0", "2.1.0", "2.2.0"]
    assert [one["previous"] and one["previous"]["id"] for one in found] == [None, *ids[:-1]]
    assert [one["sectionsChanged"] for one in found[1:]] == [["TONE"], ["CONTEXT"], ["KNOWLEDGE"], ["KNOWLEDGE"]]
    assert [one["change"] for one in found[1:]] == ["EDITED", "EDITED", "LESSONS_APPLIED", "LESSONS_REMOVED"]
    assert [one["manualEditsCount"] for one in found] == [0, 1, 2, 2, 2]
    assert [one["lessonsCount"] for one in found] == [0, 0, 0, 1, 0]
    assert all(one["summary"] and one["createdByType"] == "USER" and one["creator"]["name"] == "Owner" for one in found)
    assert [one["reason"] for one in found] == [None, "It reads so.", "It reads so.", "So.", "So."]
    assert found[2]["compiled"] == found[4]["compiled"] != found[3]["compiled"]
    page = (await prompt.look("versions(first: 2) { totalCount nodes { number } }"))["versions"]
    assert page == {"totalCount": 5, "nodes": [{"number": 5}, {"number": 4}]}


async def test_what_changes_nothing_makes_no_version(tenant: Tenant) -> None:
    prompt, lesson = await a_prompt(tenant), await teach(tenant.owner, "Say hello")
    words = {"promptId": prompt.id, "reason": "No."}
    same = await do(tenant.owner, "writePromptVersion", "id", sections=SECTIONS[2:3], **words)
    assert same["code"] == "CONFLICT"
    for said in ([], SECTIONS[:1] * 2):
        answer = await tenant.owner.answer(
            "mutation ($i: WritePromptVersionInput!) { writePromptVersion(input: $i) { ... on Refused { field } } }",
            i={"sections": said, **words},
        )
        assert "sections" in str(answer)
    assert (await do(tenant.owner, "removeLessons", "id", lessonIds=[lesson], **words))["field"] == "lessonIds"
    assert (await do(tenant.owner, "applyLessons", "id", lessonIds=[], **words))["field"] == "lessonIds"
    await do(tenant.owner, "archiveLesson", "id", lessonId=lesson)
    assert (await do(tenant.owner, "applyLessons", "id", lessonIds=[lesson], **words))["code"] == "CONFLICT"
    assert (await prompt.look("versions { totalCount }"))["versions"]["totalCount"] == 1


async def test_a_version_keeps_what_its_lessons_said(tenant: Tenant) -> None:
    """S1.13: whoever changes a lesson changes the versions after that alone."""
    lesson = await teach(tenant.owner, "Say hello")
    prompt = await a_prompt(tenant)
    await do(tenant.owner, "changeLesson", "id", lessonId=lesson, title="Say good morning")
    other = await teach(tenant.owner, "Say goodbye")
    second = await do(tenant.owner, "applyLessons", VERSION, promptId=prompt.id, lessonIds=[other])
    first = await version(tenant, prompt.first)
    assert "Say hello." in first["compiled"] and "Say good morning." not in first["compiled"]
    assert "Say good morning." in second["compiled"] and "Say hello." not in second["compiled"]
    await do(tenant.owner, "archiveLesson", "id", lessonId=lesson)
    third = await do(tenant.owner, "applyLessons", VERSION, promptId=prompt.id, lessonIds=[other])
    assert "good morning" not in third["compiled"], "what was put away leaves with the next one"


@pytest.mark.parametrize("table", ["prompt_versions", "prompt_sections", "prompt_deployments"])
async def test_a_version_cannot_be_changed_by_the_server_itself(
    tenant: Tenant, sql: asyncpg.Connection, table: str
) -> None:
    """S1.13: also where a statement of the product were wrong."""
    prompt = await a_prompt(tenant)
    await prompt.deploy(prompt.first)
    for verb in (f"update {table} set id = id", f"delete from {table}"):
        async with server_role(sql, tenant.organization_id):
            assert await sql.fetchval(f"select count(*) from {table}")
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await sql.execute(verb)


async def test_the_text_is_made_of_the_sections_and_of_nothing_else(tenant: Tenant) -> None:
    """The same sections always give the same text."""
    for number in range(5):
        await teach(tenant.owner, f"Rule {number}", "NEVER_RULE", priority=number % 2, reasoning="So.")
    prompt = await a_prompt(tenant)
    shown = await newest(prompt)
    async with tenant.house.parts.database.work(tenant.product) as session:
        parts = await get_parts(session, bare(prompt.first))
    assert compile_prompt(parts) == shown["compiled"]
    assert [part.content for part in parts] == [one["content"] for one in shown["sections"]]
    places = [shown["compiled"].index(one["content"]) for one in shown["sections"]]
    assert places == sorted(places) and shown["compiled"].count("## ") == len(SectionName)


async def test_two_versions_are_shown_line_by_line(tenant: Tenant) -> None:
    """S1.13: before and after."""
    prompt = await a_prompt(tenant)
    second = await prompt.write("Dry.")
    compare = """query ($v: ID!, $o: ID) { promptComparison(promptVersionId: $v, otherVersionId: $o) {
      diff { sign text } rates { name verdict newer { count of value } } } }"""
    found = (await tenant.viewer.ask(compare, v=second))["promptComparison"]
    changed = [(one["sign"], one["text"]) for one in found["diff"] if one["sign"] != "SAME"]
    assert changed == [("REMOVED", "What is said of the tone."), ("ADDED", "Dry.")]
    whole = "\n".join(one["text"] for one in found["diff"] if one["sign"] != "REMOVED")
    assert whole + "\n" == (await version(tenant, second))["compiled"]
    assert {one["verdict"] for one in found["rates"]} == {"INSUFFICIENT_DATA"}
    turned = (await tenant.viewer.ask(compare, v=prompt.first, o=second))["promptComparison"]["diff"]
    assert {(one["sign"], one["text"]) for one in turned if one["sign"] != "SAME"} == {
        ("ADDED", "What is said of the tone."), ("REMOVED", "Dry.")
    }  # fmt: skip
    assert (await tenant.viewer.ask(compare, v=prompt.first))["promptComparison"] is None, "nothing was before it"


async def test_of_two_who_change_a_prompt_the_second_is_told(tenant: Tenant) -> None:
    prompt = await a_prompt(tenant)
    given = {"promptId": prompt.id, "expectedVersion": 1}
    changed = await asyncio.gather(
        *(do(tenant.owner, "changePrompt", "name version", **given, name=name) for name in ("One", "Other"))
    )
    refused, made = sorted(changed, key=lambda one: "code" not in one)
    assert (refused["field"], made["version"]) == ("expectedVersion", 2)
    unguarded = await do(tenant.owner, "changePrompt", "name isGuarded", promptId=prompt.id, isGuarded=False)
    assert unguarded == {"name": made["name"], "isGuarded": False}
    for name in ("name", "isGuarded"):
        refused = await do(tenant.owner, "changePrompt", "id", **{"promptId": prompt.id, name: None})
        assert (refused["code"], refused["field"]) == ("BAD_INPUT", name)


async def test_versions_written_at_once_follow_one_another(tenant: Tenant) -> None:
    prompt = await a_prompt(tenant)
    await asyncio.gather(*(prompt.write(f"Tone {number}.") for number in range(5)))
    found = (await prompt.look("versions { nodes { number previous { number } } }"))["versions"]["nodes"]
    assert [one["number"] for one in found] == [6, 5, 4, 3, 2, 1]
    assert [one["previous"]["number"] for one in found[:-1]] == [5, 4, 3, 2, 1]


async def test_a_version_can_be_made_from_an_older_one(tenant: Tenant) -> None:
    prompt = await a_prompt(tenant)
    await prompt.write("Dry.")
    given = {"promptId": prompt.id, "reason": "Back.", "sections": [{"section": "GOAL", "content": "A visit."}]}
    made = await do(tenant.owner, "writePromptVersion", VERSION, previousVersionId=prompt.first, **given)
    assert (made["number"], made["semanticVersion"], made["previous"]["id"]) == (3, "2.0.0", prompt.first)
    assert "What is said of the tone." in made["compiled"] and "Dry." not in made["compiled"]
    elsewhere = (await a_prompt(tenant)).first
    refused = await do(tenant.owner, "writePromptVersion", "id", previousVersionId=elsewhere, **given)
    assert (refused["code"], refused["field"]) == ("NOT_FOUND", "previousVersionId")


async def test_a_prompt_that_was_put_away_is_changed_no_more(tenant: Tenant) -> None:
    prompt = await a_prompt(tenant)
    await prompt.deploy(prompt.first)
    shown = "isLive archivedAt deployments { nodes { verb reason } }"
    away = await do(tenant.owner, "archivePrompt", shown, promptId=prompt.id)
    assert away["archivedAt"] and not away["isLive"]
    assert away["deployments"]["nodes"][0] == {"verb": "WITHDRAWN", "reason": "It was put away."}
    assert (await tenant.viewer.ask("{ prompts { totalCount } }"))["prompts"]["totalCount"] == 0
    assert (await prompt.look("newestVersion { status }"))["newestVersion"] == {"status": "RETIRED"}
    for verb, given in (("archivePrompt", {}), ("changePrompt", {"name": "One"}), ("rollBackPrompt", {})):
        assert (await do(tenant.owner, verb, "id", promptId=prompt.id, **given))["code"] == "CONFLICT"
    assert (await prompt.deploy(prompt.first))["code"] == "CONFLICT"
