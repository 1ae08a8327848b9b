"""People: organizations, their members, and the viewer who asks."""

from db.entity import Column, Entity, One, identity, kept
from domain.people import LeadScope, MemberStatus, OrganizationStatus, Role

ORGANIZATIONS = Entity(
    "Organization",
    table="organizations",
    kind="organization",
    tenant="id",
    columns=(
        identity("organization"),
        Column("slug"),
        Column("name"),
        Column("status", enum=OrganizationStatus),
        Column("country"),
        Column("time_zone"),
        Column("blacklisted_words", "text[]"),
        *kept(),
    ),
)

MEMBERS = Entity(
    "Member",
    table="memberships",
    kind="member",
    columns=(
        identity("member"),
        Column("name"),
        Column("email"),
        Column("role", enum=Role),
        Column("status", enum=MemberStatus),
        Column("lead_scope", enum=LeadScope),
        *kept(),
    ),
)

# The caller's own organization, seen from the caller: which is why it reads the context of the request.
VIEWERS = Entity(
    "Viewer",
    table="organizations",
    kind="viewer",
    tenant="id",
    columns=(),
    relations=(
        One("organization", "Organization", on="{that}.id = {this}.id"),
        One(
            "member",
            "Member",
            on="{that}.id = nullif(current_setting('rekindle.member_id', true), '')::uuid",
            nullable=True,
        ),
    ),
)
