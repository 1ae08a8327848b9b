"""The portal's address: GraphQL by POST, for customers alone, whose tokens open nothing else."""

import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import jwt
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from actions.visiting import Passwords, is_welcome
from db.database import Database
from domain.attempts import Attempts
from domain.customers import PORTAL_AUDIENCE
from domain.people import Visitor
from domain.troubles import Trouble
from realtime.live import Live
from resolvers.errors import ErrorCode, error_answer
from resolvers.portal import PortalContext
from resolvers.schema import Schema
from schema.portal import SignedIn
from web.authentication import Credentials
from web.events import answer_of
from web.issuers import Rejected
from web.requests import Unfit, json_answer, read_request, status_of

_ALGORITHM = "HS256"
_STAY = timedelta(hours=12)
_MICROSECOND = timedelta(microseconds=1)
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Passes:
    """The tokens of customers: by our own secret, for an audience that no token of staff has."""

    secret: str
    issuer: str

    def write(self, visitor: Visitor) -> SignedIn:
        """Good for twelve hours, and no longer than the password it was given for."""
        ends = datetime.now(UTC).replace(microsecond=0) + _STAY
        claims = {
            "iss": self.issuer,
            "aud": PORTAL_AUDIENCE,
            "sub": str(visitor.customer_id),
            "org": str(visitor.organization_id),
            "pwd": (visitor.password_set_at - _BEGINNING) // _MICROSECOND,
            "iat": int(time.time()),
            "exp": int(ends.timestamp()),
        }
        return SignedIn(token=jwt.encode(claims, self.secret, algorithm=_ALGORITHM), expires_at=ends)

    def read(self, token: str) -> Visitor:
        """Raises Rejected."""
        try:
            claims = jwt.decode(
                token,
                self.secret,
                algorithms=[_ALGORITHM],
                audience=PORTAL_AUDIENCE,
                issuer=self.issuer,
                options={"require": ["exp", "iss", "sub", "aud", "org", "pwd"]},
            )
            set_at = _BEGINNING + int(claims["pwd"]) * _MICROSECOND
            return Visitor(UUID(claims["org"]), UUID(claims["sub"]), set_at)
        except (jwt.PyJWTError, ValueError, OverflowError):
            raise Rejected("This is no token of a customer, or it has expired: sign in again.") from None


@dataclass(frozen=True, slots=True)
class Portal:
    """`/portal`: whoever shows nothing may come in; whoever shows something must be let in by it."""

    schema: Schema
    database: Database
    live: Live
    passes: Passes
    passwords: Passwords
    attempts: Attempts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await (await self._respond(Request(scope, receive)))(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        request_id = secrets.token_hex(8)
        try:
            if request.method != "POST":
                raise Unfit(405, "Send GraphQL with POST.")
            asked = await read_request(request)
            context = await self._context(request, request_id)
        except Unfit as unfit:
            return json_answer(request, error_answer(unfit.code, str(unfit), request_id), unfit.status)
        except Trouble as trouble:
            return json_answer(request, error_answer(ErrorCode.TIMEOUT, str(trouble), request_id), 503)
        wanted = (asked["query"], asked.get("variables"), context, None, asked.get("operationName"))
        result = await self.schema.execute(*wanted)
        return json_answer(request, answer_of(result), status_of(request, result))

    async def _context(self, request: Request, request_id: str) -> PortalContext:
        return PortalContext(
            self.database,
            self.live,
            request_id,
            unknown="Come in first, with signIn or claimInvitation, and send the token in the Authorization header.",
            passwords=self.passwords,
            attempts=self.attempts,
            address=request.client.host if request.client else "",
            admit=self.passes.write,
            visitor=await self._visitor(Credentials.of(request.headers)),
        )

    async def _visitor(self, credentials: Credentials | None) -> Visitor | None:
        if credentials is None:
            return None
        try:
            visitor = self.passes.read(credentials.bearer)
            if not await is_welcome(self.database, visitor):
                raise Rejected("You are not let in any more, or your password was changed: sign in again.")
        except Rejected as rejected:
            raise Unfit(401, str(rejected), ErrorCode.UNAUTHENTICATED) from None
        return visitor
