"""Asking a model one question, with a form for its reply: bounded in time, in tokens, and in how many ask at once."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError

from domain.answering import ModelBusy, ModelMalformed, ModelRefused, ModelSlow, ModelTrouble, ModelUnreachable, Usage
from gateways.model_addresses import ModelAddress, TooLong, open_connection

if TYPE_CHECKING:
    from pydantic_ai.exceptions import ModelAPIError
    from pydantic_ai.messages import ModelResponse
    from pydantic_ai.models import Model, ModelRequestParameters

Form = TypeVar("Form", bound=BaseModel)
TOOL = "reply"
# The library's kinds of errors, the particular before the general, by name because it is imported late.
_TROUBLES: tuple[tuple[str, type[ModelTrouble], str], ...] = (
    ("ModelTimeoutError", ModelSlow, "The model's server did not answer in time"),
    ("ModelRateLimitError", ModelBusy, "The model's server has been asked too much"),
    ("ModelUnavailableError", ModelBusy, "The model's server takes nothing now"),
    ("ModelQuotaExceededError", ModelBusy, "What was paid for at the model's provider is used up"),
    ("ModelAuthenticationError", ModelUnreachable, "The model's server does not take REKINDLE_MODEL_API_KEY"),
    ("ModelNotFoundError", ModelUnreachable, "The model's server does not know REKINDLE_MODEL"),
    ("ModelContextWindowExceededError", ModelRefused, "The question is too long for the model"),
    ("ModelRequestRejectedError", ModelRefused, "The model's server refused the question"),
)
_AWAY = (ModelUnreachable, "The model cannot be reached")


class Models:
    """Asks one model. Nothing is asked twice: whoever asked decides whether to ask again, and when."""

    def __init__(self, model: "Model[Any]", address: ModelAddress) -> None:
        self._model = model
        self._address = address
        self._turns = asyncio.Semaphore(address.at_once)

    @property
    def name(self) -> str:
        return f"{self._address.provider}:{self._address.name}"

    async def ask(self, system: str, user: str, output_type: type[Form]) -> tuple[Form, Usage]:
        """The form, filled in, and what it took. Raises one of ModelTrouble's family, within the timeout.

        The form is the only tool that is offered, and what is not exactly one call of it is no reply.
        """
        seconds, came, began = self._address.timeout_seconds, time.monotonic(), None
        try:
            async with asyncio.timeout(seconds), self._turns:
                began = time.monotonic()
                with _told():
                    response = await self._request(system, user, output_type)
        except TimeoutError:
            # Whose turn came in the second half of their time has waited for others rather than for the model.
            if began is None or began - came > seconds / 2:
                raise ModelBusy("Too much is asked of the model at once: its turn came too late.") from None
            raise ModelSlow(f"The model took longer than {seconds:g} seconds.") from None
        took_ms = round((time.monotonic() - began) * 1000)
        usage = Usage(self.name, response.usage.input_tokens, response.usage.output_tokens, took_ms)
        return _read(response, output_type, usage), usage

    async def _request(self, system: str, user: str, form: type[BaseModel]) -> "ModelResponse":
        from pydantic_ai.direct import model_request
        from pydantic_ai.messages import ModelRequest, SystemPromptPart, UserPromptPart
        from pydantic_ai.settings import ModelSettings

        bounds = ModelSettings(
            max_tokens=self._address.most_tokens,
            timeout=self._address.timeout_seconds,
            max_retries=0,
            parallel_tool_calls=False,
        )
        asked = [ModelRequest(parts=[SystemPromptPart(system), UserPromptPart(user)])]
        return await model_request(self._model, asked, model_settings=bounds, model_request_parameters=_offer(form))


@asynccontextmanager
async def open_models(address: ModelAddress) -> AsyncIterator[Models]:
    async with open_connection(address) as model:
        yield Models(model, address)


def _offer(form: type[BaseModel]) -> "ModelRequestParameters":
    """One tool, which is the form."""
    from pydantic_ai.models import ModelRequestParameters
    from pydantic_ai.tools import ToolDefinition

    schema = form.model_json_schema()
    tool = ToolDefinition(name=TOOL, description=form.__doc__, parameters_json_schema=schema, kind="output")
    return ModelRequestParameters(output_mode="tool", output_tools=[tool], allow_text_output=False)


def _read(response: "ModelResponse", form: type[Form], usage: Usage) -> Form:
    if response.finish_reason == "content_filter":
        raise ModelRefused("The model will not answer this.", usage)
    if response.finish_reason == "length":
        raise ModelMalformed(f"The model's reply was cut off after {usage.output_tokens} tokens.", usage)
    calls = response.tool_calls
    if [call.tool_name for call in calls] != [TOOL]:
        called = f"{len(calls)} calls" if len(calls) != 1 else "a call of something else"
        raise ModelMalformed(f"The model answered with {called} where one reply was asked for.", usage)
    try:
        return form.model_validate_json(calls[0].args_as_json_str())
    except ValidationError as error:
        raise ModelMalformed(f"The model's reply cannot be read: {_faults(error, form)}.", usage) from None


def _faults(error: ValidationError, form: type[BaseModel]) -> str:
    """Names of our own fields and of faults alone: what the model wrote is not repeated."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    fields = (next((str(part) for part in item["loc"] if part in form.model_fields), "it") for item in found)
    return ", ".join(dict.fromkeys(f"{field} ({item['type']})" for field, item in zip(fields, found, strict=True)))


@contextmanager
def _told() -> Iterator[None]:
    """The library's errors as ours. They are not shown, as they hold what was asked, and sometimes the key."""
    from pydantic_ai.exceptions import ModelAPIError, UnexpectedModelBehavior

    try:
        yield
    except TooLong:
        raise _endless() from None
    except ModelAPIError as error:
        raise _trouble(error) from None
    except (UnexpectedModelBehavior, AttributeError, LookupError, TypeError, ValueError) as error:
        # The library takes what servers answer for what it should be, and stumbles where it is not.
        raise ModelMalformed(f"The model's server answered with no reply ({type(error).__name__}).") from None


def _trouble(error: "ModelAPIError") -> ModelTrouble:
    status = getattr(error, "status_code", None)
    if _is_because_of(error, TooLong):
        return _endless()
    kinds = {kind.__name__ for kind in type(error).__mro__}
    trouble, words = next(((trouble, words) for name, trouble, words in _TROUBLES if name in kinds), _AWAY)
    said = f"{words}{f' (HTTP {status})' if status else ''}."
    return ModelBusy(said, error.retry_after) if trouble is ModelBusy else trouble(said)


def _endless() -> ModelMalformed:
    return ModelMalformed("The model's server answered without an end.")


def _is_because_of(error: BaseException | None, kind: type[Exception]) -> bool:
    while error and not isinstance(error, kind):
        error = error.__cause__ or error.__context__
    return error is not None
