"""What is live: one prompt per place, trials on a share, taking back by hand and by the guard (S1.11, S1.13)."""

import asyncio
from uuid import UUID

import asyncpg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.ids import show_id
from domain.prompts.sharing import is_within
from tests.play.past import bare, keep_dataset
from tests.play.prompting import LIVE, Prompting, a_prompt, do, history, live, teach
from tests.play.tenant import Tenant


async def status(prompt: Prompting) -> list[str]:
    """Of the versions, the oldest first."""
    found = (await prompt.look("versions { nodes { status } }"))["versions"]["nodes"]
    return [one["status"] for one in reversed(found)]


async def test_a_version_is_made_live_and_another_one_after_it(tenant: Tenant) -> None:
    """S1.11: what is live is a pointer; who moved it, when and why is kept."""
    prompt = await a_prompt(tenant)
    assert await prompt.look(LIVE) == {"isLive": False} | dict.fromkeys(("liveVersion", "trialVersion", "trialShare"))
    assert await prompt.deploy(prompt.first) == live(prompt.first)
    second = await prompt.write("Dry.")
    assert await status(prompt) == ["LIVE", "DRAFT"]
    assert await prompt.deploy(second) == live(second)
    assert await status(prompt) == ["RETIRED", "LIVE"]
    latest, first = await history(prompt)
    assert (latest["verb"], latest["share"], latest["member"]["name"]) == ("DEPLOYED", 100, "Owner")
    assert (latest["version"]["id"], latest["previousVersion"]["id"]) == (second, prompt.first)
    assert latest["performanceBefore"]["conversations"] == 0
    assert first["previousVersion"] is first["performanceBefore"] is None
    told = await prompt.look("deployedAt deployer { name }")
    assert told["deployedAt"] and told["deployer"] == {"name": "Owner"}
    assert (await prompt.deploy(second))["code"] == "CONFLICT", "it is live already"


async def test_one_prompt_is_live_in_a_place(tenant: Tenant) -> None:
    """S1.11: another gives way, and says so; a dataset's place is not the organization's."""
    dataset = await keep_dataset(tenant)
    one, other = await a_prompt(tenant), await a_prompt(tenant)
    inside = await a_prompt(tenant, datasetId=dataset)
    for prompt in (one, inside, other):
        await prompt.deploy(prompt.first)
    assert [(await prompt.look("isLive"))["isLive"] for prompt in (one, inside, other)] == [False, True, True]
    assert [entry["verb"] for entry in await history(one)] == ["WITHDRAWN", "DEPLOYED"]
    assert (await history(other))[0]["previousVersion"]["id"] == one.first
    assert (await other.roll_back())["code"] == "CONFLICT", "what another prompt said is that one's to deploy"
    assert await one.deploy(one.first) == live(one.first)


LIVES = "select count(*) from prompts where organization_id = $1 and live_version_id is not null"


@pytest.mark.parametrize("is_live", [False, True])
async def test_of_two_at_once_one_is_live_in_the_end(tenant: Tenant, sql: asyncpg.Connection, is_live: bool) -> None:
    """S1.11: whoever comes second takes the place over; nobody waits for ever, and nobody is told of an error."""
    prompts = [await a_prompt(tenant) for _ in range(4)]
    if is_live:
        await prompts[0].deploy(prompts[0].first)
        await prompts[0].deploy(await prompts[0].write("Dry."))
    made = await asyncio.gather(*(prompt.deploy(prompt.first) for prompt in prompts for _ in range(2)))
    assert [one for one in made if not one.get("isLive") and one.get("code") != "CONFLICT"] == []
    assert await sql.fetchval(LIVES, tenant.organization_id) == 1
    [last] = [prompt for prompt in prompts if (await prompt.look("isLive"))["isLive"]]
    assert (await history(last))[0]["verb"] == "DEPLOYED"


async def test_two_who_deploy_versions_of_one_prompt_follow_one_another(tenant: Tenant) -> None:
    prompt = await a_prompt(tenant)
    versions = [prompt.first, await prompt.write("Dry."), await prompt.write("Warm.")]
    assert {one["isLive"] for one in await asyncio.gather(*(prompt.deploy(one) for one in versions))} == {True}
    entries = [(one["version"]["id"], one["previousVersion"]) for one in reversed(await history(prompt))]
    assert [before for _, before in entries] == [None, *({"id": id} for id, _ in entries[:-1])]
    assert (await prompt.look(LIVE)) == live(entries[-1][0])


async def test_the_newest_dataset_that_has_one_answers_before_the_organization(tenant: Tenant) -> None:
    """S1.11: dataset-live, then organization-live, then none."""
    datasets = [await keep_dataset(tenant) for _ in range(3)]
    whole = await a_prompt(tenant)
    old, new = [await a_prompt(tenant, datasetId=dataset) for dataset in datasets[:2]]
    for dataset in datasets[:2]:
        await a_prompt(tenant, datasetId=dataset)  # which is not live

    async def answering(*among: str) -> str | None:
        async with tenant.house.parts.database.work(tenant.product) as session:
            found = await session.row("prompts", "find_live", [bare(one) for one in among])
            return show_id("prompt", found["id"]) if found else None

    assert await answering(*datasets) is None
    await whole.deploy(whole.first)
    assert await answering(*datasets) == await answering() == whole.id
    await old.deploy(old.first)
    assert await answering(*datasets) == old.id and await answering(datasets[2]) == whole.id
    await new.deploy(new.first)
    assert await answering(*datasets) == new.id and await answering(datasets[0]) == old.id
    await do(tenant.owner, "archivePrompt", "id", promptId=new.id)
    assert await answering(*datasets) == old.id


async def test_a_version_is_tried_on_a_share_beside_what_is_live(tenant: Tenant) -> None:
    prompt = await a_prompt(tenant)
    second = await prompt.write("Dry.")
    refused = await prompt.deploy(second, 10)
    assert (refused["code"], refused["field"]) == ("CONFLICT", "share")
    await prompt.deploy(prompt.first)
    for share in (0, 101, -5):
        refused = await prompt.deploy(second, share)
        assert (refused["code"], refused["field"]) == ("BAD_INPUT", "share")
    assert (await prompt.deploy(prompt.first, 10))["field"] == "promptVersionId", "it is live already"
    for share in (10, 60):
        assert await prompt.deploy(second, share) == live(prompt.first, second, share)
    assert await status(prompt) == ["LIVE", "TRIAL"]
    assert await prompt.deploy(second) == live(second), "what was tried is live"
    assert [(one["verb"], one["share"]) for one in await history(prompt)] == [
        ("DEPLOYED", 100), ("TRIED", 60), ("TRIED", 10), ("DEPLOYED", 100)
    ]  # fmt: skip


@settings(max_examples=50)
@given(version=st.uuids(), conversation=st.uuids(), shares=st.lists(st.integers(1, 99), min_size=2, max_size=2))
def test_a_share_sticks_and_a_larger_one_holds_it(version: UUID, conversation: UUID, shares: list[int]) -> None:
    small, large = sorted(shares)
    assert is_within(small, version, conversation) == is_within(small, version, conversation)
    assert is_within(small, version, conversation) <= is_within(large, version, conversation)


def test_a_share_is_about_as_many_as_it_says() -> None:
    version = UUID(int=7)
    for share in (1, 10, 50, 99):
        within = sum(is_within(share, version, UUID(int=number)) for number in range(10_000))
        assert abs(within - share * 100) < 300


async def test_a_lesson_that_is_tried_goes_live_on_a_share_alone(tenant: Tenant) -> None:
    """S1.10: until somebody activates it."""
    prompt = await a_prompt(tenant)
    await prompt.deploy(prompt.first)
    lesson = await teach(tenant.owner, "Say hello")
    await do(tenant.owner, "tryLesson", "id", lessonId=lesson)
    second = (await do(tenant.owner, "applyLessons", "id", promptId=prompt.id, lessonIds=[lesson]))["id"]
    refused = await prompt.deploy(second)
    assert refused["code"] == "CONFLICT" and "Say hello" in refused["why"]
    assert await prompt.deploy(second, 20) == live(prompt.first, second, 20)
    await do(tenant.owner, "activateLesson", "id", lessonId=lesson)
    assert await prompt.deploy(second) == live(second)


async def test_taking_back_ends_the_trial_then_returns_to_what_was_before(tenant: Tenant) -> None:
    """S1.11, S1.13: version by version, until nothing was before."""
    prompt = await a_prompt(tenant)
    versions = [prompt.first, await prompt.write("Dry."), await prompt.write("Warm."), await prompt.write("Brief.")]
    assert (await prompt.roll_back())["code"] == "CONFLICT", "nothing is live"
    for version in versions[:3]:
        await prompt.deploy(version)
    await prompt.deploy(versions[3], 50)
    for left in reversed(versions[:3]):
        assert await prompt.roll_back() == live(left)
    assert (await prompt.roll_back())["code"] == "CONFLICT"
    taken = [(one["verb"], one["previousVersion"]["id"], one["reason"]) for one in (await history(prompt))[:3]]
    assert taken == [
        ("ROLLED_BACK", versions[1], "It is worse."),
        ("ROLLED_BACK", versions[2], "It is worse."),
        ("WITHDRAWN", versions[3], "It is worse."),
    ]
    assert await status(prompt) == ["LIVE", "RETIRED", "RETIRED", "RETIRED"]


async def test_two_who_take_back_at_once_take_back_one_after_the_other(tenant: Tenant) -> None:
    prompt = await a_prompt(tenant)
    await prompt.deploy(prompt.first)
    await prompt.deploy(await prompt.write("Dry."))
    both = await asyncio.gather(prompt.roll_back(), prompt.roll_back())
    assert sorted("code" in one for one in both) == [False, True]
    assert await prompt.look(LIVE) == live(prompt.first)


@pytest.mark.parametrize("reason", ["x" * 2001, "a\x00b"])
async def test_reasons_have_an_end(tenant: Tenant, reason: str) -> None:
    prompt = await a_prompt(tenant)
    verbs = {"deployPromptVersion": {"promptVersionId": prompt.first}, "rollBackPrompt": {"promptId": prompt.id}}
    for verb, what in verbs.items():
        assert (await do(tenant.owner, verb, "id", **what, reason=reason))["field"] == "reason"


async def test_what_becomes_live_is_heard_of(tenant: Tenant) -> None:
    prompt, other = await a_prompt(tenant), await a_prompt(tenant)
    second = await prompt.write("Dry.")
    told = f"... on PromptDeployed {{ prompt {{ id {LIVE} }} }}"
    async with tenant.agent.hear(f"subscription {{ inboxEvents {{ __typename {told} }} }}") as ear:
        await tenant.followed()
        await prompt.deploy(prompt.first)
        assert await ear.next() == {"__typename": "PromptDeployed", "prompt": {"id": prompt.id, **live(prompt.first)}}
        await prompt.deploy(second, 10)
        assert (await ear.next())["prompt"]["trialShare"] == 10
        await other.deploy(other.first)
        heard = [(one["prompt"]["id"], one["prompt"]["isLive"]) for one in await ear.take(2)]
        assert sorted(heard) == sorted([(prompt.id, False), (other.id, True)])
        await do(tenant.owner, "archivePrompt", "id", promptId=other.id)
        assert not (await ear.next())["prompt"]["isLive"]
