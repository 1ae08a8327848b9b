"""Credentials: what there is, and storing, switching and deleting them. What they hold never comes back."""

from datetime import datetime
from typing import Annotated, Any

import strawberry

from actions.credentials import (
    Naming,
    activate_credential,
    deactivate_credential,
    delete_credential,
    store_credential,
)
from db.credentials import CREDENTIALS
from db.session import Session
from domain.credentials import CredentialKind, CredentialProvider
from domain.ids import read_id
from resolvers.answers import What, Work, given, making, many
from schema.credentials import Credential, DeletedCredential
from schema.paging import Connection
from schema.refusals import Refused


@strawberry.input(description="One text to be kept secret. Send it in a variable, not in the document.")
class SecretInput:
    name: str = strawberry.field(description="Which it is, like access_token, password or host.")
    value: str = strawberry.field(description="The text, which is sealed and never shown again.")


@strawberry.input(description="What is to be kept, under which name; what was there under it is replaced.")
class StoreCredentialInput:
    kind: CredentialKind = strawberry.field(description="What it is for.")
    provider: CredentialProvider = strawberry.field(description="Where it opens something; OTHER for a SECRET.")
    name: str = strawberry.field(description="What tells it from others for the same.")
    secrets: list[SecretInput] = strawberry.field(
        description="All that it holds, at most 16 KB; for a SECRET one text called value."
    )
    owner_id: strawberry.ID | None = strawberry.field(
        default=None, description="Whose it is; without it the organization's."
    )
    expires_at: datetime | None = strawberry.field(default=None, description="Until when it is good; null for ever.")
    expected_version: int | None = strawberry.field(
        default=None, description="The version you read: if it has changed since, nothing is done."
    )


@strawberry.input(description="Which credential is meant.")
class CredentialInput:
    credential_id: strawberry.ID = strawberry.field(description="Which.")


CredentialResult = Annotated[
    Credential | Refused,
    strawberry.union("CredentialResult", description="The credential, or why nothing was changed."),
]
DeleteCredentialResult = Annotated[
    DeletedCredential | Refused,
    strawberry.union("DeleteCredentialResult", description="What is no more, or why it still is."),
]


@strawberry.type
class CredentialsQuery:
    credentials: Connection[Credential] = many(
        CREDENTIALS,
        "What opens other services, the newest first; never what it holds. Needs CREDENTIALS_WRITE.",
    )


@strawberry.type
class CredentialsMutation:
    @strawberry.mutation(
        description="Seals and keeps secrets, in the place of those kept under the same name. Needs CREDENTIALS_WRITE."
    )
    def store_credential(self, input: Annotated[StoreCredentialInput, What]) -> CredentialResult:
        def run(session: Session) -> Any:
            owner_id = read_id("member", input.owner_id, "ownerId") if input.owner_id else None
            secrets = [(secret.name, secret.value) for secret in input.secrets]
            naming = Naming(input.kind, input.provider, input.name, owner_id)
            return store_credential(session, naming, secrets, given(input.expires_at), given(input.expected_version))

        return making(CREDENTIALS, run)

    @strawberry.mutation(description="Has a credential used again. Needs CREDENTIALS_WRITE.")
    def activate_credential(self, input: Annotated[CredentialInput, What]) -> CredentialResult:
        return making(CREDENTIALS, lambda session: activate_credential(session, _credential(input)))

    @strawberry.mutation(description="Keeps a credential and uses it no more. Needs CREDENTIALS_WRITE.")
    def deactivate_credential(self, input: Annotated[CredentialInput, What]) -> CredentialResult:
        return making(CREDENTIALS, lambda session: deactivate_credential(session, _credential(input)))

    @strawberry.mutation(description="Deletes a credential and what it holds, for good. Needs CREDENTIALS_WRITE.")
    def delete_credential(self, input: Annotated[CredentialInput, What]) -> DeleteCredentialResult:
        async def run(session: Session) -> Any:
            await delete_credential(session, _credential(input))
            return DeletedCredential(id=input.credential_id)

        return Work(run)  # type: ignore[return-value]


def _credential(input: CredentialInput) -> Any:
    return read_id("credential", input.credential_id, "credentialId")
