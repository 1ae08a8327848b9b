"""One request of GraphQL over HTTP: reading what is asked, and writing the answer."""

from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from strawberry.types.execution import PreExecutionError

from resolvers.errors import ErrorCode

LARGEST_BODY = 1_000_000  # bytes
GRAPHQL = "application/graphql-response+json"
_STATUS_BY_CODE = {ErrorCode.UNAUTHENTICATED.value: 401, ErrorCode.INTERNAL.value: 500, ErrorCode.TIMEOUT.value: 503}


class Unfit(Exception):
    """The request is not one that could be executed; carries its status."""

    def __init__(self, status: int, message: str, code: ErrorCode = ErrorCode.BAD_USER_INPUT) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


async def read_request(request: Request) -> dict[str, Any]:
    if request.method == "GET":
        return _checked({**request.query_params, "variables": _loads(request.query_params.get("variables") or "null")})
    if request.method != "POST":
        raise Unfit(405, "Send GraphQL with POST, or queries with GET.")
    # A form or plain text could be posted by any page without asking: JSON cannot.
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Unfit(415, "Send the request as application/json.")
    return _checked(_loads(await read_body(request)))


async def read_body(request: Request, largest: int = LARGEST_BODY) -> bytes:
    """The whole body, of so many bytes at most."""
    if int(request.headers.get("content-length") or 0) > largest:
        raise Unfit(413, f"A request may have {largest} bytes.")
    body = bytearray()
    while True:
        part = await request.receive()
        if part["type"] == "http.disconnect":
            raise Unfit(400, "The request broke off.")
        body += part.get("body", b"")
        if len(body) > largest:
            raise Unfit(413, f"A request may have {largest} bytes.")
        if not part.get("more_body"):
            return bytes(body)


def _loads(text: str | bytes) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise Unfit(400, f"This is not JSON: {error}.") from None


_TYPES: tuple[tuple[str, type, str], ...] = (
    ("query", str, "a text"),
    ("variables", dict, "an object"),
    ("operationName", str, "a text"),
)


def _checked(asked: Any) -> dict[str, Any]:
    if not isinstance(asked, dict):
        raise Unfit(400, "Send one JSON object with `query`, and `variables` where there are any.")
    for name, type_, words in _TYPES:
        if asked.get(name) is not None and not isinstance(asked[name], type_):
            raise Unfit(400, f"`{name}` must be {words}.")
    if not asked.get("query"):
        raise Unfit(400, "Send the operation's text as `query`.")
    return asked


def status_of(request: Request, result: Any) -> int:
    """Under the older media type whatever is well-formed is 200; under the newer, what could not begin is not."""
    if not isinstance(result, PreExecutionError):
        return 200
    extensions = (result.errors[0].extensions if result.errors else None) or {}
    otherwise = 400 if GRAPHQL in request.headers.get("accept", "") else 200
    return _STATUS_BY_CODE.get(extensions["code"], otherwise)


def json_answer(request: Request, answer: Any, status: int) -> Response:
    wanted = GRAPHQL if GRAPHQL in request.headers.get("accept", "") else "application/json"
    return Response(orjson.dumps(answer), status, media_type=f"{wanted}; charset=utf-8")
