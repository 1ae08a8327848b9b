"""Credentials, without what they hold."""

from datetime import datetime

import strawberry

from domain.credentials import CredentialKind, CredentialProvider
from domain.refreshing import RefreshFailure
from schema.node import Kept
from schema.people import Member


@strawberry.type(
    description="What the organization gives to act elsewhere in its name. What it holds is sealed, and never shown."
)
class Credential(Kept):
    kind: CredentialKind = strawberry.field(description="What it is for.")
    provider: CredentialProvider = strawberry.field(description="Where it opens something.")
    name: str = strawberry.field(description="What tells it from others for the same.")
    last_characters: str = strawberry.field(
        description="The end of its main secret, to tell it by; empty where that is short."
    )
    is_active: bool = strawberry.field(description="Whether it is used.")
    expires_at: datetime | None = strawberry.field(description="Until when it is good; null for ever.")
    refreshed_at: datetime | None = strawberry.field(description="When its secrets were last replaced; null if never.")
    refresh_failure: RefreshFailure | None = strawberry.field(
        description="Why it could not be refreshed by itself when that was last tried; null where nothing is wrong."
    )
    owner: Member | None = strawberry.field(description="Whose it is; null where it is the organization's.")


@strawberry.type(description="A credential that is no more.")
class DeletedCredential:
    id: strawberry.ID = strawberry.field(description="What its id was.")
