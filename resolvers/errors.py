"""Top-level errors: each carries a code from a closed set, a sentence and the request's id. Nothing else leaves."""

import re
from enum import StrEnum
from typing import Any

import structlog
from graphql import GraphQLError

from domain.refusals import Refusal, RefusalCode
from domain.troubles import Trouble
from realtime.feed import ResyncRequired

log = structlog.get_logger()


class ErrorCode(StrEnum):
    UNAUTHENTICATED = "UNAUTHENTICATED"
    FORBIDDEN = "FORBIDDEN"
    BAD_USER_INPUT = "BAD_USER_INPUT"
    NOT_FOUND = "NOT_FOUND"
    TOO_COMPLEX = "TOO_COMPLEX"
    RATE_LIMITED = "RATE_LIMITED"
    TIMEOUT = "TIMEOUT"
    RESYNC_REQUIRED = "RESYNC_REQUIRED"
    INTERNAL = "INTERNAL"


class Unauthenticated(Exception):
    """Nobody is known; the sentence says what to send."""


class TooComplex(Exception):
    """The operation could touch more rows than one operation may."""

    def __init__(self, cost: int, limit: int) -> None:
        super().__init__(f"This could touch {cost} rows; the limit is {limit}. Ask for smaller pages or fewer levels.")


def _code_of_refusal(refusal: Refusal) -> ErrorCode:
    if refusal.code is RefusalCode.NOT_FOUND:
        return ErrorCode.NOT_FOUND
    if refusal.code is RefusalCode.RATE_LIMITED:
        return ErrorCode.RATE_LIMITED
    return ErrorCode.FORBIDDEN if refusal.code is RefusalCode.FORBIDDEN else ErrorCode.BAD_USER_INPUT


# What says in its own words what is wrong.
_CODES: tuple[tuple[type[Exception], ErrorCode], ...] = (
    (Unauthenticated, ErrorCode.UNAUTHENTICATED),
    (TooComplex, ErrorCode.TOO_COMPLEX),
    (ResyncRequired, ErrorCode.RESYNC_REQUIRED),
    (Trouble, ErrorCode.TIMEOUT),
)


def _classify(error: GraphQLError) -> tuple[ErrorCode, str]:
    cause = error.original_error
    if cause is None or isinstance(cause, GraphQLError):
        return ErrorCode.BAD_USER_INPUT, _unquoted(error.message)
    if isinstance(cause, Refusal):
        return _code_of_refusal(cause), cause.message
    for kind, code in _CODES:
        if isinstance(cause, kind):
            return code, str(cause)
    return ErrorCode.INTERNAL, "Something went wrong on our side. Quote the requestId when you report it."


# graphql-core quotes what does not fit, and with it what may be a secret in the wrong place.
_QUOTE = re.compile(r"(?:[,;]?\s[Ff]ound: |(?<=[^d] value): |(?:(?<=String)|(?<=Int)|(?<=Float)) ['\"]).*", re.DOTALL)


def _unquoted(message: str) -> str:
    return _QUOTE.sub(".", message).replace("?.", "?")


def present(error: GraphQLError, request_id: str) -> GraphQLError:
    """The error as a client may see it. A bug is logged once, here, with its stack, and leaves masked."""
    code, message = _classify(error)
    message = message.encode(errors="replace").decode()  # it may quote half a character, which no answer can carry
    if code is ErrorCode.INTERNAL:
        log.error("bug", request_id=request_id, path=error.path, exc_info=error.original_error)
    extensions: dict[str, Any] = {"code": code.value, "requestId": request_id}
    if isinstance(error.original_error, Refusal) and error.original_error.field:
        extensions["field"] = error.original_error.field
    if isinstance(error.original_error, ResyncRequired):
        extensions["cursor"] = str(error.original_error.position)
    return GraphQLError(
        message,
        nodes=error.nodes,
        source=error.source,
        positions=error.positions,
        path=error.path,
        extensions=extensions,
    )


def error_answer(code: ErrorCode, message: str, request_id: str) -> dict[str, Any]:
    """An answer without data, for what fails before there is anything to execute."""
    return {"errors": [{"message": message, "extensions": {"code": code.value, "requestId": request_id}}]}
