"""Shelves: leads of every keeper in every constellation of datasets, each with a talk, a text and an insight."""

from dataclasses import dataclass, field
from uuid import UUID

from actions.leads import hand_over
from domain.ids import show_id
from domain.people import LeadScope, Permission, Role
from tests.play.callers import Caller
from tests.play.past import bare, keep_dataset, raise_insight
from tests.play.tenant import Tenant, next_number

KEEPERS = ("mine", "owned", "theirs", "nobody's")
PLACES = ("here", "there", "both", "nowhere")
KINDS = ("leads", "conversations", "messages", "insights")
# What each scope shows, and what whoever is limited to the dataset "here" sees of it.
KEPT = {
    LeadScope.ALL: set(KEEPERS),
    LeadScope.ASSIGNED_AND_UNASSIGNED: {"mine", "owned", "nobody's"},
    LeadScope.ASSIGNED: {"mine", "owned"},
}
IN_SIGHT = {"here", "both"}
Name = tuple[str, str]


def seen_under(scope: LeadScope) -> set[Name]:
    return {(keeper, place) for keeper in KEPT[scope] for place in IN_SIGHT}


EVERYTHING = {(keeper, place) for keeper in KEEPERS for place in PLACES}


@dataclass(frozen=True, slots=True)
class Shelves:
    """Who is limited to "here", under every scope, and everything by its name: whose it is, and where."""

    tenant: Tenant
    me: Caller
    member: UUID
    here: str
    there: str
    leads: dict[Name, str] = field(default_factory=dict)
    conversations: dict[Name, str] = field(default_factory=dict)
    messages: dict[Name, str] = field(default_factory=dict)
    insights: dict[Name, str] = field(default_factory=dict)
    phones: dict[Name, str] = field(default_factory=dict)

    def names(self, kind: str, ids: list[str]) -> set[Name]:
        assert len(set(ids)) == len(ids)
        return {name for name, id in getattr(self, kind).items() if id in ids}

    async def program(self, *permissions: Permission) -> Caller:
        return await self.tenant.program(Permission.INBOX_READ, *permissions, limit=frozenset({bare(self.here)}))


async def open_shelves(tenant: Tenant, scope: LeadScope, role: Role = Role.AGENT) -> Shelves:
    here, there = await keep_dataset(tenant), await keep_dataset(tenant)
    me, member = await tenant.colleague(scope, role, limit=frozenset({bare(here)}))
    shelves, other = Shelves(tenant, me, member, here, there), tenant.members[Role.AGENT]
    held = {"here": [here], "there": [there], "both": [here, there], "nowhere": []}
    kept = {"mine": (None, member), "owned": (member, other), "theirs": (other, other), "nobody's": (None, None)}
    for name in sorted(EVERYTHING):
        await _fill(shelves, name, held[name[1]], *kept[name[0]])
    return shelves


async def _fill(shelves: Shelves, name: Name, datasets: list[str], owner: UUID | None, worker: UUID | None) -> None:
    tenant, phone = shelves.tenant, next_number()
    lead = await tenant.lead(phone=phone, owner_id=owner, dataset_ids=[bare(dataset) for dataset in datasets])
    shelves.leads[name], shelves.phones[name] = show_id("lead", lead), phone
    shelves.conversations[name], shelves.messages[name] = await tenant.text(" ".join(name), sender=phone)
    shelves.insights[name] = await raise_insight(tenant, shelves.conversations[name], shelves.messages[name])
    async with tenant.house.parts.database.work(tenant.product) as session:
        await hand_over(session, lead, worker)
