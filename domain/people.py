"""Who acts, and what a role may do."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from domain.refusals import Refusal, RefusalCode


class Role(StrEnum):
    OWNER = "OWNER"
    ADMIN = "ADMIN"
    MANAGER = "MANAGER"
    AGENT = "AGENT"
    VIEWER = "VIEWER"


class MemberStatus(StrEnum):
    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"
    REMOVED = "REMOVED"


class LeadScope(StrEnum):
    """Which leads a member sees: every one, their own and those nobody has, or their own alone."""

    ALL = "ALL"
    ASSIGNED_AND_UNASSIGNED = "ASSIGNED_AND_UNASSIGNED"
    ASSIGNED = "ASSIGNED"


class Industry(StrEnum):
    SOLAR = "SOLAR"
    HOME_IMPROVEMENT = "HOME_IMPROVEMENT"
    OTHER = "OTHER"


class Plan(StrEnum):
    STARTER = "STARTER"
    PROFESSIONAL = "PROFESSIONAL"
    ENTERPRISE = "ENTERPRISE"


class OrganizationStatus(StrEnum):
    ACTIVE = "ACTIVE"
    PAUSED = "PAUSED"
    CANCELLED = "CANCELLED"


class Permission(StrEnum):
    INBOX_READ = "INBOX_READ"
    MESSAGES_SEND = "MESSAGES_SEND"
    CONVERSATIONS_ASSIGN = "CONVERSATIONS_ASSIGN"
    INSIGHTS_REVIEW = "INSIGHTS_REVIEW"
    CUSTOMERS_WRITE = "CUSTOMERS_WRITE"
    LEADS_WRITE = "LEADS_WRITE"
    DATASETS_WRITE = "DATASETS_WRITE"
    BOOKINGS_WRITE = "BOOKINGS_WRITE"
    LEADS_IMPORT = "LEADS_IMPORT"
    LEADS_ERASE = "LEADS_ERASE"
    CAMPAIGNS_WRITE = "CAMPAIGNS_WRITE"
    LESSONS_WRITE = "LESSONS_WRITE"
    PROMPTS_WRITE = "PROMPTS_WRITE"
    PIPELINE_WRITE = "PIPELINE_WRITE"
    MEMBERS_WRITE = "MEMBERS_WRITE"
    ORGANIZATION_WRITE = "ORGANIZATION_WRITE"
    KEYS_WRITE = "KEYS_WRITE"
    AUDIT_READ = "AUDIT_READ"
    CREDENTIALS_WRITE = "CREDENTIALS_WRITE"


class AuditVerb(StrEnum):
    INSERT = "INSERT"
    UPDATE = "UPDATE"
    DELETE = "DELETE"


EVERYTHING = frozenset(Permission)
_INBOX = {
    Permission.INBOX_READ,
    Permission.MESSAGES_SEND,
    Permission.CONVERSATIONS_ASSIGN,
    Permission.INSIGHTS_REVIEW,
    Permission.LEADS_WRITE,
    Permission.CUSTOMERS_WRITE,
    Permission.BOOKINGS_WRITE,
}
PERMISSIONS_BY_ROLE: dict[Role, frozenset[Permission]] = {
    Role.OWNER: EVERYTHING,
    Role.ADMIN: EVERYTHING,
    Role.MANAGER: frozenset(
        _INBOX
        | {Permission.DATASETS_WRITE, Permission.LEADS_IMPORT, Permission.LEADS_ERASE}
        | {Permission.PIPELINE_WRITE, Permission.AUDIT_READ, Permission.CAMPAIGNS_WRITE}
        | {Permission.LESSONS_WRITE, Permission.PROMPTS_WRITE}
    ),
    Role.AGENT: frozenset(_INBOX),
    Role.VIEWER: frozenset({Permission.INBOX_READ}),
}


class Sight(NamedTuple):
    """Who sees which leads: of whose, and whether only those of some datasets."""

    lead_scope: LeadScope = LeadScope.ALL
    is_limited: bool = False


SEES_ALL = Sight()


@dataclass(frozen=True, slots=True)
class Rights:
    """What somebody may do, and to which leads. `role` is None for programs and for the product itself.

    Who has `dataset_ids` sees only what is in at least one of them, as far as the scope goes; without any, nothing.
    """

    role: Role | None = None
    permissions: frozenset[Permission] = EVERYTHING
    lead_scope: LeadScope = LeadScope.ALL
    dataset_ids: frozenset[UUID] | None = None

    @classmethod
    def of(
        cls,
        role: Role,
        lead_scope: LeadScope,
        more: Iterable[Permission] = (),
        dataset_ids: Iterable[UUID] | None = None,
    ) -> "Rights":
        """What a role gives, and more."""
        limit = None if dataset_ids is None else frozenset(dataset_ids)
        return cls(role, PERMISSIONS_BY_ROLE[role] | frozenset(more), lead_scope, limit)

    @property
    def sight(self) -> Sight:
        return Sight(self.lead_scope, self.dataset_ids is not None)

    def cover(self, others: "Rights") -> bool:
        """Nobody gives or takes what they do not have: an owner's rights are an owner's to touch."""
        if others.role is Role.OWNER and self.role not in (Role.OWNER, None):
            return False
        return (
            others.permissions <= self.permissions
            and _SCOPES.index(others.lead_scope) <= _SCOPES.index(self.lead_scope)
            and _is_within(others.dataset_ids, self.dataset_ids)
        )


def _is_within(narrower: frozenset[UUID] | None, wider: frozenset[UUID] | None) -> bool:
    return wider is None or (narrower is not None and narrower <= wider)


# What tells of leads whatever datasets they are in, so that nobody has it who is limited to some.
_OF_ALL_DATASETS = frozenset({Permission.AUDIT_READ, Permission.LEADS_IMPORT})
_SCOPES = (LeadScope.ASSIGNED, LeadScope.ASSIGNED_AND_UNASSIGNED, LeadScope.ALL)


@dataclass(frozen=True, slots=True)
class Actor:
    """One caller acting in one organization: a member, an API key, or the product itself (neither).

    `stamp` is how the rights were written down when they were found; an open socket ends where that has changed.
    """

    organization_id: UUID
    member_id: UUID | None = None
    api_key_id: UUID | None = None
    rights: Rights = field(default=Rights())
    stamp: str = ""

    @classmethod
    def visiting(cls, visitor: "Visitor") -> "Actor":
        """A customer: nobody in the organization, with no permission in it."""
        return cls(visitor.organization_id, rights=Rights(permissions=frozenset()))

    @property
    def lead_scope(self) -> LeadScope:
        return self.rights.lead_scope

    @property
    def sight(self) -> Sight:
        return self.rights.sight

    def may(self, permission: Permission | None) -> bool:
        """None is what needs no permission."""
        if self.sight.is_limited and permission in _OF_ALL_DATASETS:
            return False
        return permission is None or permission in self.rights.permissions

    def require(self, permission: Permission | None) -> None:
        if not self.may(permission):
            raise Refusal(RefusalCode.FORBIDDEN, f"This needs the permission {permission}, which you do not have.")

    def require_cover(self, others: Rights) -> None:
        if not self.rights.cover(others):
            raise Refusal(RefusalCode.FORBIDDEN, "This touches rights that you do not have: ask somebody who has them.")


@dataclass(frozen=True, slots=True)
class Person:
    """Who a good token speaks of, wherever they belong. `email` is an address that the issuer vouches for."""

    issuer: str
    subject: str
    email: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Visitor:
    """A customer in the portal. `password_set_at` is when they last set the password their token was given for."""

    organization_id: UUID
    customer_id: UUID
    password_set_at: datetime
