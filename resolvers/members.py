"""Asking colleagues in, changing what they may do, and letting them go."""

from typing import Annotated, Any

import strawberry

from actions.members import (
    Grant,
    Limit,
    change_member,
    change_profile,
    invite_member,
    reinstate_member,
    remove_member,
    revoke_invitation,
    suspend_member,
)
from db.people import MEMBERS, NEW_STAFF_INVITATION, STAFF_INVITATIONS
from db.session import Session
from domain.ids import read_id
from domain.people import LeadScope, Permission, Role
from resolvers.answers import What, given, making, making_once
from resolvers.datasets import read_limit
from schema.people import Member, NewStaffInvitation, StaffInvitation
from schema.refusals import Refused


@strawberry.input(description="A colleague to ask in.")
class InviteMemberInput:
    email: str = strawberry.field(description="Their e-mail address.")
    role: Role = strawberry.field(description="What they will be.")
    lead_scope: LeadScope | None = strawberry.field(
        default=None, description="Which leads they will see; without it what is usual for the role."
    )
    permissions: list[Permission] | None = strawberry.field(
        default=None, description="What they may do beyond the role."
    )
    allowed_dataset_ids: list[strawberry.ID] | None = strawberry.field(
        default=None, description="Only leads of these datasets will they see, at most 100; without it, every lead."
    )


@strawberry.input(description="An invitation to take back.")
class RevokeStaffInvitationInput:
    staff_invitation_id: strawberry.ID = strawberry.field(description="Which.")


@strawberry.input(description="What a member is to be from now on; what is left out stays.")
class ChangeMemberInput:
    member_id: strawberry.ID = strawberry.field(description="Who.")
    role: Role | None = strawberry.field(default=None, description="What they are.")
    lead_scope: LeadScope | None = strawberry.field(default=None, description="Which leads they see.")
    permissions: list[Permission] | None = strawberry.field(
        default=None, description="What they may do beyond the role: all of it, not what is new."
    )
    allowed_dataset_ids: list[strawberry.ID] | None = strawberry.field(
        default=strawberry.UNSET,
        description="Only leads of these datasets they see, at most 100; null: every lead, in a dataset or not.",
    )
    expected_version: int | None = strawberry.field(
        default=None, description="The version you read: if it has changed since, nothing is done."
    )


@strawberry.input(description="What you show of yourself; what is left out stays, null clears.")
class ChangeProfileInput:
    name: str | None = strawberry.field(default=strawberry.UNSET, description="What colleagues see.")
    avatar_url: str | None = strawberry.field(default=strawberry.UNSET, description="A picture of you.")


@strawberry.input(description="Which member is meant.")
class MemberInput:
    member_id: strawberry.ID = strawberry.field(description="Who.")


InviteMemberResult = Annotated[
    NewStaffInvitation | Refused,
    strawberry.union("InviteMemberResult", description="The invitation and its token, or why there is none."),
]
RevokeStaffInvitationResult = Annotated[
    StaffInvitation | Refused,
    strawberry.union("RevokeStaffInvitationResult", description="The invitation, or why nothing was changed."),
]
MemberResult = Annotated[
    Member | Refused, strawberry.union("MemberResult", description="The member, or why nothing was changed.")
]


@strawberry.type
class MembersMutation:
    @strawberry.mutation(
        description="Asks a colleague in for two weeks. Who signs in with that address proven joins by that; so does "
        "who hands in the token. Nobody grants what they do not have. "
        "Needs MEMBERS_WRITE."
    )
    def invite_member(self, input: Annotated[InviteMemberInput, What]) -> InviteMemberResult:
        def run(session: Session) -> Any:
            return invite_member(session, input.email, input.role, _grant(input))

        return making_once(NEW_STAFF_INVITATION, run)

    @strawberry.mutation(description="Takes an invitation back. Needs MEMBERS_WRITE.")
    def revoke_staff_invitation(
        self, input: Annotated[RevokeStaffInvitationInput, What]
    ) -> RevokeStaffInvitationResult:
        def run(session: Session) -> Any:
            return revoke_invitation(
                session, read_id("staff_invitation", input.staff_invitation_id, "staffInvitationId")
            )

        return making(STAFF_INVITATIONS, run)

    @strawberry.mutation(
        description="Changes role, lead scope, datasets or permissions; open sockets connect anew. Nobody "
        "grants or touches what they do not have. Needs INBOX_READ and MEMBERS_WRITE."
    )
    def change_member(self, input: Annotated[ChangeMemberInput, What]) -> MemberResult:
        def run(session: Session) -> Any:
            return change_member(session, _member(input), _grant(input), given(input.expected_version))

        return making(MEMBERS, run)

    @strawberry.mutation(description="Changes what you show of yourself; people alone can. Needs INBOX_READ.")
    def change_profile(self, input: Annotated[ChangeProfileInput, What]) -> MemberResult:
        changes = {name: value for name, value in vars(input).items() if value is not strawberry.UNSET}
        return making(MEMBERS, lambda session: change_profile(session, changes))

    @strawberry.mutation(
        description="Lets a member in no more; their sockets close within a second. Needs INBOX_READ and MEMBERS_WRITE."
    )
    def suspend_member(self, input: Annotated[MemberInput, What]) -> MemberResult:
        return making(MEMBERS, lambda session: suspend_member(session, _member(input)))

    @strawberry.mutation(description="Lets a suspended member in again. Needs INBOX_READ and MEMBERS_WRITE.")
    def reinstate_member(self, input: Annotated[MemberInput, What]) -> MemberResult:
        return making(MEMBERS, lambda session: reinstate_member(session, _member(input)))

    @strawberry.mutation(
        description="Removes a member; their leads and conversations stay, and are nobody's. Needs INBOX_READ and "
        "MEMBERS_WRITE."
    )
    def remove_member(self, input: Annotated[MemberInput, What]) -> MemberResult:
        return making(MEMBERS, lambda session: remove_member(session, _member(input)))


def _member(input: ChangeMemberInput | MemberInput) -> Any:
    return read_id("member", input.member_id, "memberId")


def _grant(input: InviteMemberInput | ChangeMemberInput) -> Grant:
    permissions = None if input.permissions is None else frozenset(input.permissions)
    said = input.allowed_dataset_ids
    limit = None if said is strawberry.UNSET else Limit(read_limit(said))
    return Grant(input.role, input.lead_scope, permissions, limit)
