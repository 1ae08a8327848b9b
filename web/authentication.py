"""Who asks: a bearer token of a person, or the key of a program, becomes the actor of one organization."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from actions.keys import KEY_PREFIX
from actions.members import INVITATION_PREFIX
from db.database import Database
from db.session import Row
from domain.ids import new_id, split_id
from domain.people import Actor, LeadScope, MemberStatus, OrganizationStatus, Permission, Person, Rights, Role
from domain.refusals import Refusal
from domain.tokens import hash_token, organization_of
from web.issuers import Rejected
from web.tokens import Tokens

_LOGIN = timedelta(minutes=15)  # how exactly it is known when somebody was last here
_KEPT_SECONDS = 1.0  # how long a suspended member may still be let in
_MOST_KEPT = 10_000


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a caller shows.

    `organization` is a slug or an id, for people who belong to several; `invitation` the token of one to accept.
    """

    bearer: str
    organization: str | None = None
    invitation: str | None = None

    @classmethod
    def of(cls, given: Mapping[str, object]) -> "Credentials | None":
        """From HTTP headers or from the payload of connection_init; None where nothing is shown."""
        lowered = {str(name).lower(): value for name, value in given.items() if isinstance(value, str)}
        text = lowered.get("authorization") or lowered.get("token") or lowered.get("apikey")
        if not text:
            return None
        scheme, _, rest = text.partition(" ")
        bearer = rest.strip() if scheme.lower() == "bearer" else text.strip()
        organization = lowered.get("x-organization") or lowered.get("organization")
        return cls(bearer, organization, lowered.get("x-invitation") or lowered.get("invitation"))


class Known(NamedTuple):
    """Who credentials belong to, and until when (seconds since 1970; None: until they are revoked)."""

    actor: Actor
    expires_at: float | None
    person: Person | None = None  # None: a program


class Memberless(Rejected):
    """A person who is known, and belongs nowhere."""

    def __init__(self, sentence: str, person: Person) -> None:
        super().__init__(sentence)
        self.person = person


class Authentication:
    """Knows an actor for a second before it asks the database again."""

    def __init__(self, database: Database, tokens: Tokens) -> None:
        self._database = database
        self._tokens = tokens
        self._kept: dict[Credentials, tuple[float, Known]] = {}

    async def authenticate(self, credentials: Credentials) -> Known:
        """The actor behind the credentials; raises Rejected."""
        now = time.monotonic()
        kept = self._kept.get(credentials)
        if kept and now - kept[0] < _KEPT_SECONDS:
            return kept[1]
        known = await self._find(credentials)
        if len(self._kept) >= _MOST_KEPT:
            self._kept.clear()
        self._kept[credentials] = (now, known)
        return known

    async def _find(self, credentials: Credentials) -> Known:
        if credentials.bearer.startswith(KEY_PREFIX):
            return Known(await self._find_program(credentials.bearer), None)
        identity = await self._tokens.read(credentials.bearer)
        person = identity.person
        return Known(await self._find_person(person, credentials), identity.expires_at, person)

    async def _find_program(self, key: str) -> Actor:
        organization_id = organization_of(key, KEY_PREFIX)
        found = (
            await self._database.look_up("find_api_key", organization_id, hash_token(key)) if organization_id else []
        )
        if not organization_id or not found:
            raise Rejected("This API key is unknown, expired or revoked.")
        [row] = [dict(row) for row in found]
        rights = Rights(permissions=frozenset(map(Permission, row["permissions"])), dataset_ids=_limit(row))
        return Actor(organization_id, api_key_id=row["id"], rights=rights, stamp=row["stamp"])

    async def _find_person(self, person: Person, credentials: Credentials) -> Actor:
        organization = credentials.organization
        chosen = await self._memberships(person, organization)
        if (not chosen or credentials.invitation) and await self._join(person, credentials.invitation):
            chosen = await self._memberships(person, organization)
        if not chosen and organization:
            raise Rejected(f"You are not an active member of {organization}.")
        if not chosen:
            raise Memberless("You are not an active member of any organization.", person)
        if len(chosen) > 1:
            names = ", ".join(row["slug"] for row in chosen)
            raise Rejected(f"You belong to several organizations ({names}): name one in X-Organization.")
        member = chosen[0]
        if member["last_login_at"] is None or datetime.now(UTC) - member["last_login_at"] > _LOGIN:
            await self._database.look_up("note_login", member["organization_id"], member["member_id"])
        return _member(member)

    async def _memberships(self, person: Person, organization: str | None) -> list[Row]:
        """Where a person may act, of the organizations that are meant."""
        found = await self._database.look_up("find_memberships", person.issuer, person.subject)
        rows = [dict(row) for row in found]
        active = [row for row in rows if row["status"] == MemberStatus.ACTIVE and _is_open(row)]
        return [
            row for row in active if organization in (None, row["slug"]) or row["organization_id"] == _id(organization)
        ]

    async def _join(self, person: Person, invitation: str | None) -> bool:
        """Accepts what a person was asked in by: the invitation they hand in, or those to their proven address."""
        organization_id = organization_of(invitation, INVITATION_PREFIX) if invitation else None
        if organization_id is None and person.email is None:
            return False
        hash = hash_token(invitation) if invitation and organization_id else None
        who = (person.issuer, person.subject, person.email, person.name)
        rows = await self._database.look_up("accept_invitations", new_id(), *who, organization_id, hash)
        return bool(rows[0]["joined"])


def _is_open(row: Mapping[str, Any]) -> bool:
    """Into an organization that was cancelled only those are let who can resume it."""
    return row["organization_status"] != OrganizationStatus.CANCELLED or row["role"] in (Role.OWNER, Role.ADMIN)


def _member(row: Mapping[str, Any]) -> Actor:
    role, scope, more = Role(row["role"]), LeadScope(row["lead_scope"]), map(Permission, row["permissions"])
    rights = Rights.of(role, scope, more, _limit(row))
    return Actor(row["organization_id"], row["member_id"], rights=rights, stamp=row["stamp"])


def _limit(row: Mapping[str, Any]) -> frozenset[UUID] | None:
    return None if row["dataset_ids"] is None else frozenset(row["dataset_ids"])


def _id(organization: str | None) -> UUID | None:
    try:
        return split_id(organization)[1] if organization else None
    except Refusal:
        return None
