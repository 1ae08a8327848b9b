"""Short words for teaching and prompting: a verb of the API, and prompts to use them on."""

from dataclasses import dataclass
from typing import Any

from graphql import GraphQLUnionType, get_named_type

from domain.prompts.sections import SectionName
from tests.play.callers import Caller
from tests.play.served import root_fields
from tests.play.tenant import Tenant

SECTIONS = [{"section": name, "content": f"What is said of the {name.lower()}."} for name in SectionName]


async def do(caller: Caller, verb: str, made: str, /, **given: Any) -> dict[str, Any]:
    """These fields of what the verb made, or why it made nothing."""
    field = root_fields()[f"Mutation.{verb}"]
    result = get_named_type(field.type)
    assert isinstance(result, GraphQLUnionType)
    [kind] = [one.name for one in result.types if one.name != "Refused"]
    declared, passed = (f"($i: {field.args['input'].type})", "(input: $i)") if field.args else ("", "")
    below = f"... on {kind} {{ {made} }} ... on Refused {{ code why: message field }}"
    answer = await caller.ask(f"mutation {declared} {{ a: {verb}{passed} {{ {below} }} }}", i=given)
    found: dict[str, Any] = answer["a"]
    return found


async def teach(caller: Caller, title: str, type_: str = "BEST_PRACTICE", **facts: Any) -> str:
    """The id of a lesson that was taught."""
    made = await do(caller, "addLesson", "id", type=type_, title=title, **facts)
    id: str = made["id"]
    return id


@dataclass(frozen=True, slots=True)
class Prompting:
    """Somebody with a prompt that they wrote by hand."""

    caller: Caller
    id: str
    first: str

    async def write(self, words: str, section: str = "TONE") -> str:
        """The id of another version."""
        said = [{"section": section, "content": words}]
        made = await do(self.caller, "writePromptVersion", "id", promptId=self.id, sections=said, reason="It reads so.")
        id: str = made["id"]
        return id

    async def deploy(self, version: str, share: int = 100) -> dict[str, Any]:
        return await do(self.caller, "deployPromptVersion", LIVE, promptVersionId=version, share=share)

    async def roll_back(self) -> dict[str, Any]:
        return await do(self.caller, "rollBackPrompt", LIVE, promptId=self.id, reason="It is worse.")

    async def look(self, wanted: str) -> Any:
        found = await self.caller.ask(f"query ($id: ID!) {{ prompt(id: $id) {{ {wanted} }} }}", id=self.id)
        return found["prompt"]


LIVE = "isLive liveVersion { id } trialVersion { id } trialShare"


async def a_prompt(tenant: Tenant, name: str = "Wake up", **facts: Any) -> Prompting:
    made = await do(
        tenant.owner, "createPrompt", "id newestVersion { id }", name=name, origin={"sections": SECTIONS}, **facts
    )
    return Prompting(tenant.owner, made["id"], made["newestVersion"]["id"])


HISTORY = """deployments { nodes { verb share reason performanceBefore version { id } previousVersion { id }
  member { name } } }"""


async def history(prompt: Prompting) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await prompt.look(HISTORY))["deployments"]["nodes"]
    return found


def live(version: str, trial: str | None = None, share: int | None = None) -> dict[str, Any]:
    tried = trial and {"id": trial}
    return {"isLive": True, "liveVersion": {"id": version}, "trialVersion": tried, "trialShare": share}
