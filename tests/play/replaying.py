"""A desk at which versions of prompts are replayed: nobody works at it but what a test starts."""

from typing import Any
from uuid import UUID

from actions.lessons import add_lesson
from actions.prompt_versions import apply_lessons
from domain.ids import show_id
from domain.lessons import LessonStatus, LessonType
from tests.play.answering import Pen
from tests.play.callers import Caller
from tests.play.past import bare
from tests.play.tenant import Tenant, next_number
from tests.play.texting import send
from workers.replaying import Replaying

SECTIONS = ("CONTEXT", "GOAL", "TONE", "KNOWLEDGE", "OBJECTIONS", "BOUNDARIES")
REPLAY = """id version status threads totalCount doneCount breachesCount problem completedAt
  promptVersion { id } dataset { id } creator { id } rows(first: 100) { totalCount nodes { id position isOfLesson
  outcome problem body breaches intent sentiment wantsHuman model lead { id } conversation { id }
  inboundMessage { id body } message { id body } } }"""
REFUSED = "... on Refused { code message why: field }"
MADE = "... on Node { id ... on Prompt { newestVersion { id } } }"


async def do(caller: Caller, verb: str, shown: str = f"... on Replay {{ {REPLAY} }}", **given: Any) -> dict[str, Any]:
    """What became of a mutation, or `{code, message, why}`."""
    inputs = {"cancelReplay": "Replay", "archivePrompt": "Prompt"}
    name = inputs.get(verb, verb[0].upper() + verb[1:])
    document = f"mutation ($i: {name}Input!) {{ a: {verb}(input: $i) {{ {shown} {REFUSED} }} }}"
    answer: dict[str, Any] = (await caller.ask(document, i=given))["a"]
    return answer


class ReplayDesk:
    """The threads of one tenant, a prompt, and a pen that writes what a test wants said."""

    def __init__(self, tenant: Tenant) -> None:
        self.tenant, self.pen = tenant, Pen()
        self.replaying = Replaying(tenant.house.parts.database, self.pen)

    async def prompt(self, **given: Any) -> tuple[str, str]:
        """The ids of a prompt and its draft."""
        sections = [{"section": name, "content": f"What is said of the {name.lower()}."} for name in SECTIONS]
        facts = {"name": "Reactivation", "origin": {"sections": sections}, **given}
        made = await do(self.tenant.owner, "createPrompt", MADE, **facts)
        return made["id"], made["newestVersion"]["id"]

    async def learned(self, prompt: str, message: str, title: str = "Say how long it takes") -> str:
        """A version with a lesson that a message taught."""
        return await self.applied(prompt, {"type": LessonType.DOS_DONTS, "title": title}, bare(message))

    async def applied(self, prompt: str, facts: dict[str, Any], message: UUID | None = None) -> str:
        """A version with a lesson that is being tried."""
        async with self.tenant.house.parts.database.work(self.tenant.product) as session:
            lesson = await add_lesson(session, facts, message_id=message, status=LessonStatus.TESTING)
            made = await apply_lessons(session, bare(prompt), [lesson], None)
        return show_id("prompt_version", made)

    async def thread(self, *said: str, caller: Caller | None = None) -> tuple[str, list[str]]:
        """A lead and a colleague in turn; the conversation, and what was said."""
        number, conversation, ids = next_number(), "", list[str]()
        for place, body in enumerate(said):
            if place % 2:
                ids.append((await send(caller or self.tenant.owner, conversation, body))["id"])
            else:
                conversation, message = await self.tenant.text(body, number)
                ids.append(message)
        return conversation, ids

    async def begin(self, version: str, caller: Caller | None = None, **given: Any) -> dict[str, Any]:
        return await do(caller or self.tenant.owner, "replayPromptVersion", promptVersionId=version, **given)

    async def work(self) -> None:
        while await self.replaying.take_replay(self.tenant.organization_id):
            pass

    async def read(self, id: str, caller: Caller | None = None) -> dict[str, Any] | None:
        asked = f"query ($id: ID!) {{ replay(id: $id) {{ {REPLAY} }} }}"
        found: dict[str, Any] | None = (await (caller or self.tenant.owner).ask(asked, id=id))["replay"]
        return found

    async def replayed(self, version: str, caller: Caller | None = None, **given: Any) -> dict[str, Any]:
        """A replay that has ended."""
        begun = await self.begin(version, caller, **given)
        await self.work()
        found = await self.read(begun["id"], caller)
        assert found, begun
        return found
