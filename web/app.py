"""The web application: every address the server answers."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route, WebSocketRoute

from resolvers.schema import Schema
from web.graphql import Endpoint
from web.health import Health
from web.twilio import TwilioWebhooks


def web_app(schema: Schema, graphql: Endpoint, twilio: TwilioWebhooks, health: Health) -> Starlette:
    sdl = schema.as_str()

    async def show_sdl(request: Request) -> Response:
        return PlainTextResponse(sdl)

    async def show_explorer(request: Request) -> Response:
        return RedirectResponse("/graphql")

    routes = [
        Route("/graphql", graphql),
        WebSocketRoute("/graphql", graphql),
        Route("/", show_explorer),
        Route("/schema.graphql", show_sdl),
        Route("/webhooks/twilio/messages", twilio.messages, methods=["POST"]),
        Route("/webhooks/twilio/status", twilio.status, methods=["POST"]),
        Route("/healthz", health.alive),
        Route("/readyz", health.ready),
    ]
    return Starlette(routes=routes)
