"""Beginning an organization: the one unit of work that acts for nobody yet."""

from dataclasses import dataclass

from actions.members import add_member
from actions.organizations import add_organization
from db.database import Database
from domain.ids import new_id
from domain.organizations import check_change
from domain.people import Actor, LeadScope, Person, Rights, Role
from domain.refusals import bad_input


@dataclass(frozen=True, slots=True)
class Founding:
    """An organization to begin with."""

    slug: str
    name: str
    country: str
    time_zone: str


async def found_organization(database: Database, owner: Person, founding: Founding) -> Actor:
    """Begins it, with its first owner; answers who they are in it. A slug that is taken is refused."""
    if not owner.email:
        raise bad_input("Your identity provider does not vouch for an e-mail address of yours, which an owner needs.")
    facts = {"name": founding.name, "country": founding.country, "time_zone": founding.time_zone}
    checked = check_change(facts)
    person = await database.look_up("find_or_add_user", new_id(), owner.issuer, owner.subject, owner.email)
    actor = Actor(new_id())
    async with database.work(actor) as session:
        await add_organization(session, founding.slug, **checked)
        name = owner.name or owner.email
        member = await add_member(session, person[0]["id"], name, owner.email, Role.OWNER)
    return Actor(actor.organization_id, member, rights=Rights.of(Role.OWNER, LeadScope.ALL))
