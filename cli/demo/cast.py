"""Who is in the demo: two organizations, their people, their leads, and the numbers of all, reserved for fiction."""

from dataclasses import dataclass

from actions.leads import NewLead
from cli.demo import cars, solar
from cli.demo.scenes import Scene
from domain.conversations import Channel
from domain.people import Role


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    email: str
    role: Role

    @property
    def subject(self) -> str:
        """Who they are to whoever signs tokens."""
        return f"demo|{self.email}"

    @property
    def first_name(self) -> str:
        return self.name.split(" ")[0]


@dataclass(frozen=True, slots=True)
class Caller:
    """A lead who texts: from this number, on this channel."""

    name: str
    phone: str
    channel: Channel = Channel.SMS

    @property
    def address(self) -> str:
        """As on the wire."""
        return f"whatsapp:{self.phone}" if self.channel is Channel.WHATSAPP else self.phone


@dataclass(frozen=True, slots=True)
class House:
    """An organization as authored. The first leads have a scene each, in the same order; then come strangers."""

    slug: str
    name: str
    country: str
    time_zone: str
    number: str
    people: tuple[Person, ...]
    leads: tuple[NewLead, ...]
    scenes: tuple[Scene, ...]
    stranger_names: tuple[str, ...]
    stranger_numbers: tuple[str, ...]
    stranger_scenes: tuple[Scene, ...]

    def callers(self) -> list[Caller]:
        """The leads with a phone number, in the order of the leads. Every fifth prefers WhatsApp."""
        reachable = [(lead.first_name or "", lead.phone) for lead in self.leads]
        return [
            Caller(name, phone, Channel.WHATSAPP if place % 5 == 3 else Channel.SMS)
            for place, (name, phone) in enumerate(reachable)
            if phone
        ]

    def colleague(self, person: int) -> str:
        """Whom one of our people names, when they name one."""
        return self.people[(person + 1) % len(self.people)].first_name

    def stranger(self, place: int) -> Caller:
        return Caller(
            self.stranger_names[place % len(self.stranger_names)],
            self.stranger_numbers[place % len(self.stranger_numbers)],
        )

    def seeded(self) -> list[tuple[Caller, Scene]]:
        """Who has written when the demo begins, and what. The very last line is a lead's: the last scene ends so."""
        strangers = [(self.stranger(place), scene) for place, scene in enumerate(self.stranger_scenes) if scene.seeded]
        return [*strangers, *zip(self.callers(), self.scenes, strict=False)]


HOUSES = (
    House(
        slug="brightside-solar",
        name="Brightside Solar",
        country="GB",
        time_zone="Europe/London",
        number="+447700900100",
        people=(
            Person("Olivia Grant", "olivia@brightside.example", Role.OWNER),
            Person("Sam Whitlock", "sam@brightside.example", Role.AGENT),
            Person("Meera Joshi", "meera@brightside.example", Role.AGENT),
        ),
        leads=solar.BOOK.leads(len(solar.SCENES), [f"+447700900{last}" for last in range(101, 101 + 40)]),
        scenes=solar.SCENES,
        stranger_names=solar.STRANGERS,
        stranger_numbers=tuple(f"+447700900{last}" for last in range(200, 1000)),
        stranger_scenes=solar.STRANGER_SCENES,
    ),
    House(
        slug="harbour-auto",
        name="Harbour Auto",
        country="US",
        time_zone="America/New_York",
        number="+16175550100",
        people=(
            Person("Walter Hayes", "walter@harbour.example", Role.OWNER),
            Person("Dana Cole", "dana@harbour.example", Role.AGENT),
            Person("Miguel Santos", "miguel@harbour.example", Role.AGENT),
        ),
        leads=cars.BOOK.leads(len(cars.SCENES), [f"+16175550{last}" for last in range(101, 101 + 40)]),
        scenes=cars.SCENES,
        stranger_names=cars.STRANGERS,
        stranger_numbers=tuple(f"+1{area}5550{last}" for last in range(100, 200) for area in (508, 781, 978, 339, 857)),
        stranger_scenes=cars.STRANGER_SCENES,
    ),
)
