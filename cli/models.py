"""The model that REKINDLE_MODEL names: opened for whoever writes answers, and described for people."""

import contextlib
from collections.abc import AsyncIterator

from cli.settings import Settings
from gateways.model_addresses import HOMES, ModelAddress, read_model
from gateways.models import Models, open_models


@contextlib.asynccontextmanager
async def open_model(settings: Settings) -> AsyncIterator[Models | None]:
    """Without a model there is none, and answers are written by plain rules."""
    address = model_address(settings)
    if not address:
        yield None
        return
    async with open_models(address) as models:
        yield models


def model_address(settings: Settings) -> ModelAddress | None:
    if not settings.model:
        return None
    provider, name = read_model(settings.model)
    return ModelAddress(
        provider,
        name,
        (settings.model_base_url or HOMES[provider]).rstrip("/"),
        settings.model_api_key,
        settings.model_timeout_seconds,
        settings.model_most_tokens,
        settings.model_at_once,
    )


def describe_model(settings: Settings) -> tuple[bool, str]:
    """Whether answers are written by a model, and by which, or how they would be."""
    address = model_address(settings)
    if not address:
        return False, "none, so answers are written by plain rules: set REKINDLE_MODEL"
    return True, f"{settings.model} at {address.base_url} writes answers, within {address.timeout_seconds:g} seconds"
