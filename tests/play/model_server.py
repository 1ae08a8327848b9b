"""A model's server on loopback: it speaks OpenAI's dialect and Anthropic's, answers as told, and has its bad days."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from cli.demo.door import Door

KEY, MODEL = "a key of the model", "small-and-tame"
GOOD = {
    "text": "Thanks for asking, Ann. A colleague will get back to you here.",
    "sentiment": "POSITIVE",
    "temperature": "WARM",
    "intent": "QUESTION",
    "wants_human": True,
    "wants_booking": False,
}


class Mood(Enum):
    """What becomes of the next question, besides an answer."""

    SILENT = auto()
    DRIPPING = auto()
    ENDLESS = auto()
    BUSY = auto()
    OVERLOADED = auto()
    USED_UP = auto()
    FAILING = auto()
    REJECTING = auto()
    TOO_LONG = auto()
    FILTERING = auto()
    ELSEWHERE = auto()
    CUT = auto()
    CUT_WITHIN = auto()


@dataclass(frozen=True, slots=True)
class Says:
    """What the model answers: calls of tools by name and arguments (JSON, or as they stand), and words beside them."""

    calls: tuple[tuple[str, Any], ...] = ()
    words: str | None = None
    refusal: str | None = None
    finish: str = "tool_calls"

    @classmethod
    def reply(cls, **changed: Any) -> "Says":
        return cls((("reply", {**GOOD, **changed}),))


@dataclass(frozen=True, slots=True)
class Raw:
    """An answer as it stands, whatever it is."""

    body: bytes
    status: int = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """One question as it came."""

    path: str
    body: dict[str, Any] = field(repr=False)

    @property
    def system(self) -> str:
        told = [one["content"] for one in self.body["messages"] if one["role"] in ("system", "developer")]
        return str(self.body["system"] if "system" in self.body else "\n".join(told))

    @property
    def user(self) -> str:
        [said] = [one["content"] for one in self.body["messages"] if one["role"] == "user"]
        return said if isinstance(said, str) else "".join(part["text"] for part in said)

    @property
    def tools(self) -> list[dict[str, Any]]:
        return [tool.get("function", tool) for tool in self.body["tools"]]


_REFUSALS: dict[Mood, tuple[int, dict[str, Any]]] = {
    Mood.BUSY: (429, {"error": {"message": f"Slow down, {KEY}", "code": "rate_limit_exceeded"}}),
    Mood.OVERLOADED: (503, {"error": {"message": "The engine is overloaded"}}),
    Mood.USED_UP: (429, {"error": {"message": "You exceeded your quota", "code": "insufficient_quota"}}),
    Mood.FAILING: (500, {"error": {"message": "Internal"}}),
    Mood.REJECTING: (400, {"error": {"message": "Invalid 'messages'"}}),
    Mood.TOO_LONG: (400, {"error": {"message": "Too many tokens", "code": "context_length_exceeded"}}),
    Mood.FILTERING: (400, {"error": {"message": "Filtered", "code": "content_filter"}}),
}


class ModelServer:
    def __init__(self) -> None:
        self.script: list[Mood | Says | Raw] = []
        self.asked: list[Asked] = []
        self.under_way = self.most_under_way = 0
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self._leaves = asyncio.Event()
        paths = ("/v1/chat/completions", "/v1/messages")
        self._door = Door(Starlette(routes=[Route(path, self._ask, methods=["POST"]) for path in paths]))

    @property
    def url(self) -> str:
        return self._door.base_url

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator["ModelServer"]:
        await self._door.open()
        try:
            yield self
        finally:
            self._leaves.set()
            await self._door.shut()

    async def shut(self) -> None:
        await self._door.shut()

    async def _ask(self, request: Request) -> Response:
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            return await self._answer(request)
        finally:
            self.under_way -= 1

    async def _answer(self, request: Request) -> Response:
        asked = Asked(request.url.path, await request.json())
        self.asked.append(asked)
        await self.may_answer.wait()
        key = request.headers.get("x-api-key") or request.headers.get("Authorization", "").removeprefix("Bearer ")
        if key != KEY:
            return JSONResponse({"error": {"message": f"Incorrect API key provided: {key}"}}, 401)
        if asked.body["model"] != MODEL:
            return JSONResponse({"error": {"message": "No such model", "code": "model_not_found"}}, 404)
        said = self.script.pop(0) if self.script else Says.reply()
        if isinstance(said, Mood):
            return await self._misbehave(said, request)
        if isinstance(said, Raw):
            return Response(said.body, said.status, media_type="application/json")
        return JSONResponse(_anthropic(said) if asked.path.endswith("messages") else _openai(said))

    async def _misbehave(self, mood: Mood, request: Request) -> Response:
        if mood in _REFUSALS:
            status, body = _REFUSALS[mood]
            return JSONResponse(body, status, headers={"Retry-After": "7"} if status == 429 else {})
        if mood is Mood.ELSEWHERE:
            return Response(status_code=307, headers={"Location": f"{self.url}/v1/chat/completions?again=1"})
        if mood is Mood.SILENT:
            await self._leaves.wait()
        if mood is Mood.CUT:
            self._door.cut(request.client)
        return StreamingResponse(self._pieces(mood, request), media_type="application/json")

    async def _pieces(self, mood: Mood, request: Request) -> AsyncIterator[bytes]:
        """An answer that never comes to its end."""
        yield b'{"id": "x", "choices": [{"message": {"content": "'
        if mood in (Mood.CUT, Mood.CUT_WITHIN):
            self._door.cut(request.client)
            return
        for _ in range(100_000):
            if mood is Mood.DRIPPING:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._leaves.wait(), 0.05)
            yield b" " if mood is Mood.DRIPPING else b"a" * 65_536
            if self._leaves.is_set():
                return


def _openai(said: Says) -> dict[str, Any]:
    calls = [
        {"id": f"call_{place}", "type": "function", "function": {"name": name, "arguments": _written(arguments)}}
        for place, (name, arguments) in enumerate(said.calls)
    ]
    message = {"role": "assistant", "content": said.words, "refusal": said.refusal, "tool_calls": calls or None}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_790_000_000,
        "model": MODEL,
        "choices": [{"index": 0, "message": message, "finish_reason": said.finish, "logprobs": None}],
        "usage": {"prompt_tokens": 321, "completion_tokens": 45, "total_tokens": 366},
    }


def _anthropic(said: Says) -> dict[str, Any]:
    words = [{"type": "text", "text": said.words}] if said.words else []
    calls = [
        {"type": "tool_use", "id": f"toolu_{place}", "name": name, "input": arguments}
        for place, (name, arguments) in enumerate(said.calls)
    ]
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": MODEL,
        "content": [*words, *calls],
        "stop_reason": {"tool_calls": "tool_use", "content_filter": "refusal", "length": "max_tokens"}[said.finish],
        "stop_sequence": None,
        "usage": {"input_tokens": 321, "output_tokens": 45},
    }


def _written(arguments: Any) -> str:
    return arguments if isinstance(arguments, str) else json.dumps(arguments)
