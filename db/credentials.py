"""Credentials, as the API reads them: everything but what is sealed."""

from db.entity import Column, Entity, One, identity, kept
from domain.credentials import CredentialKind, CredentialProvider
from domain.people import Permission
from domain.refreshing import RefreshFailure

CREDENTIALS = Entity(
    "Credential",
    table="credentials",
    kind="credential",
    permission=Permission.CREDENTIALS_WRITE,
    columns=(
        identity("credential"),
        Column("kind", enum=CredentialKind, filter=True),
        Column("provider", enum=CredentialProvider, filter=True),
        Column("name"),
        Column("owner_id", "uuid", nullable=True, refers="member", filter=True),
        Column("last_characters"),
        Column("expires_at", "timestamptz", nullable=True),
        Column("refreshed_at", "timestamptz", nullable=True),
        Column("refresh_failure", nullable=True, enum=RefreshFailure),
        Column("is_active", "boolean", filter=True),
        *kept(),
    ),
    relations=(One("owner", "Member", on="{that}.id = {this}.owner_id", nullable=True),),
)
