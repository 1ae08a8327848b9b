"""A desk at which Sophie answers: a clock that is handed in, and a writer who says what a test wants said."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from domain.answering import Answer, Brief, Intent, Usage
from domain.leads import Sentiment, Temperature
from domain.output_rules import OutputRules
from tests.play.callers import Caller
from tests.play.tenant import Tenant
from workers.answering import Answering

GOOD = Answer(
    "Happy to help. Which day would suit you?", Sentiment.POSITIVE, Temperature.WARM, Intent.INTERESTED, False, False
)
DRAFTS = """query ($f: DraftFilter) { drafts(first: 100, filter: $f) { nodes {
  id version status reason problem isProposal dueAt body originalBody intent sentiment temperature wantsHuman model
  conversation { id } lead { id temperature sentiment lifecycle } inboundMessage { body }
  message { id body status aiGenerated } promptVersion { id } asker { id } reviewer { id } } } }"""


@dataclass
class Pen:
    """Writes what it is told to, and remembers what it was asked."""

    says: Answer | Exception | Callable[[Brief], Answer] = GOOD
    asked: list[Brief] = field(default_factory=list)
    meanwhile: Callable[[], Any] | None = None

    async def write(self, brief: Brief, rules: OutputRules, *ids: UUID) -> tuple[Answer, Usage, OutputRules]:
        self.asked.append(brief)
        if self.meanwhile:
            await self.meanwhile()
        if isinstance(self.says, Exception):
            raise self.says
        said = self.says if isinstance(self.says, Answer) else self.says(brief)
        return said, Usage("test:pen", 100, 20, 5), rules

    def cost(self, usage: Usage) -> int:
        return usage.input_tokens * 2 + usage.output_tokens * 8


class AnswerDesk:
    """Where the answers of one tenant are written, at a time of the test's."""

    def __init__(self, tenant: Tenant) -> None:
        self.tenant, self.pen, self.now = tenant, Pen(), datetime.now(UTC)
        self.answering = Answering(tenant.house.parts.database, self.pen, lambda: self.now)

    async def open(self, mode: str = "AUTO", **changes: Any) -> "AnswerDesk":
        change = """mutation ($i: ChangeOrganizationInput!) { changeOrganization(input: $i) {
          __typename ... on Refused { message } } }"""
        made = await self.tenant.owner.ask(change, i={"aiMode": mode, **changes})
        assert made["changeOrganization"]["__typename"] == "Organization", made
        return self

    async def hear(self, body: str = "How much is it?", sender: str | None = None) -> tuple[str, str]:
        """A lead writes now; the ids of conversation and message."""
        return await self.tenant.text(body, sender, at=self.now)

    async def write(self, *, minutes: float = 10) -> int:
        """Time goes by, and what is due is written; how many there were."""
        self.now += timedelta(minutes=minutes)
        count = 0
        while await self.answering.take_draft(self.tenant.organization_id):
            count += 1
        return count

    async def drafts(self, caller: Caller | None = None, **filter: Any) -> list[dict[str, Any]]:
        """The newest first."""
        found = await (caller or self.tenant.owner).ask(DRAFTS, f=filter or None)
        nodes: list[dict[str, Any]] = found["drafts"]["nodes"]
        return nodes

    def says(self, text: str, **facts: Any) -> None:
        self.pen.says = replace(GOOD, text=text, **facts)
