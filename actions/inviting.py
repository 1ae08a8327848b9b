"""Asking customers into the portal: a token that is shown once, and is good for one password."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from actions.customers import lock_customer
from db.session import Session
from domain.customers import write_json
from domain.ids import new_id
from domain.people import Permission
from domain.refusals import Refusal, RefusalCode, bad_input, not_found
from domain.texts import check_characters
from domain.tokens import hash_token, new_token

CUSTOMER_PREFIX = "rc_"
_LONGEST_MESSAGE = 2000


@dataclass(frozen=True, slots=True)
class Letter:
    """What an invitation says beside its token; without an end it never expires."""

    custom_message: str | None = None
    metadata: dict[str, object] = field(default_factory=dict)
    expires_at: datetime | None = None


async def invite_customer(session: Session, customer_id: UUID, letter: Letter) -> tuple[UUID, str]:
    """Answers the invitation, and the token that opens it, seen this once. An earlier one that is open ends.

    Whoever has a password already gets another one by it.
    """
    session.actor.require(Permission.CUSTOMERS_WRITE)
    message = check_characters((letter.custom_message or "").strip(), "customMessage")
    if len(message) > _LONGEST_MESSAGE:
        raise bad_input(f"The message may have {_LONGEST_MESSAGE} characters.", "customMessage")
    if letter.expires_at and letter.expires_at <= datetime.now(UTC):
        raise bad_input("This invitation would have expired before it is made.", "expiresAt")
    metadata = write_json(letter.metadata, "metadata")
    found = await lock_customer(session, customer_id)
    if not found["email"]:
        raise bad_input("This customer has no e-mail address to sign in with: add one first.", "customerId")
    if not found["is_active"]:
        raise Refusal(RefusalCode.CONFLICT, "This customer is not active, so they could not come in.", "customerId")
    await session.execute("customers", "revoke_open_invitations", customer_id)
    invitation_id, token = new_id(), new_token(CUSTOMER_PREFIX, session.actor.organization_id)
    of = (customer_id, found["lead_id"], found["owner_id"], found["assignee_id"], found["dataset_ids"], found["email"])
    says = (message or None, metadata, hash_token(token), session.actor.member_id, letter.expires_at)
    await session.execute("customers", "add_customer_invitation", invitation_id, *of, *says)
    return invitation_id, token


async def revoke_customer_invitation(session: Session, invitation_id: UUID) -> UUID:
    """Nobody can come in with it any more. Revoking it again changes nothing."""
    session.actor.require(Permission.CUSTOMERS_WRITE)
    found = await session.row("customers", "lock_customer_invitation", invitation_id)
    if found is None:
        raise not_found("invitation", "customerInvitationId")
    if found["claimed_at"]:
        raise Refusal(
            RefusalCode.CONFLICT,
            "This invitation was used: make the customer inactive to keep them out.",
            "customerInvitationId",
        )
    await session.execute("customers", "revoke_customer_invitation", invitation_id)
    return invitation_id
