"""The web application: every address the server answers."""

from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from web.cal import CalWebhooks
from web.graphql import Endpoint
from web.health import Health
from web.mail import MailWebhooks
from web.portal import Portal
from web.transfers import Transfers
from web.twilio import TwilioWebhooks
from web.unsubscribing import Unsubscribing


def web_app(
    graphql: Endpoint,
    portal: Portal,
    twilio: TwilioWebhooks,
    cal: CalWebhooks,
    mail: MailWebhooks,
    unsubscribing: Unsubscribing,
    transfers: Transfers,
    health: Health,
    allowed_origins: Sequence[str],
) -> ASGIApp:
    texts = {"/schema.graphql": graphql.schema.as_str(), "/portal.graphql": portal.schema.as_str()}

    async def show_sdl(request: Request) -> Response:
        return PlainTextResponse(texts[request.url.path])

    async def show_explorer(request: Request) -> Response:
        return RedirectResponse("/graphql")

    routes = [
        Route("/graphql", graphql),
        Route("/", show_explorer),
        Route("/portal", portal),
        *(Route(path, show_sdl) for path in texts),
        Route("/webhooks/twilio/messages", twilio.messages, methods=["POST"]),
        Route("/webhooks/twilio/status", twilio.status, methods=["POST"]),
        Route("/webhooks/cal/{organization}", cal.bookings, methods=["POST"]),
        Route("/webhooks/mail/{organization}", mail.receive, methods=["POST"]),
        Route("/unsubscribe/{token}", unsubscribing.page, methods=["GET"]),
        Route("/unsubscribe/{token}", unsubscribing.take, methods=["POST"]),
        Route("/uploads/{token}", transfers.upload, methods=["PUT", "POST"]),
        Route("/outcomes/{token}", transfers.outcome),
        Route("/exports/{token}", transfers.export),
        Route("/healthz", health.alive),
        Route("/readyz", health.ready),
    ]
    if graphql.explorer:
        routes.append(graphql.explorer.route)
    return _apart(graphql, routes, allowed_origins)


def _apart(graphql: Endpoint, routes: Sequence[BaseRoute], allowed_origins: Sequence[str]) -> ASGIApp:
    """Sockets, and what programs and servers ask, go straight in; pages of other origins by way of CORS."""
    # No cookie lets anybody in, so a page of another origin can do nothing its user's token does not allow.
    cors = Middleware(CORSMiddleware, allow_origins=list(allowed_origins), allow_methods=["*"], allow_headers=["*"])
    application = Starlette(routes=routes, middleware=[cors])

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        is_page = scope["type"] == "http" and any(name == b"origin" for name, _ in scope["headers"])
        if scope.get("path") == "/graphql" and not is_page:
            await graphql(scope, receive, send)
        else:
            await application(scope, receive, send)

    return app
