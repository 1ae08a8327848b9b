"""Seeds the demo through the same actions as everyone, so that seeds cannot lie. Broken off, it goes on next time."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from random import Random
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from actions.bookings import Call, book_call
from actions.conversations import assign_conversation, mark_conversation_read, send_message
from actions.deploying import deploy_prompt_version
from actions.leads import add_lead
from actions.lessons import add_lesson
from actions.members import add_member
from actions.organizations import add_organization, add_phone_number, change_organization
from actions.prompt_templates import add_system_prompt_templates
from actions.prompt_versions import get_version
from actions.prompts import Origin, create_prompt
from actions.receiving import receive_text
from actions.scoring import set_score_reasons
from actions.sending import find_recorded
from cli.demo.cast import Caller, House, Person
from cli.demo.contacts import stage_of
from cli.demo.desk import find_conversation
from cli.demo.scenes import Scene
from db.database import Database
from db.session import Session
from domain.conversations import InboundText
from domain.drafts import AiMode
from domain.ids import new_id
from domain.lessons import LessonType
from domain.people import Actor
from domain.prompts.sharing import ALL
from domain.refusals import Refusal, RefusalCode
from domain.scoring import USUAL_REASONS, Reason, ScoreCondition

_LAST = "last"
_CALLS = 6  # one lead in so many has booked a call
_LESSONS = (
    {
        "type": LessonType.OBJECTION_HANDLING,
        "title": "They ask for the price",
        "trigger": "the lead asks what it costs",
        "correct_response": "It depends on a few things. Shall we go through them in a short call?",
        "reasoning": "A figure without the facts is wrong for most, and they remember it.",
    },
    {
        "type": LessonType.NEVER_RULE,
        "title": "Never promise a date",
        "reasoning": "Dates depend on people who are not asked.",
    },
)
_REPLIED = Reason("Wrote to us", 20, ScoreCondition.REPLIED)


@dataclass(frozen=True, slots=True)
class Company:
    """A house with its place in the database; members in the order of its people. New, its scenes are yet to end."""

    house: House
    organization_id: UUID
    member_ids: tuple[UUID, ...]
    is_new: bool


async def seed(database: Database, house: House, issuer: str) -> Company:
    """What is there already is taken as it is: a second time nothing is added."""
    organization_id = await _organization(database, house)
    member_ids = tuple([await _member(database, organization_id, person, issuer) for person in house.people])
    company = Company(house, organization_id, member_ids, not await _is_complete(database, organization_id))
    if company.is_new:
        await _add_leads(database, company)
        seeded = house.seeded()
        for place, (caller, scene) in enumerate(seeded, start=1):
            await _Conversation(database, company, place, caller, scene, place == len(seeded)).tell()
    return company


async def _organization(database: Database, house: House) -> UUID:
    found: UUID | None = (await database.look_up("find_organization", house.slug))[0]["id"]
    if found:
        return found
    actor = Actor(new_id())
    async with database.work(actor) as session:
        await add_organization(session, house.slug, house.name, country=house.country, time_zone=house.time_zone)
        await add_phone_number(session, house.number)
        await set_score_reasons(session, [*USUAL_REASONS, _REPLIED])
        await _teach(session)
    return actor.organization_id


async def _teach(session: Session) -> None:
    """Sophie proposes answers, by a prompt from a template of the product's, with what people have taught her."""
    await change_organization(session, {"ai_mode": AiMode.COPILOT}, None)
    for lesson in _LESSONS:
        await add_lesson(session, lesson)
    templates = await add_system_prompt_templates(session)
    prompt_id = await create_prompt(session, "Everybody who writes", Origin(template_id=templates[-1]))
    version = await get_version(session, prompt_id, None)
    await deploy_prompt_version(session, version["id"], ALL, "The first one.")


async def _member(database: Database, organization_id: UUID, person: Person, issuer: str) -> UUID:
    rows = await database.look_up("find_or_add_user", new_id(), issuer, person.subject, person.email)
    for membership in await database.look_up("find_memberships", issuer, person.subject):
        if membership["organization_id"] == organization_id:
            found: UUID = membership["member_id"]
            return found
    async with database.work(Actor(organization_id)) as session:
        return await add_member(session, rows[0]["id"], person.name, person.email, person.role)


async def _is_complete(database: Database, organization_id: UUID) -> bool:
    """Where the last line is, all are, whatever a later version may have authored instead."""
    async with database.work(Actor(organization_id)) as session:
        return bool(await find_recorded(session, [_once(organization_id, _LAST)]))


async def _add_leads(database: Database, company: Company) -> None:
    """All at once or not at all, and shared out among the members; every fifth is nobody's. Some have booked a call."""
    owners = company.member_ids
    try:
        async with database.work(Actor(company.organization_id)) as session:
            stages = [stage["id"] for stage in await session.rows("pipeline", "lock_stages")]
            for place, lead in enumerate(company.house.leads):
                owner = owners[place % len(owners)] if place % 5 else None
                seeded = replace(lead, owner_id=owner, pipeline_stage_id=stages[stage_of(lead)])
                lead_id = await add_lead(session, seeded)
                if place % _CALLS == 1:
                    await book_call(session, lead_id, _call(company.house, place))
    except Refusal as refusal:
        if refusal.code is not RefusalCode.CONFLICT:  # They are there, from a time that was broken off.
            raise


def _call(house: House, place: int) -> Call:
    """On one of the next days, within working hours where the organization is."""
    zone = ZoneInfo(house.time_zone)
    day = datetime.now(zone).date() + timedelta(days=1 + place % 5)
    return Call(datetime.combine(day, time(9 + place % 8), zone), title="A first talk", time_zone=house.time_zone)


def _once(organization_id: UUID, key: str) -> str:
    """The carrier's id of a lead's line, the key of one of ours: the same each time, so nothing is said twice."""
    return "SM" + uuid5(organization_id, key).hex


@dataclass(frozen=True, slots=True)
class _Conversation:
    """One lead's: what they wrote at first lies some days back, what follows our answer is of today."""

    database: Database
    company: Company
    place: int
    caller: Caller
    scene: Scene
    is_last: bool

    async def tell(self) -> None:
        person = self.place % len(self.company.member_ids)
        colleague, earlier = self.company.house.colleague(person), self._earlier()
        for number, line in enumerate(self.scene.lines[: self.scene.seeded]):
            text = line.say(self.caller.name, colleague, badly=self.place % 3 == number % 3)
            if line.is_ours:
                await self._send(text, self._key(number, text), self.company.member_ids[person])
                earlier = iter(())
            else:
                await self._receive(text, self._key(number, text), next(earlier, datetime.now(UTC)))

    def _key(self, number: int, text: str) -> str:
        if self.is_last and number == self.scene.seeded - 1:
            return _LAST
        return f"{self.caller.phone}:{number}:{text}"

    async def _receive(self, body: str, key: str, at: datetime) -> None:
        company, caller = self.company, self.caller
        sid = _once(company.organization_id, key)
        text = InboundText(sid, caller.channel, caller.phone, company.house.number, body, (), at)
        async with self.database.work(Actor(company.organization_id)) as session:
            await receive_text(session, text)

    async def _send(self, body: str, key: str, member_id: UUID) -> None:
        """By a colleague who looked at it first and, with some, took it over; every fourth by the machine."""
        is_machine = self.place % 4 == 1
        actor = Actor(self.company.organization_id, None if is_machine else member_id)
        async with self.database.work(actor) as session:
            conversation_id = await find_conversation(session, self.caller)
            assert conversation_id, "a scene begins with its lead"
            await mark_conversation_read(session, conversation_id)
            if self.place % 4 == 0:
                await assign_conversation(session, conversation_id, member_id)
            once = _once(self.company.organization_id, key)
            await send_message(session, conversation_id, body, once, ai_generated=is_machine)

    def _earlier(self) -> Iterator[datetime]:
        """Instants of an earlier day, within waking hours where the organization is, each after the one before."""
        chance = Random(f"{self.company.house.slug}{self.place}")
        zone = ZoneInfo(self.company.house.time_zone)
        day = datetime.now(zone).date() - timedelta(days=chance.randint(1, 6))
        at = datetime.combine(day, time(chance.randint(8, 18), chance.randint(0, 59)), zone)
        while True:
            yield at
            at += timedelta(minutes=chance.randint(1, 50), seconds=chance.randint(0, 59))
