"""What is live: versions deployed to all or to a share, taken back by hand, and by a guard of plain code."""

from typing import Any
from uuid import UUID

import orjson

from actions.prompt_versions import lock_prompt
from db.session import Row, Session
from domain.analytics import EventKind
from domain.ids import new_id
from domain.people import Permission
from domain.prompts.measuring import Outcome, outcome_of, trips_guard
from domain.prompts.sharing import ALL, check_share
from domain.prompts.versions import check_reason
from domain.prompts.words import DeploymentVerb
from domain.refusals import Refusal, RefusalCode, not_found


async def deploy_prompt_version(session: Session, version_id: UUID, share: int, reason: str | None) -> UUID:
    """Lets a version write: in all conversations of its place, or in a share of them. Returns its prompt."""
    session.actor.require(Permission.PROMPTS_WRITE)
    place = await session.row("prompts", "get_place_of_version", version_id)
    if place is None:
        raise not_found("prompt version", "promptVersionId")
    # The place first, then the prompts in it: of two who deploy there at once the second sees what the first one did.
    await session.execute("prompts", "lock_place", place["dataset_id"])
    await session.rows("prompts", "lock_prompts_there", place["prompt_id"], place["dataset_id"])
    prompt = await lock_prompt(session, place["prompt_id"])
    live, why = prompt["live_version_id"], check_reason(reason)
    if live == version_id:
        words = "This version is live already; rollBackPrompt ends a trial beside it."
        raise Refusal(RefusalCode.CONFLICT, words, "promptVersionId")
    if check_share(share) < ALL:
        await _try(session, prompt, version_id, share, why)
    else:
        await _check_settled(session, version_id)
        before = live or await _take_over(session, prompt)
        await _point(session, prompt, DeploymentVerb.DEPLOYED, version_id)
        await _record(session, prompt, version_id, before, DeploymentVerb.DEPLOYED, ALL, why)
    return UUID(int=prompt["id"].int)


async def _try(session: Session, prompt: Row, version_id: UUID, share: int, reason: str | None) -> None:
    live = prompt["live_version_id"]
    if live is None:
        words = "A share is taken beside what is live, and this prompt is not: deploy a version to all of it first."
        raise Refusal(RefusalCode.CONFLICT, words, "share")
    await _point(session, prompt, DeploymentVerb.TRIED, live, version_id, share)
    await _record(session, prompt, version_id, live, DeploymentVerb.TRIED, share, reason)


async def _check_settled(session: Session, version_id: UUID) -> None:
    tried = await session.rows("prompts", "find_tried_lessons", version_id)
    if tried:
        words = f"The lesson “{tried[0]['title']}” is still being tried: activate it first, or deploy to a share."
        raise Refusal(RefusalCode.CONFLICT, words, "promptVersionId")


async def _take_over(session: Session, prompt: Row) -> UUID | None:
    """From another prompt that is live in the same place; what of it was."""
    other = await session.row("prompts", "lock_live", prompt["id"], prompt["dataset_id"])
    if other is None:
        return None
    await withdraw_prompt(session, other, "Another prompt took its place.")
    live: UUID = other["live_version_id"]
    return live


async def withdraw_prompt(session: Session, prompt: Row, reason: str) -> None:
    """Nothing of a prompt that was live, and is locked, writes any more."""
    await _point(session, prompt, DeploymentVerb.WITHDRAWN, None)
    live = prompt["live_version_id"]
    await _record(session, prompt, live, None, DeploymentVerb.WITHDRAWN, ALL, reason)


async def roll_back_prompt(session: Session, prompt_id: UUID, reason: str | None) -> UUID:
    """Ends a trial where there is one; else what was live before is live again."""
    prompt, why = await lock_prompt(session, prompt_id), check_reason(reason)
    if prompt["trial_version_id"]:
        await _end_trial(session, prompt, DeploymentVerb.WITHDRAWN, why)
        return prompt_id
    before = await _find_before(session, prompt)
    if before is None:
        words = "Nothing of this prompt was live before: deploy another version instead."
        raise Refusal(RefusalCode.CONFLICT, words, "promptId")
    await _return_to(session, prompt, before, DeploymentVerb.ROLLED_BACK, why)
    return prompt_id


async def _end_trial(session: Session, prompt: Row, verb: DeploymentVerb, reason: str | None) -> None:
    live, tried = prompt["live_version_id"], prompt["trial_version_id"]
    await _point(session, prompt, verb, live)
    await _record(session, prompt, live, tried, verb, ALL, reason)
    await _take_back_insights(session, tried)


async def _return_to(session: Session, prompt: Row, before: UUID, verb: DeploymentVerb, reason: str | None) -> None:
    """A trial beside what is taken back ends as well."""
    live = prompt["live_version_id"]
    await _point(session, prompt, verb, before)
    await _record(session, prompt, before, live, verb, ALL, reason)
    await _take_back_insights(session, live)


async def _find_before(session: Session, prompt: Row) -> UUID | None:
    """What this prompt itself said before: what another prompt said in its place is that one's to deploy."""
    live = prompt["live_version_id"]
    found: UUID | None = live and await session.value("prompts", "find_version_before", prompt["id"], live)
    return found


async def _take_back_insights(session: Session, version_id: UUID) -> None:
    """What Sophie was taught by it is decided about no more."""
    for row in await session.rows("learning", "take_back_insights", version_id):
        session.announce(EventKind.INSIGHT_REVIEWED, insight_id=row["id"])


async def guard_versions(session: Session, version_ids: list[UUID]) -> None:
    """Takes back by itself what of these does harm, where its prompt is guarded: asked whenever harm was counted."""
    for row in await session.rows("prompts", "find_guarded", version_ids):
        prompt = await session.row("prompts", "lock_prompt", row["prompt_id"])
        if prompt and row["id"] in (prompt["live_version_id"], prompt["trial_version_id"]):
            await _guard(session, prompt, row["id"])


async def _guard(session: Session, prompt: Row, version_id: UUID) -> None:
    """A trial beside what is live, and what is live beside what was before it; nothing comes before a first one."""
    is_tried = version_id == prompt["trial_version_id"]
    before = prompt["live_version_id"] if is_tried else await _find_before(session, prompt)
    if before is None:
        return
    why = trips_guard(await _outcome(session, version_id), await _outcome(session, before))
    if why and is_tried:
        await _end_trial(session, prompt, DeploymentVerb.GUARDED, why)
    elif why:
        await _return_to(session, prompt, before, DeploymentVerb.GUARDED, why)


async def _outcome(session: Session, version_id: UUID) -> Outcome:
    return outcome_of(await session.row("prompts", "get_outcome", version_id))


async def _point(
    session: Session,
    prompt: Row,
    verb: DeploymentVerb,
    live: UUID | None,
    trial: UUID | None = None,
    share: int | None = None,
) -> None:
    await session.execute("prompts", "point", prompt["id"], live, trial, share, _who(session, verb))


def _who(session: Session, verb: DeploymentVerb) -> UUID | None:
    """Whose doing it is; the guard's is nobody's, in whosever unit of work it acts."""
    return None if verb is DeploymentVerb.GUARDED else session.actor.member_id


async def _record(
    session: Session,
    prompt: Row,
    version_id: UUID,
    previous_id: UUID | None,
    verb: DeploymentVerb,
    share: int,
    reason: str | None,
) -> None:
    """With how the one before had done."""
    figures: dict[str, Any] | None = None
    if previous_id:
        outcome = await _outcome(session, previous_id)
        figures = {name: getattr(outcome, name) for name in Outcome.__slots__}
    values = (version_id, previous_id, verb, share, reason, figures and orjson.dumps(figures).decode())
    await session.execute("prompts", "add_deployment", new_id(), prompt["id"], *values, _who(session, verb))
    session.announce(EventKind.PROMPT_DEPLOYED, subject_id=prompt["id"])
