"""Has a model read what Sophie has answered, after the rules have: nothing waits for it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog

from actions.answering import record_use
from actions.judging import Judged, claim_text, give_up_opinion, record_opinion
from db.database import Database
from domain.answering import ModelAway, ModelRefused, ModelTrouble
from domain.drafts import ModelOutcome, ModelPurpose
from domain.people import Actor
from gateways.models import Models
from sophie.fencing import fence_of
from sophie.judging import ask_for_review, read_opinion
from workers.answering import now
from workers.writers import Prices

log = structlog.get_logger()


@dataclass(slots=True)
class Judging:
    """One text at a time. A model that is away is asked again when the lease ends, for a day."""

    database: Database
    models: Models
    prices: Prices
    clock: Callable[[], datetime] = now

    async def find_due(self) -> set[UUID]:
        return {row["organization_id"] for row in await self.database.look_up("organizations_with_texts_to_judge")}

    async def take_text(self, organization_id: UUID) -> bool:
        """False when there is none."""
        actor = Actor(organization_id)
        async with self.database.work(actor) as session:
            judged = await claim_text(session, self.clock())
        if judged is None:
            return False
        await self._judge(actor, judged)
        return True

    async def _judge(self, actor: Actor, judged: Judged) -> None:
        question = ask_for_review(judged.brief, judged.text["body"], fence_of(judged.text["id"], actor.organization_id))
        try:
            opinion, usage = await self.models.ask(*question)
        except ModelTrouble as trouble:
            await self._fail(actor, judged, trouble)
            return
        review = read_opinion(opinion)
        async with self.database.work(actor) as session:
            cost = self.prices.of(usage)
            await record_use(session, ModelPurpose.REVIEW, ModelOutcome.ANSWERED, usage, cost)
            await record_opinion(session, judged, review.score, review.findings, review.summary, self.clock())

    async def _fail(self, actor: Actor, judged: Judged, trouble: ModelTrouble) -> None:
        log.warning("a text was not judged", message=str(judged.text["id"]), reason=trouble.reason)
        if isinstance(trouble, ModelAway):
            return
        outcome = ModelOutcome.REFUSED if isinstance(trouble, ModelRefused) else ModelOutcome.MALFORMED
        async with self.database.work(actor) as session:
            if trouble.usage:
                cost = self.prices.of(trouble.usage)
                await record_use(session, ModelPurpose.REVIEW, outcome, trouble.usage, cost)
            await give_up_opinion(session, judged, self.clock())
