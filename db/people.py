"""People: organizations, their members and invitations, programs, and the viewer who asks."""

from db.entity import Column, Entity, Few, Link, Many, One, identity, kept, shown_once
from domain.drafts import AiMode
from domain.people import Industry, LeadScope, MemberStatus, OrganizationStatus, Permission, Plan, Role
from domain.scoring import MOST_REASONS

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
        Column("email", nullable=True),
        Column("phone", nullable=True),
        Column("website", nullable=True),
        Column("industry", enum=Industry),
        Column("logo_url", nullable=True),
        Column("primary_color"),
        Column("plan", enum=Plan),
        Column("trial_ends_at", "timestamptz", nullable=True),
        Column(
            "is_sending",
            "boolean",
            sql="({t}.status = 'ACTIVE' and ({t}.trial_ends_at is null or {t}.trial_ends_at > now()))",
        ),
        Column("agent_scope", enum=LeadScope),
        Column("blacklisted_words", "text[]"),
        Column("ai_mode", enum=AiMode),
        Column("ai_most_turns", "integer"),
        Column("cal_booking_link", nullable=True),
        Column("mail_address", nullable=True),
        *kept(),
    ),
    relations=(Few("score_reasons", "ScoreReason", on="true", order="{that}.position", most=MOST_REASONS),),
)


def _limited(table: str, kind: str) -> tuple[Column, Many]:
    """Whether somebody is limited to datasets, and to which. None of them means none, not all."""
    on = f"{{link}}.{kind}_id = {{this}}.id and {{link}}.dataset_id = {{that}}.id"
    return Column("is_limited", "boolean"), Many("allowed_datasets", "Dataset", on=on, link=Link(table))


_MEMBER_LIMIT, _MEMBER_DATASETS = _limited("membership_datasets", "member")
_INVITATION_LIMIT, _INVITATION_DATASETS = _limited("staff_invitation_datasets", "staff_invitation")
_KEY_LIMIT, _KEY_DATASETS = _limited("api_key_datasets", "api_key")

MEMBERS = Entity(
    "Member",
    table="memberships",
    kind="member",
    columns=(
        identity("member"),
        Column("name", order=True),
        Column("email"),
        Column("avatar_url", nullable=True),
        Column("role", enum=Role, filter=True),
        Column("status", enum=MemberStatus, filter=True),
        Column("lead_scope", enum=LeadScope),
        _MEMBER_LIMIT,
        Column("permissions", "text[]"),
        Column("last_login_at", "timestamptz", nullable=True),
        *kept(),
    ),
    relations=(_MEMBER_DATASETS,),
)

STAFF_INVITATIONS = Entity(
    "StaffInvitation",
    table="staff_invitations",
    kind="staff_invitation",
    permission=Permission.MEMBERS_WRITE,
    columns=(
        identity("staff_invitation"),
        Column("email"),
        Column("role", enum=Role),
        Column("lead_scope", enum=LeadScope),
        _INVITATION_LIMIT,
        Column("permissions", "text[]"),
        Column("expires_at", "timestamptz"),
        Column("accepted_at", "timestamptz", nullable=True),
        Column("revoked_at", "timestamptz", nullable=True),
        *kept(),
    ),
    relations=(One("inviter", "Member", on="{that}.id = {this}.inviter_id", nullable=True), _INVITATION_DATASETS),
)

API_KEYS = Entity(
    "ApiKey",
    table="api_keys",
    kind="api_key",
    permission=Permission.KEYS_WRITE,
    columns=(
        identity("api_key"),
        Column("name"),
        Column("last_characters"),
        Column("permissions", "text[]"),
        _KEY_LIMIT,
        Column("expires_at", "timestamptz", nullable=True),
        Column("last_used_at", "timestamptz", nullable=True),
        Column("revoked_at", "timestamptz", nullable=True),
        *kept(),
    ),
    relations=(_KEY_DATASETS,),
)


NEW_API_KEY = shown_once("NewApiKey", "key", "api_key", API_KEYS)
NEW_STAFF_INVITATION = shown_once("NewStaffInvitation", "token", "staff_invitation", STAFF_INVITATIONS)

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
