"""Organizations, members, invitations, keys and the viewer."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from db.datasets import DATASETS
from domain.drafts import AiMode
from domain.people import Industry, LeadScope, MemberStatus, OrganizationStatus, Permission, Plan, Role
from schema.node import Kept
from schema.paging import Connection, connection

if TYPE_CHECKING:
    from schema.datasets import Dataset

if TYPE_CHECKING:
    from schema.pipeline import ScoreReason


@strawberry.type(description="A company that works with Rekindle: the only tenant there is.")
class Organization(Kept):
    slug: str = strawberry.field(description="Its name in addresses and on the command line.")
    name: str = strawberry.field(description="What it is called.")
    status: OrganizationStatus = strawberry.field(description="Whether it is at work.")
    country: str = strawberry.field(description="ISO 3166 code; numbers without a country code belong there.")
    time_zone: str = strawberry.field(description="IANA name, like Europe/London.")
    email: str | None = strawberry.field(description="Where to write to it.")
    phone: str | None = strawberry.field(description="Where to call it, in E.164.")
    website: str | None = strawberry.field(description="Its address on the web.")
    industry: Industry = strawberry.field(description="What it works in.")
    logo_url: str | None = strawberry.field(description="Its logo.")
    primary_color: str = strawberry.field(description="Its colour, like #8cc63f.")
    plan: Plan = strawberry.field(description="What it pays for.")
    trial_ends_at: datetime | None = strawberry.field(description="When its trial ends or ended; null without a trial.")
    is_sending: bool = strawberry.field(
        description="Whether anything is sent: not while paused, cancelled or past trial."
    )
    agent_scope: LeadScope = strawberry.field(description="Which leads a new agent sees unless told otherwise.")
    blacklisted_words: list[str] = strawberry.field(description="Words Sophie never wants to see in a text.")
    ai_mode: AiMode = strawberry.field(description="Whether what leads write is answered by Sophie.")
    ai_most_turns: int = strawberry.field(
        description="How often Sophie answers in a conversation before a colleague has to look."
    )
    cal_booking_link: str | None = strawberry.field(description="Where leads book a call.")
    mail_address: str | None = strawberry.field(
        description="Where answers to its e-mails go; they are from there too, unless the server has its own address."
    )
    score_reasons: list[Annotated["ScoreReason", strawberry.lazy("schema.pipeline")]] = strawberry.field(
        description="What leads score points for, in order."
    )


@strawberry.type(description="A person in an organization.")
class Member(Kept):
    name: str = strawberry.field(description="What colleagues see.")
    email: str = strawberry.field(description="Where to reach them.")
    avatar_url: str | None = strawberry.field(description="A picture of them.")
    role: Role = strawberry.field(description="What they are.")
    status: MemberStatus = strawberry.field(description="Whether they may act.")
    lead_scope: LeadScope = strawberry.field(description="Which leads they see, with all that belongs to them.")
    is_limited: bool = strawberry.field(
        description="Whether they see only leads of their allowed datasets, within the scope; without any, no lead."
    )
    allowed_datasets: Connection[Annotated["Dataset", strawberry.lazy("schema.datasets")]] = connection(
        DATASETS, "The datasets they are limited to, of those you see."
    )
    permissions: list[Permission] = strawberry.field(description="What they may do beyond their role.")
    last_login_at: datetime | None = strawberry.field(description="When they were last here, to a quarter of an hour.")


@strawberry.type(
    description="A colleague who was asked in. Whoever proves the address joins; so does who has the token."
)
class StaffInvitation(Kept):
    email: str = strawberry.field(description="Who was asked.")
    role: Role = strawberry.field(description="What they will be.")
    lead_scope: LeadScope = strawberry.field(description="Which leads they will see.")
    is_limited: bool = strawberry.field(description="Whether they will see only leads of the allowed datasets.")
    allowed_datasets: Connection[Annotated["Dataset", strawberry.lazy("schema.datasets")]] = connection(
        DATASETS, "The datasets they will be limited to."
    )
    permissions: list[Permission] = strawberry.field(description="What they may do beyond the role.")
    expires_at: datetime = strawberry.field(description="Until when they can join.")
    accepted_at: datetime | None = strawberry.field(description="When they joined.")
    revoked_at: datetime | None = strawberry.field(description="When the invitation was taken back.")
    inviter: Member | None = strawberry.field(description="Who asked them; null for programs and operators.")


@strawberry.type(description="An invitation that was just made.")
class NewStaffInvitation:
    staff_invitation: StaffInvitation = strawberry.field(description="The invitation.")
    token: str = strawberry.field(description="Opens it once; shown this once, and kept nowhere.")


@strawberry.type(description="What lets a program in.")
class ApiKey(Kept):
    name: str = strawberry.field(description="What it is for.")
    last_characters: str = strawberry.field(description="Its last six characters, to tell it by.")
    permissions: list[Permission] = strawberry.field(description="What it may do.")
    is_limited: bool = strawberry.field(
        description="Whether it sees only leads of its allowed datasets; without any, no lead."
    )
    allowed_datasets: Connection[Annotated["Dataset", strawberry.lazy("schema.datasets")]] = connection(
        DATASETS, "The datasets it is limited to, of those you see."
    )
    expires_at: datetime | None = strawberry.field(description="Until when it is good; null for ever.")
    last_used_at: datetime | None = strawberry.field(description="When it was last used, to the minute.")
    revoked_at: datetime | None = strawberry.field(description="When it was revoked; null while it is good.")


@strawberry.type(description="A key that was just made.")
class NewApiKey:
    api_key: ApiKey = strawberry.field(description="What is kept of it.")
    key: str = strawberry.field(description="The key: shown this once, and kept nowhere.")


@strawberry.type(description="An organization that is no more.")
class DeletedOrganization:
    slug: str = strawberry.field(description="What it was called.")


@strawberry.type(description="Whoever asks.")
class Viewer:
    organization: Organization = strawberry.field(description="The organization the request acts in.")
    member: Member | None = strawberry.field(description="The person who asks; null when it is a program.")
