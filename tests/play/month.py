"""A month of campaigns under a virtual clock: leads of every temper, and what must hold whatever they do."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from actions.leads import NewLead, add_lead
from domain.conversations import CarrierCode, Channel
from gateways.carrier import CarrierRefused, Outbound
from tests.play.campaigning import Theatre, bare
from tests.play.past import keep_dataset
from tests.play.tenant import next_number

# America changes its clocks on 14 March 2027, Europe on the 28th; Good Friday is the 26th, Easter Monday the 29th.
BEGIN = datetime(2027, 3, 11, 7, tzinfo=UTC)
HOLIDAYS = {date(2027, 3, 26), date(2027, 3, 29)}
ZONES = {"+44": "Europe/London", "+12": "America/New_York"}
TEMPERS = ("silent", "silent", "replies", "stops", "bad number", "writes at night")
_LENGTHS = {
    "messagesPerMinute": timedelta(minutes=1),
    "messagesPerHour": timedelta(hours=1),
    "messagesPerDay": timedelta(days=1),
}
_ENDS = {
    "silent": {("COMPLETED", "CADENCE_FINISHED")},
    "stops": {("PAUSED", "OPTED_OUT"), ("COMPLETED", "CADENCE_FINISHED")},  # who still had an e-mail to come
    "bad number": {("PAUSED", "INVALID_ADDRESS"), ("COMPLETED", "CADENCE_FINISHED")},
    "replies": {("COMPLETED", "REPLIED"), ("COMPLETED", "CADENCE_FINISHED")},
    "writes at night": {("COMPLETED", "REPLIED"), ("COMPLETED", "CADENCE_FINISHED")},
}


@dataclass
class Cast:
    """Who plays, and what they have done."""

    theatre: Theatre
    tempers: dict[str, str] = field(default_factory=dict)
    stopped: dict[str, datetime] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    heard: int = 0

    def __post_init__(self) -> None:
        self.theatre.postbox.refuse = self._refuse

    def _refuse(self, text: Outbound) -> Exception | None:
        is_bad = self.tempers.get(text.recipient) == "bad number"
        return CarrierRefused(CarrierCode.INVALID_NUMBER, "no such number") if is_bad else None

    async def hire(self, tag: str, prefix: str = "+44", tempers: Sequence[str] = TEMPERS) -> None:
        """One lead of each temper, with a tag."""
        dataset = bare(await keep_dataset(self.theatre.tenant, lawful_basis="SOFT_OPT_IN"))
        facts = {"time_zone": ZONES[prefix]}
        tenant = self.theatre.tenant
        async with tenant.house.parts.database.work(tenant.product) as session:
            for temper in tempers:
                number = next_number() if prefix == "+44" else f"+1212555{len(self.tempers):04}"
                self.tempers[number] = temper
                email = f"{number[1:]}@example.com"
                lead = NewLead(
                    first_name="Ann", phone=number, email=email, tags=(tag,), facts=facts, dataset_ids=[dataset]
                )
                await add_lead(session, lead)

    async def play(self, days: float) -> None:
        end = self.theatre.now + timedelta(days=days)
        while self.theatre.now < end:
            await self.theatre.pass_(hours=0.5)
            await self._react()

    async def _react(self) -> None:
        """To what came since the last time."""
        new = self.theatre.postbox.sent[self.heard :]
        self.heard = len(self.theatre.postbox.sent)
        said = []
        for _, text in new:
            if text.channel is Channel.SMS:
                self.counts[text.recipient] += 1
                if body := self._answer(text.recipient):
                    said.append((text.recipient, body))
        if said:
            self.theatre.now += timedelta(seconds=1)
            await self.theatre.hear(said)

    def _answer(self, number: str) -> str | None:
        """What they say to what they have just got."""
        temper, count = self.tempers[number], self.counts[number]
        if temper == "stops" and number not in self.stopped:
            self.stopped[number] = self.theatre.now
            return "Stop."
        if temper == "replies" and count == 2:
            return "Yes, tell me more"
        return "What is it about?" if temper == "writes at night" and count == 1 else None


def _check_hour(number: str, at: datetime) -> datetime:
    """The time where they are."""
    there = at.astimezone(ZoneInfo(ZONES[number[:3]]))
    assert time(9) <= there.time() < time(17) and there.weekday() < 5, (there, number)
    assert not (number.startswith("+44") and there.date() in HOLIDAYS), there
    return there


def check_times(cast: Cast) -> None:
    """In the window, on a day that is none off, by the clock where they are; and no carrier may try for longer."""
    for at, text in cast.theatre.postbox.sent:
        if text.channel is not Channel.SMS:
            continue
        there = _check_hour(text.recipient, at)
        assert text.validity_seconds, "or it could arrive at night"
        assert there + timedelta(seconds=text.validity_seconds) <= there.replace(hour=17, minute=0, second=0)
    instants = [at for at, _ in cast.theatre.postbox.sent]
    clocks = {at.astimezone(ZoneInfo(zone)).utcoffset() for at in instants for zone in ZONES.values()}
    assert len(clocks) == 4, "before and after each change"


async def check_calls(cast: Cast) -> None:
    """Nobody is asked to call at night, on a day that is off, or a number that is dead."""
    asked = "{ tasks(first: 100) { nodes { dueAt lead { phone } } } }"
    tasks = (await cast.theatre.tenant.owner.ask(asked))["tasks"]["nodes"]
    assert tasks
    for task in tasks:
        phone = task["lead"]["phone"]
        assert cast.tempers[phone] != "bad number"
        _check_hour(phone, datetime.fromisoformat(task["dueAt"]))


def check_rates(cast: Cast, rates: dict[str, int]) -> None:
    """However long is looked at, and from whenever: the text that is one too many comes later."""
    instants = sorted(at for at, _ in cast.theatre.postbox.sent)
    for name, most in rates.items():
        for first, one_too_many in zip(instants, instants[most:], strict=False):
            assert one_too_many - first >= _LENGTHS[name], (name, first)


def check_stops(cast: Cast) -> None:
    """Nothing after a STOP, nothing twice."""
    for at, text in cast.theatre.postbox.sent:
        if text.recipient in cast.stopped:
            assert at <= cast.stopped[text.recipient]
    said = Counter((text.recipient, text.channel, text.body) for _, text in cast.theatre.postbox.sent)
    assert set(said.values()) == {1}
    assert cast.stopped


async def check_plans(cast: Cast, campaigns: Sequence[str]) -> Counter[str]:
    """Everybody is where their temper brought them, and every step that was not sent says why; so many of each."""
    found = [one for id in campaigns for one in await cast.theatre.runs(id)]
    assert len(found) == len(cast.tempers)
    became: Counter[str] = Counter()
    for one in found:
        temper = cast.tempers[one["lead"]["phone"]]
        assert (one["status"], one["reason"]) in _ENDS[temper], (temper, one)
        for run in one["stepRuns"]:
            assert run["status"] in ("SENT", "FAILED") or run["skipReason"], run
            became[run["skipReason"] or run["status"]] += 1
    await _check_counts(cast, found)
    return became


async def _check_counts(cast: Cast, found: Sequence[dict[str, Any]]) -> None:
    asked = "{ campaigns(first: 100) { nodes { enrolledCount optedOutCount sentCount } } }"
    counts = (await cast.theatre.tenant.owner.ask(asked))["campaigns"]["nodes"]
    assert sum(one["optedOutCount"] for one in counts) == len(cast.stopped)
    assert sum(one["enrolledCount"] for one in counts) == len(found)
    sent = sum(run["status"] == "SENT" and run["message"] is not None for one in found for run in one["stepRuns"])
    assert sum(one["sentCount"] for one in counts) == sent == len(cast.theatre.postbox.sent)
