"""Twilio's REST API for messages, spoken by the loopback carrier so that Twilio's own client cannot tell."""

import base64
import hmac
from collections.abc import Callable, Mapping
from datetime import date, datetime
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.datastructures import Address
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from cli.demo.carrier_books import CarrierBooks, Silence
from cli.demo.carrier_refusals import Failure, failure
from cli.demo.carrier_texts import API_VERSION, CarrierText


class CarrierApi:
    """`taken` is told of each accepted text before it is answered; `cut` breaks a caller's connection."""

    def __init__(
        self, books: CarrierBooks, taken: Callable[[CarrierText], None], cut: Callable[[Address | None], None]
    ) -> None:
        self._books, self._taken, self._cut = books, taken, cut

    def app(self) -> Starlette:
        messages = f"/{API_VERSION}/Accounts/{{account}}/Messages"
        return Starlette(
            routes=[
                Route(f"{messages}.json", self.create, methods=["POST"]),
                Route(f"{messages}.json", self.page, methods=["GET"]),
                Route(f"{messages}/{{sid}}.json", self.fetch, methods=["GET"]),
            ]
        )

    async def create(self, request: Request) -> Response:
        if not self._is_known(request):
            return _refuse(failure(code=20003))
        self._books.create_count += 1
        mishap = self._books.next_mishap()
        if isinstance(mishap, Failure):
            return _refuse(mishap)
        form = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
        if refusal := self._books.find_refusal(form):
            return _refuse(refusal)
        text = self._books.accept(form)
        self._taken(text)
        if mishap:
            text.answered.set()
            return await self._say_nothing(request, mishap)
        return JSONResponse(text.resource(), 201, background=BackgroundTask(_mark_answered, text))

    async def page(self, request: Request) -> Response:
        if not self._is_known(request):
            return _refuse(failure(code=20003))
        asked = request.query_params
        texts = [text for text in self._books.newest_first() if _is_asked_for(text, asked)]
        return JSONResponse(_page(request.url.path, asked, texts))

    async def fetch(self, request: Request) -> Response:
        if not self._is_known(request):
            return _refuse(failure(code=20003))
        sid = request.path_params["sid"]
        text = next((text for text in self._books.newest_first() if text.sid == sid), None)
        return JSONResponse(text.resource()) if text else _refuse(failure(code=20404))

    def _is_known(self, request: Request) -> bool:
        books = self._books
        expected = "Basic " + base64.b64encode(f"{books.account_sid}:{books.auth_token}".encode()).decode()
        is_right = hmac.compare_digest(request.headers.get("Authorization", "").encode(), expected.encode())
        return is_right and request.path_params["account"] == books.account_sid

    async def _say_nothing(self, request: Request, silence: Silence) -> Response:
        if silence is Silence.DROP:
            self._cut(request.client)
        while (await request.receive())["type"] != "http.disconnect":
            pass
        return Response()  # Nobody is there to read it.


async def _mark_answered(text: CarrierText) -> None:
    text.answered.set()


def _refuse(refusal: Failure) -> JSONResponse:
    headers = {"WWW-Authenticate": 'Basic realm="Twilio API"'} if refusal.http_status == 401 else None
    return JSONResponse(refusal.answer(), refusal.http_status, headers)


def _is_asked_for(text: CarrierText, asked: Mapping[str, str]) -> bool:
    if asked.get("To", text.recipient) != text.recipient or asked.get("From", text.sender) != text.sender:
        return False
    # Twilio promises days, and nothing about a text that has no date yet: so such a text is not found by one.
    sent_on = text.sent_at.date() if text.sent_at else None
    on, until, since = (_read_day(asked.get(name)) for name in ("DateSent", "DateSent<", "DateSent>"))
    if sent_on is None:
        return not (on or until or since)
    return (on or sent_on) == sent_on and sent_on <= (until or sent_on) and sent_on >= (since or sent_on)


def _read_day(value: str | None) -> date | None:
    return datetime.fromisoformat(value).date() if value else None


def _page(path: str, asked: Mapping[str, str], texts: list[CarrierText]) -> dict[str, object]:
    """One page in Twilio's envelope. Its client takes the one key that is not of the envelope for the records."""
    size, number, token = int(asked.get("PageSize", 50)), int(asked.get("Page", 0)), asked.get("PageToken")
    start = next((at + 1 for at, text in enumerate(texts) if f"PA{text.sid}" == token), 0)
    shown = texts[start : start + size]
    filters = {name: value for name, value in asked.items() if name not in ("Page", "PageToken", "PageSize")}

    def uri(page: int, after: CarrierText | None = None) -> str:
        place = {"PageSize": size, "Page": page} | ({"PageToken": f"PA{after.sid}"} if after else {})
        return f"{path}?{urlencode(filters | place)}"

    return {
        "messages": [text.resource() for text in shown],
        "page": number,
        "page_size": size,
        "start": start,
        "end": start + max(len(shown) - 1, 0),
        "uri": uri(number),
        "first_page_uri": uri(0),
        "previous_page_uri": None if start == 0 else uri(0),
        "next_page_uri": uri(number + 1, shown[-1]) if start + size < len(texts) else None,
    }
