"""Organizations, members, and the viewer."""

import strawberry

from domain.people import LeadScope, MemberStatus, OrganizationStatus, Role
from schema.node import Kept


@strawberry.type(description="A company that works with Rekindle: the only tenant there is.")
class Organization(Kept):
    slug: str = strawberry.field(description="Its name in addresses and on the command line.")
    name: str = strawberry.field(description="What it is called.")
    status: OrganizationStatus = strawberry.field(description="Whether it is at work.")
    country: str = strawberry.field(description="ISO 3166 code; numbers without a country code belong there.")
    time_zone: str = strawberry.field(description="IANA name, like Europe/London.")
    blacklisted_words: list[str] = strawberry.field(description="Words Sophie never wants to see in a text.")


@strawberry.type(description="A person in an organization.")
class Member(Kept):
    name: str = strawberry.field(description="What colleagues see.")
    email: str = strawberry.field(description="Where to reach them.")
    role: Role = strawberry.field(description="What they are.")
    status: MemberStatus = strawberry.field(description="Whether they may act.")
    lead_scope: LeadScope = strawberry.field(description="Which leads they see, with all that belongs to them.")


@strawberry.type(description="Whoever asks.")
class Viewer:
    organization: Organization = strawberry.field(description="The organization the request acts in.")
    member: Member | None = strawberry.field(description="The person who asks; null when it is a program.")
