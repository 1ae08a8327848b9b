"""Who acts, and what a role may do."""

from dataclasses import dataclass, field
from enum import StrEnum
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
    INVITED = "INVITED"
    SUSPENDED = "SUSPENDED"


class LeadScope(StrEnum):
    """Which leads a member sees: every one, their own and those nobody has, or their own alone."""

    ALL = "ALL"
    ASSIGNED_AND_UNASSIGNED = "ASSIGNED_AND_UNASSIGNED"
    ASSIGNED = "ASSIGNED"


class OrganizationStatus(StrEnum):
    ACTIVE = "ACTIVE"
    PAUSED = "PAUSED"
    CANCELLED = "CANCELLED"


class Permission(StrEnum):
    INBOX_READ = "INBOX_READ"
    MESSAGES_SEND = "MESSAGES_SEND"
    CONVERSATIONS_ASSIGN = "CONVERSATIONS_ASSIGN"
    INSIGHTS_REVIEW = "INSIGHTS_REVIEW"


_EVERYTHING = frozenset(Permission)
PERMISSIONS_BY_ROLE: dict[Role, frozenset[Permission]] = {
    Role.OWNER: _EVERYTHING,
    Role.ADMIN: _EVERYTHING,
    Role.MANAGER: _EVERYTHING,
    Role.AGENT: _EVERYTHING,
    Role.VIEWER: frozenset({Permission.INBOX_READ}),
}


def usual_scope(role: Role) -> LeadScope:
    """What a member of this role sees unless told otherwise."""
    return LeadScope.ASSIGNED_AND_UNASSIGNED if role is Role.AGENT else LeadScope.ALL


@dataclass(frozen=True, slots=True)
class Actor:
    """One caller acting in one organization: a member, an API key, or the product itself (neither)."""

    organization_id: UUID
    member_id: UUID | None = None
    api_key_id: UUID | None = None
    permissions: frozenset[Permission] = field(default=_EVERYTHING)
    lead_scope: LeadScope = LeadScope.ALL
    rights: str = ""  # as they were found; an open socket ends where they have changed

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions

    def require(self, permission: Permission) -> None:
        if not self.may(permission):
            raise Refusal(RefusalCode.FORBIDDEN, f"This needs the permission {permission}, which you do not have.")
