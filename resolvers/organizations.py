"""Changing the organization, and its programs' keys."""

from datetime import datetime
from typing import Annotated, Any

import strawberry

from actions.founding import Founding, found_organization
from actions.keys import create_api_key, revoke_api_key
from actions.organizations import (
    cancel_organization,
    change_organization,
    delete_organization,
    pause_organization,
    resume_organization,
)
from db.people import API_KEYS, NEW_API_KEY, ORGANIZATIONS
from db.selection import ById
from db.session import Session
from domain.drafts import AiMode
from domain.ids import read_id
from domain.people import Industry, LeadScope, Permission
from domain.refusals import Refusal
from resolvers.answers import What, Work, fact, given, making, making_once
from resolvers.context import Context
from resolvers.datasets import read_limit
from schema.people import ApiKey, DeletedOrganization, NewApiKey, Organization
from schema.refusals import Refused

Info = strawberry.Info[Context, None]


@strawberry.input(description="What is to be different; what is left out stays, null clears.")
class ChangeOrganizationInput:
    name: str | None = fact("What it is called.")
    country: str | None = fact("ISO 3166 code, like GB.")
    time_zone: str | None = fact("IANA name, like Europe/London.")
    email: str | None = fact("Where to write to it.")
    phone: str | None = fact("Where to call it, with the country code.")
    website: str | None = fact("Its address on the web.")
    industry: Industry | None = fact("What it works in.")
    logo_url: str | None = fact("Its logo.")
    primary_color: str | None = fact("Its colour, like #8cc63f.")
    agent_scope: LeadScope | None = fact("Which leads a new agent sees unless told otherwise.")
    blacklisted_words: list[str] | None = fact("Words Sophie never wants to see in a text: all of them.")
    ai_mode: AiMode | None = fact("Whether what leads write is answered by Sophie.")
    ai_most_turns: int | None = fact("How often Sophie answers before a colleague has to look, at most 100.")
    cal_booking_link: str | None = fact("Where leads book a call, like https://cal.com/ann/call.")
    mail_address: str | None = fact("Where answers to its e-mails go, like sales@example.com.")
    expected_version: int | None = fact("The version you read: if it has changed since, nothing is done.")


@strawberry.input(description="An organization to begin.")
class CreateOrganizationInput:
    slug: str = strawberry.field(description="Its name in addresses: 2 to 63 lower-case letters, digits and hyphens.")
    name: str = strawberry.field(description="What it is called.")
    country: str = strawberry.field(default="GB", description="ISO 3166 code.")
    time_zone: str = strawberry.field(default="Europe/London", description="IANA name.")


@strawberry.input(description="The organization to delete.")
class DeleteOrganizationInput:
    slug: str = strawberry.field(description="Its slug, to be sure.")


@strawberry.input(description="A key for a program.")
class CreateApiKeyInput:
    name: str = strawberry.field(description="What it is for.")
    permissions: list[Permission] = strawberry.field(description="What it may do.")
    expires_at: datetime | None = strawberry.field(default=None, description="Until when it is good; null for ever.")
    allowed_dataset_ids: list[strawberry.ID] | None = strawberry.field(
        default=None, description="Only leads of these datasets it sees, at most 100; without it, every lead."
    )


@strawberry.input(description="A key to revoke.")
class RevokeApiKeyInput:
    api_key_id: strawberry.ID = strawberry.field(description="Which.")


OrganizationResult = Annotated[
    Organization | Refused,
    strawberry.union("OrganizationResult", description="The organization, or why nothing was changed."),
]
DeleteOrganizationResult = Annotated[
    DeletedOrganization | Refused,
    strawberry.union("DeleteOrganizationResult", description="What is no more, or why it still is."),
]
CreateApiKeyResult = Annotated[
    NewApiKey | Refused, strawberry.union("CreateApiKeyResult", description="The key, or why there is none.")
]
RevokeApiKeyResult = Annotated[
    ApiKey | Refused, strawberry.union("RevokeApiKeyResult", description="The key, or why nothing was changed.")
]


@strawberry.type
class OrganizationsMutation:
    @strawberry.mutation(
        description="Begins an organization, with whoever asks as its owner. Only people may, and only where the "
        "server is open to them (REKINDLE_SIGN_UP). Needs no permission."
    )
    async def create_organization(
        self, info: Info, input: Annotated[CreateOrganizationInput, What]
    ) -> OrganizationResult:
        context = info.context
        try:
            owner = await found_organization(context.database, context.founder, Founding(**vars(input)))
        except Refusal as refusal:
            return Refused.of(refusal)
        context.actor = owner
        return ById(ORGANIZATIONS, owner.organization_id)  # type: ignore[return-value]

    @strawberry.mutation(
        description="Changes facts, looks and settings of the organization. Needs INBOX_READ and ORGANIZATION_WRITE."
    )
    def change_organization(self, input: Annotated[ChangeOrganizationInput, What]) -> OrganizationResult:
        changes = {name: value for name, value in vars(input).items() if value is not strawberry.UNSET}
        expected = changes.pop("expected_version", None)
        return making(ORGANIZATIONS, lambda session: change_organization(session, changes, expected))

    @strawberry.mutation(
        description="Stops sending; what comes in is received. Needs INBOX_READ and ORGANIZATION_WRITE."
    )
    def pause_organization(self) -> OrganizationResult:
        return making(ORGANIZATIONS, pause_organization)

    @strawberry.mutation(
        description="Goes on after a pause or a cancellation. Needs INBOX_READ and ORGANIZATION_WRITE."
    )
    def resume_organization(self) -> OrganizationResult:
        return making(ORGANIZATIONS, resume_organization)

    @strawberry.mutation(
        description="Stops sending, and lets in owners and admins alone. Needs INBOX_READ and ORGANIZATION_WRITE."
    )
    def cancel_organization(self) -> OrganizationResult:
        return making(ORGANIZATIONS, cancel_organization)

    @strawberry.mutation(
        description="Deletes the organization and everything of it, for good; an owner's to do. "
        "Needs ORGANIZATION_WRITE."
    )
    def delete_organization(self, input: Annotated[DeleteOrganizationInput, What]) -> DeleteOrganizationResult:
        async def run(session: Session) -> Any:
            await delete_organization(session, input.slug)
            return DeletedOrganization(slug=input.slug)

        return Work(run)  # type: ignore[return-value]

    @strawberry.mutation(
        description="Makes a key for a program and shows it, this once. "
        "Nobody grants what they do not have. Needs KEYS_WRITE."
    )
    def create_api_key(self, input: Annotated[CreateApiKeyInput, What]) -> CreateApiKeyResult:
        def run(session: Session) -> Any:
            allowed = read_limit(input.allowed_dataset_ids)
            return create_api_key(session, input.name, frozenset(input.permissions), given(input.expires_at), allowed)

        return making_once(NEW_API_KEY, run)

    @strawberry.mutation(description="Revokes a key; its sockets close within a second. Needs KEYS_WRITE.")
    def revoke_api_key(self, input: Annotated[RevokeApiKeyInput, What]) -> RevokeApiKeyResult:
        return making(
            API_KEYS, lambda session: revoke_api_key(session, read_id("api_key", input.api_key_id, "apiKeyId"))
        )
