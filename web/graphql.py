"""GraphQL over HTTP, as the graphql-over-http specification says, and the door to sockets and the explorer."""

import secrets
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from graphql import OperationType
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from db.database import Database
from domain.links import Links
from domain.troubles import Trouble
from realtime.live import Live
from resolvers.context import Context
from resolvers.errors import ErrorCode, error_answer
from resolvers.schema import Schema
from web.authentication import Authentication, Credentials, Memberless
from web.departure import Departure
from web.events import EVENTS, EventStream, answer_of, wants_events
from web.explorer import Explorer
from web.guard import Guard
from web.issuers import Rejected
from web.outlet import CUT
from web.requests import Unfit, json_answer, read_request, status_of
from web.sockets import FORBIDDEN, PROTOCOL, Closing, Socket

_NOT_BY_GET = frozenset({OperationType.MUTATION, OperationType.SUBSCRIPTION})
_NO_STREAMS = frozenset({OperationType.QUERY, OperationType.MUTATION})


class Endpoint:
    """`/graphql`: POST and GET, `graphql-transport-ws`, and the explorer for browsers."""

    def __init__(
        self,
        schema: Schema,
        database: Database,
        live: Live,
        authentication: Authentication,
        guard: Guard,
        links: Links,
        *,
        explorer: bool,
        sign_up: bool,
        allowed_origins: Sequence[str],
    ) -> None:
        self.explorer = Explorer() if explorer else None
        self.schema = schema
        self._origins = frozenset(allowed_origins)
        self._database = database
        self._live = live
        self._authentication = authentication
        self._guard = guard
        self._links = links
        self._may_found = sign_up

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._converse(scope, receive, send)
            return
        request = Request(scope, receive)
        if request.method == "GET" and "text/html" in request.headers.get("accept", "") and self.explorer:
            await self.explorer.page()(scope, receive, send)
            return
        await (await self._respond(request))(scope, receive, send)

    async def _converse(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Nobody is known until connection_init, and whoever is known may be sent away."""
        await receive()  # the peer's wish to connect, which what follows answers
        if not self._is_welcome(Headers(scope=scope)):
            await send({"type": "websocket.close", "code": 1008})
            return
        context = self._blank(secrets.token_hex(8))
        socket = Socket(self.schema, context, partial(self._admit, context), receive, send, _cut_of(scope))
        if PROTOCOL not in scope["subprotocols"]:
            await send({"type": "websocket.accept"})
            await socket.close(4406, "Subprotocol not acceptable")
            return
        with self._guard.watching(socket, context), Departure.of(scope).told(socket):
            await socket.run()

    def _is_welcome(self, headers: Headers) -> bool:
        """Whether a page of this origin may open a socket; what is no page has no origin."""
        origin = headers.get("origin")
        if not origin or origin.partition("://")[2] == headers.get("host"):
            return True
        return not self._origins.isdisjoint(("*", origin))

    async def _admit(self, context: Context, payload: Any) -> float | None:
        """Finds out who opens a socket, or goes on with it under newer credentials, and until when."""
        credentials = Credentials.of(payload) if isinstance(payload, dict) else None
        try:
            if credentials is None:
                raise Rejected("Nobody is let in without credentials.")
            known = await self._authentication.authenticate(credentials)
        except (Rejected, Trouble):
            raise Closing(FORBIDDEN, "Forbidden") from None
        if context.actor not in (None, known.actor):
            raise Closing(FORBIDDEN, "A socket stays with the caller who opened it")
        context.actor, context.person = known.actor, known.person
        return known.expires_at

    async def _respond(self, request: Request) -> Response | EventStream:
        request_id = secrets.token_hex(8)
        try:
            asked = await read_request(request)
            self._check_method(request, asked)
            context = await self._context(request.headers, request_id)
        except Unfit as unfit:
            return json_answer(request, error_answer(unfit.code, str(unfit), request_id), unfit.status)
        except Trouble as trouble:
            return json_answer(request, error_answer(ErrorCode.TIMEOUT, str(trouble), request_id), 503)
        wanted = (asked["query"], asked.get("variables"), context, None, asked.get("operationName"))
        kind = partial(self.schema.operation_type, asked)
        if wants_events(request.headers.get("accept", ""), kind):
            is_endless = kind() is OperationType.SUBSCRIPTION
            stream = EventStream(await self.schema.stream(*wanted), self._guard, context, is_endless=is_endless)
            refused = await stream.refused()
            if refused and status_of(request, refused) == 401:
                return json_answer(request, answer_of(refused), 401)
            return stream
        result = await self.schema.execute(*wanted, _NO_STREAMS)
        return json_answer(request, answer_of(result), status_of(request, result))

    def _check_method(self, request: Request, asked: dict[str, Any]) -> None:
        refused = _NOT_BY_GET - ({OperationType.SUBSCRIPTION} if EVENTS in request.headers.get("accept", "") else set())
        if request.method == "GET" and self.schema.operation_type(asked) in refused:
            raise Unfit(405, f"Send mutations with POST, and subscriptions over a socket or for {EVENTS}.")

    def _blank(self, request_id: str) -> Context:
        """Of nobody yet."""
        return Context(self._database, self._live, request_id, may_found=self._may_found, links=self._links)

    async def _context(self, headers: Headers, request_id: str) -> Context:
        context = self._blank(request_id)
        credentials = Credentials.of(headers)
        if credentials:
            try:
                known = await self._authentication.authenticate(credentials)
                context.actor, context.person = known.actor, known.person
            except Memberless as memberless:
                context.person, context.unknown = memberless.person, str(memberless)
            except Rejected as rejected:
                raise Unfit(401, str(rejected), ErrorCode.UNAUTHENTICATED) from None
        return context


def _cut_of(scope: Scope) -> Callable[[], None]:
    """Without a server of ours nobody can be cut off, and whoever does not read stays until the line breaks."""
    cut: Callable[[], None] = scope.get("state", {}).get(CUT, lambda: None)
    return cut
