"""Who asks, the organization, its members and its programs."""

from typing import Any

import strawberry

from db.audit import AUDIT_LOGS
from db.people import API_KEYS, MEMBERS, STAFF_INVITATIONS, VIEWERS
from db.selection import Own
from resolvers.answers import many, one
from schema.audit import AuditLog
from schema.paging import Connection
from schema.people import ApiKey, Member, StaffInvitation, Viewer


def _viewer() -> Any:
    return Own(VIEWERS)


@strawberry.type
class PeopleQuery:
    viewer: Viewer = strawberry.field(
        resolver=_viewer, description="Whoever asks, and where they act. Needs INBOX_READ."
    )
    members: Connection[Member] = many(
        MEMBERS, "Everybody in the organization, the newest first unless ordered otherwise. Needs INBOX_READ."
    )
    member: Member | None = one(MEMBERS, "One member; null when there is none with this id. Needs INBOX_READ.")
    staff_invitations: Connection[StaffInvitation] = many(
        STAFF_INVITATIONS, "Who was asked in, the newest first. Needs MEMBERS_WRITE."
    )
    api_keys: Connection[ApiKey] = many(API_KEYS, "The keys of programs, the newest first. Needs KEYS_WRITE.")
    audit_logs: Connection[AuditLog] = many(
        AUDIT_LOGS, "Who changed what, the newest first unless ordered otherwise. Needs AUDIT_READ."
    )
