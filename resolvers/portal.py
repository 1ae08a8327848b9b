"""The portal: the small surface customers see, a schema of its own."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

import strawberry
from graphql import OperationDefinitionNode

from actions.visiting import Passwords, change_own, change_password, claim_invitation, find_invitation, sign_in
from db.customers import PORTAL_CUSTOMERS
from db.selection import ById
from db.session import Session
from domain.attempts import Attempts
from domain.people import Actor, Visitor
from domain.refusals import Refusal
from resolvers.answers import What, Work, fact
from resolvers.context import Context
from resolvers.documents import asks_only, is_public
from resolvers.schema import Schema
from schema.portal import PortalCustomer, PortalInvitation, SignedIn
from schema.refusals import Refused

_OPEN = {"invitation", "signIn", "claimInvitation"}  # for whoever has not come in yet


@dataclass(slots=True, kw_only=True)
class PortalContext(Context):
    """`address` is where the request comes from; `admit` writes the token of whoever came in."""

    passwords: Passwords
    attempts: Attempts
    address: str
    admit: Callable[[Visitor], SignedIn]
    visitor: Visitor | None = None

    def admits(self, operation: OperationDefinitionNode) -> bool:
        return self.visitor is not None or is_public(operation) or asks_only(operation, _OPEN)

    @property
    def guest(self) -> Visitor:
        assert self.visitor, "an operation without a visitor was let through"
        return self.visitor

    @property
    def caller(self) -> Actor:
        return Actor.visiting(self.guest)

    def work(self) -> Any:
        return self.database.visit(self.guest, self.request_id)


Info = strawberry.Info[PortalContext, None]


def _own(visitor: Visitor) -> ById:
    return ById(PORTAL_CUSTOMERS, visitor.customer_id)


@strawberry.type(name="Query", description="Reading. Every field answers for the customer who has signed in.")
class PortalQuery:
    @strawberry.field(description="Whoever has signed in.")
    def me(self, info: Info) -> PortalCustomer:
        async def run(session: Session) -> Any:
            return _own(info.context.guest)

        return Work(run, PORTAL_CUSTOMERS)  # type: ignore[return-value]

    @strawberry.field(
        description="What an invitation says; null where it is used, expired, taken back or none. Open to everybody."
    )
    async def invitation(
        self, info: Info, token: Annotated[str, strawberry.argument(description="What opens it.")]
    ) -> PortalInvitation | None:
        info.context.attempts.count(info.context.address)
        found = await find_invitation(info.context.database, token)
        return PortalInvitation(**found) if found else None


@strawberry.input(description="Who comes in.")
class SignInInput:
    organization: str = strawberry.field(description="The slug of the organization.")
    email: str = strawberry.field(description="E-mail address.")
    password: str = strawberry.field(description="Password.")


@strawberry.input(description="Coming in for the first time, or after a password was forgotten.")
class ClaimInvitationInput:
    token: str = strawberry.field(description="What the invitation said.")
    password: str = strawberry.field(description="The password to be: at least 10 characters, at most 72 bytes.")


@strawberry.input(description="Another password.")
class ChangePasswordInput:
    current_password: str = strawberry.field(description="The one until now.")
    new_password: str = strawberry.field(description="The one from now on: at least 10 characters, at most 72 bytes.")


@strawberry.input(description="What is to be different; what is left out stays, null clears.")
class ChangeMyDetailsInput:
    first_name: str | None = fact("First name.")
    last_name: str | None = fact("Last name.")
    phone: str | None = fact("Phone number.")
    date_of_birth: date | None = fact("When you were born.")
    gender: str | None = fact("Your gender, in your words.")
    emergency_contact_name: str | None = fact("Whom to call in an emergency.")
    emergency_contact_phone: str | None = fact("Under which number.")


SignInResult = Annotated[
    SignedIn | Refused, strawberry.union("SignInResult", description="The token of who came in, or why nobody did.")
]
MyDetailsResult = Annotated[
    PortalCustomer | Refused,
    strawberry.union("MyDetailsResult", description="You, as you are now, or why nothing was changed."),
]


@strawberry.type(name="Mutation", description="Acting. Every field is one unit of work.")
class PortalMutation:
    @strawberry.mutation(
        description="Comes in with a password. Whether an address is known here is nobody's to find out. "
        "Open to everybody."
    )
    async def sign_in(self, info: Info, input: Annotated[SignInInput, What]) -> SignInResult:
        context, who = info.context, (input.organization, input.email, input.password)
        account = f"{input.organization.strip().lower()} {input.email.strip().lower()}"
        return await _come_in(context, account, lambda: sign_in(context.database, context.passwords, *who))

    @strawberry.mutation(description="Sets a password by an invitation, and comes in. Open to everybody.")
    async def claim_invitation(self, info: Info, input: Annotated[ClaimInvitationInput, What]) -> SignInResult:
        context, what = info.context, (input.token, input.password)
        return await _come_in(context, None, lambda: claim_invitation(context.database, context.passwords, *what))

    @strawberry.mutation(description="Sets another password; all other sessions end.")
    async def change_password(self, info: Info, input: Annotated[ChangePasswordInput, What]) -> SignInResult:
        context, visitor = info.context, info.context.guest
        words = (input.current_password, input.new_password)

        def change() -> Awaitable[Visitor]:
            return change_password(context.database, context.passwords, visitor, *words)

        return await _come_in(context, str(visitor.customer_id), change)

    @strawberry.mutation(description="Changes what you may change about yourself.")
    def change_my_details(self, info: Info, input: Annotated[ChangeMyDetailsInput, What]) -> MyDetailsResult:
        visitor = info.context.guest
        changes = {name: value for name, value in vars(input).items() if value is not strawberry.UNSET}

        async def run(session: Session) -> Any:
            await change_own(session, visitor, changes)
            return _own(visitor)

        return Work(run, PORTAL_CUSTOMERS)  # type: ignore[return-value]


async def _come_in(context: PortalContext, account: str | None, way: Callable[[], Awaitable[Visitor]]) -> Any:
    try:
        context.attempts.count(context.address, account)
        context.visitor = await way()
    except Refusal as refusal:
        return Refused.of(refusal)
    return context.admit(context.visitor)


def portal_schema() -> Schema:
    return Schema(PortalQuery, PortalMutation, None)
