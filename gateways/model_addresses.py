"""Where models are, and the connections to them: each provider's client, bounded, and without tries of its own."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # the library takes seconds to import, and who asks no model needs none of it
    import httpx2
    from pydantic_ai.models import Model

HOMES = {"openai": "https://api.openai.com/v1", "anthropic": "https://api.anthropic.com"}
_LARGEST = 1_000_000  # bytes of an answer that are read
_NO_KEY = "none"  # without one, the library would send whatever key the environment has for another server


class TooLong(Exception):
    """The answer does not end."""


@dataclass(frozen=True, slots=True)
class ModelAddress:
    """Which model is asked, where, and within which bounds. `provider` says whose dialect is spoken."""

    provider: str
    name: str
    base_url: str
    key: str | None = field(default=None, repr=False)
    timeout_seconds: float = 30
    most_tokens: int = 1000
    at_once: int = 8

    @property
    def is_home(self) -> bool:
        """Whether it is the provider's own server, not another that speaks the dialect."""
        return self.base_url == HOMES[self.provider]


def read_model(text: str) -> tuple[str, str]:
    """Provider and name of a model written like openai:gpt-5; raises ValueError with what to write instead."""
    provider, _, name = text.partition(":")
    if provider not in HOMES or not name.strip():
        raise ValueError(f"must look like {' or '.join(f'{home}:<model>' for home in HOMES)}")
    return provider, name.strip()


@asynccontextmanager
async def open_connection(address: ModelAddress) -> AsyncIterator["Model[Any]"]:
    """The library is imported here, beside the loop; connections are given back in the end."""
    model, http = await asyncio.to_thread(_build, address)
    try:
        yield model
    finally:
        await http.aclose()


def _build(address: ModelAddress) -> tuple["Model[Any]", "httpx2.AsyncClient"]:
    import httpx2

    # What is answered is believed because of the address, so no redirect is followed; and it comes uncompressed,
    # because a small compressed answer can be a huge one.
    http = httpx2.AsyncClient(
        timeout=address.timeout_seconds,
        follow_redirects=False,
        headers={"Accept-Encoding": "identity"},
        event_hooks={"response": [_bounding()]},
    )
    return _CLIENTS[address.provider](address, http), http


def _bounding() -> Callable[["httpx2.Response"], Any]:
    import httpx2

    class Bounded(httpx2.AsyncByteStream):
        def __init__(self, stream: Any) -> None:
            self._stream = stream

        async def __aiter__(self) -> AsyncIterator[bytes]:
            length = 0
            async for part in self._stream:
                length += len(part)
                if length > _LARGEST:
                    raise TooLong
                yield part

        async def aclose(self) -> None:
            await self._stream.aclose()

    async def bound(response: httpx2.Response) -> None:
        response.stream = Bounded(response.stream)

    return bound


def _openai(address: ModelAddress, http: "httpx2.AsyncClient") -> "Model[Any]":
    from openai import AsyncOpenAI
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.providers.openai import OpenAIProvider
    from pydantic_ai.providers.openai_compatible import OpenAICompatibleProvider

    key = address.key or _NO_KEY
    client = AsyncOpenAI(api_key=key, base_url=address.base_url, http_client=http, max_retries=0)
    if address.is_home:
        return OpenAIChatModel(address.name, provider=OpenAIProvider(openai_client=client))
    return OpenAIChatModel(address.name, provider=OpenAICompatibleProvider("compatible", openai_client=client))


def _anthropic(address: ModelAddress, http: "httpx2.AsyncClient") -> "Model[Any]":
    from anthropic import AsyncAnthropic
    from pydantic_ai.models.anthropic import AnthropicModel
    from pydantic_ai.providers.anthropic import AnthropicProvider

    key = address.key or _NO_KEY
    client = AsyncAnthropic(api_key=key, base_url=address.base_url, http_client=http, max_retries=0)
    return AnthropicModel(address.name, provider=AnthropicProvider(anthropic_client=client))


_CLIENTS: dict[str, Callable[[ModelAddress, "httpx2.AsyncClient"], "Model[Any]"]] = {
    "openai": _openai,
    "anthropic": _anthropic,
}
