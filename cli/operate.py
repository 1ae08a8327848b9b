"""What operators do from the command line: migrate, found organizations, mint tokens, make keys."""

from datetime import datetime
from uuid import UUID

from actions.founding import Founding, found_organization
from actions.keys import create_api_key
from actions.organizations import change_plan
from cli.compose import open_database
from cli.issuers import token_rules
from cli.settings import Settings
from db import migrate as migrations
from db.database import Database
from domain.people import Actor, Permission, Person, Plan
from domain.refusals import Refusal, RefusalCode


async def migrate(settings: Settings, url: str, to: int | None = None) -> list[str]:
    return await migrations.migrate(settings.migration_url or url, to)


async def mint_token(settings: Settings, url: str, slug: str, email: str, hours: int) -> str:
    """A bearer token for the member with this address in the organization with this slug."""
    await migrate(settings, url)
    rules = token_rules(settings)
    async with open_database(settings, url) as database:
        organization_id = await find_organization(database, slug)
        found = await database.look_up("find_identity", organization_id, email)
    if not found:
        raise Refusal(RefusalCode.NOT_FOUND, f"{slug} has no member with the address {email}.")
    if found[0]["issuer"] != rules.issuer:
        raise Refusal(RefusalCode.CONFLICT, f"{email} signs in with {found[0]['issuer']}, which mints its own tokens.")
    return rules.mint(found[0]["subject"], hours * 3600)


async def found(settings: Settings, url: str, founding: Founding, owner: Person) -> None:
    """Begins an organization."""
    await migrate(settings, url)
    async with open_database(settings, url) as database:
        await found_organization(database, owner, founding)


async def set_plan(settings: Settings, url: str, slug: str, plan: Plan, trial_ends: datetime | None) -> None:
    """What an organization pays for, and until when it is on trial (None: it is not)."""
    await migrate(settings, url)
    async with open_database(settings, url) as database:
        actor = Actor(await find_organization(database, slug))
        async with database.work(actor) as session:
            await change_plan(session, plan, trial_ends)


async def make_key(settings: Settings, url: str, slug: str, name: str, permissions: frozenset[Permission]) -> str:
    """An API key for the organization with this slug."""
    await migrate(settings, url)
    async with open_database(settings, url) as database:
        actor = Actor(await find_organization(database, slug))
        async with database.work(actor) as session:
            return (await create_api_key(session, name, permissions))[1]


async def find_organization(database: Database, slug: str) -> UUID:
    found: UUID | None = (await database.look_up("find_organization", slug))[0]["id"]
    if found is None:
        raise Refusal(RefusalCode.NOT_FOUND, f"There is no organization with the slug {slug}.")
    return found
