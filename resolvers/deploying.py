"""What is live of prompts: deployed, tried, taken back; and how versions compare."""

from typing import Annotated

import strawberry

from actions.deploying import deploy_prompt_version, roll_back_prompt
from actions.measuring import Compared, compare_lesson, compare_versions
from db.prompts import PROMPTS
from domain.ids import read_id
from domain.people import Permission
from domain.prompts import measuring
from domain.prompts.sharing import ALL
from resolvers.answers import What, fact, given, making
from resolvers.context import Context
from resolvers.prompts import PromptResult
from schema.prompts import DiffLine, PromptComparison, Rate, RateComparison

Info = strawberry.Info[Context, None]


@strawberry.type
class DeployingQuery:
    @strawberry.field(
        description="Two versions side by side: what they say line by line, and what came of their conversations; null "
        "where there is no such version, or none before it. Needs INBOX_READ."
    )
    async def prompt_comparison(
        self,
        info: Info,
        prompt_version_id: Annotated[strawberry.ID, strawberry.argument(description="The newer one.")],
        other_version_id: Annotated[
            strawberry.ID | None,
            strawberry.argument(description="The older one; without it the version that the newer was made from."),
        ] = strawberry.UNSET,
    ) -> PromptComparison | None:
        context, other = info.context, given(other_version_id)
        context.caller.require(Permission.INBOX_READ)
        id = read_id("prompt_version", prompt_version_id, "promptVersionId")
        other_id = read_id("prompt_version", other, "otherVersionId") if other else None
        async with context.look() as session:
            found = await compare_versions(session, id, other_id)
        if found is None:
            return None
        lines = [DiffLine(sign=line.sign, text=line.text) for line in found.diff]
        return PromptComparison(diff=lines, rates=[_compared(one) for one in found.rates])

    @strawberry.field(
        description="What came of conversations in which a lesson shaped what was written (newer), beside those that "
        "versions of the same prompts wrote without it (older); null where there is no such lesson. Needs INBOX_READ."
    )
    async def lesson_comparison(
        self, info: Info, lesson_id: Annotated[strawberry.ID, strawberry.argument(description="Of which lesson.")]
    ) -> list[RateComparison] | None:
        info.context.caller.require(Permission.INBOX_READ)
        id = read_id("lesson", lesson_id, "lessonId")
        async with info.context.look() as session:
            found = await compare_lesson(session, id)
        return None if found is None else [_compared(one) for one in found]


def _compared(one: Compared) -> RateComparison:
    return RateComparison(name=one.name, newer=_rate(one.newer), older=_rate(one.older), verdict=one.verdict)


def _rate(rate: measuring.Rate) -> Rate:
    return Rate(count=rate.count, of=rate.of, value=rate.value, low=rate.low, high=rate.high)


@strawberry.input(description="A version that is to write.")
class DeployPromptVersionInput:
    prompt_version_id: strawberry.ID = strawberry.field(description="Which.")
    share: int = strawberry.field(
        default=ALL,
        description="In how many of a hundred conversations: 100 is all; less is tried beside what is live, in the "
        "same conversations each time.",
    )
    reason: str | None = fact("Why.")


@strawberry.input(description="A prompt whose last step is taken back.")
class RollBackPromptInput:
    prompt_id: strawberry.ID = strawberry.field(description="Which.")
    reason: str | None = fact("Why.")


_NEEDS = "Needs INBOX_READ and PROMPTS_WRITE."


@strawberry.type
class DeployingMutation:
    @strawberry.mutation(
        description="Lets a version write. Another prompt that is live in the same place gives way. Answers with the "
        f"prompt. {_NEEDS}"
    )
    def deploy_prompt_version(self, input: Annotated[DeployPromptVersionInput, What]) -> PromptResult:
        id = read_id("prompt_version", input.prompt_version_id, "promptVersionId")
        return making(PROMPTS, lambda session: deploy_prompt_version(session, id, input.share, given(input.reason)))

    @strawberry.mutation(
        description=f"Ends the trial of a prompt; where there is none, what was live before is live again. {_NEEDS}"
    )
    def roll_back_prompt(self, input: Annotated[RollBackPromptInput, What]) -> PromptResult:
        id = read_id("prompt", input.prompt_id, "promptId")
        return making(PROMPTS, lambda session: roll_back_prompt(session, id, given(input.reason)))
