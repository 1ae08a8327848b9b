"""Whoever writes answers: a model where one is configured, else plain rules."""

from dataclasses import dataclass, replace
from uuid import UUID

from domain.answering import Answer, Brief, Usage
from domain.output_rules import OutputRules
from gateways.models import Models
from sophie.asking import ask_for_answer, read_reply
from sophie.fencing import fence_of
from sophie.plain_answers import answer_plainly


@dataclass(frozen=True, slots=True)
class Prices:
    """Of a million tokens, in the currency of whoever pays."""

    input_tokens: float = 0.0
    output_tokens: float = 0.0

    def of(self, usage: Usage) -> int:
        """In millionths."""
        return round(usage.input_tokens * self.input_tokens + usage.output_tokens * self.output_tokens)


@dataclass(frozen=True, slots=True)
class ModelWriter:
    models: Models
    prices: Prices = Prices()

    async def write(self, brief: Brief, rules: OutputRules, *ids: UUID) -> tuple[Answer, Usage, OutputRules]:
        """With what the model was told in confidence among the rules, so that none of it is repeated."""
        fence = fence_of(*ids)
        question = ask_for_answer(brief, fence)
        reply, usage = await self.models.ask(*question)
        told = replace(rules, confidential=question.system, marks=(fence.mark, fence.word))
        return read_reply(reply), usage, told

    def cost(self, usage: Usage) -> int:
        return self.prices.of(usage)


class PlainWriter:
    """Says what plain rules know, and hands over where they do not."""

    async def write(self, brief: Brief, rules: OutputRules, *ids: UUID) -> tuple[Answer, Usage, OutputRules]:
        answer, usage = answer_plainly(brief)
        return answer, usage, rules

    def cost(self, usage: Usage) -> int:
        return 0


@dataclass(frozen=True, slots=True)
class Mind:
    """What Sophie thinks with: a model where one is configured, and what its tokens cost."""

    models: Models | None
    prices: Prices

    @property
    def writer(self) -> ModelWriter | PlainWriter:
        return ModelWriter(self.models, self.prices) if self.models else PlainWriter()
