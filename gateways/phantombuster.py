"""PhantomBuster: agents that write on LinkedIn in an organization's name, launched over its API."""

from datetime import UTC, datetime
from typing import Any

import httpx
import orjson

from domain.conversations import MessageStatus
from domain.linkedin import LONGEST_NOTE, Phantom
from gateways.carrier import CarrierReceipt, CarrierRefused, CarrierUnaware, CarrierUnreachable, Outbound

API_URL = "https://api.phantombuster.com"
_NEVER_CONNECTED = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
# A no that concerns the key, the agent or the moment, not this message: whoever mends it has it sent.
_OF_THE_MOMENT = {
    401: "it does not know the key",
    402: "the plan is used up",
    403: "the key may not launch this agent",
    404: "there is no such agent",
    429: "the agent is busy, or too much was asked",
}
_LARGEST = 65_536  # bytes of an answer that are read


class PhantomBuster:
    """A Carrier. Each message names the agent that carries it, with its organization's key: one launch, one message.

    A launch that may have been taken cannot be found again, because a list of launches does not say what they were for;
    so it is never repeated.
    """

    def __init__(self, url: str = API_URL, timeout_seconds: float = 30) -> None:
        self._url = url.rstrip("/")
        self._http = httpx.AsyncClient(timeout=timeout_seconds, follow_redirects=False)

    async def send(self, message: Outbound) -> CarrierReceipt:
        phantom = message.phantom
        if phantom is None:
            raise CarrierUnreachable("The organization has no credential of PhantomBuster that can be used.")
        if phantom.is_invitation and len(message.body) > LONGEST_NOTE:
            raise CarrierRefused(None, f"An invitation's note has at most {LONGEST_NOTE} characters.")
        container = _read(await self._launch(phantom, _argument(phantom, message)))
        sent = (MessageStatus.SENT, message.sender, message.recipient, message.body)
        return CarrierReceipt(container, *sent, datetime.now(UTC).replace(microsecond=0), None)

    async def find_sent(self, message: Outbound, since: datetime) -> list[CarrierReceipt]:
        raise CarrierUnaware("PhantomBuster cannot be asked what a launch was for.")

    async def close(self) -> None:
        await self._http.aclose()

    async def _launch(self, phantom: Phantom, argument: dict[str, Any]) -> httpx.Response:
        """Beside what is saved with the agent, like the session of the LinkedIn account, and for this launch alone."""
        said = {"id": phantom.agent_id, "bonusArgument": argument}
        headers = {"X-Phantombuster-Key": phantom.api_key, "Accept": "application/json"}
        try:
            return await self._http.post(f"{self._url}/api/v2/agents/launch", json=said, headers=headers)
        except _NEVER_CONNECTED as error:
            raise CarrierUnreachable(f"PhantomBuster cannot be reached ({type(error).__name__}).") from None
        except (httpx.HTTPError, OSError) as error:
            words = f"PhantomBuster took the request and gave no answer ({type(error).__name__})."
            raise CarrierUnaware(words) from None


def _argument(phantom: Phantom, message: Outbound) -> dict[str, Any]:
    """Agents take the address of a profile where they take the address of a list of them."""
    most = "numberOfAddsPerLaunch" if phantom.is_invitation else "profilesPerLaunch"
    return {"spreadsheetUrl": message.recipient, "message": message.body, most: 1}


def _read(answer: httpx.Response) -> str:
    """The id of the container that the agent runs in."""
    status = answer.status_code
    if status in _OF_THE_MOMENT:
        raise CarrierUnreachable(f"PhantomBuster launches nothing now: {_OF_THE_MOMENT[status]} (HTTP {status}).")
    if 400 <= status < 500 and status != 408:
        raise CarrierRefused(None, f"PhantomBuster refused the launch (HTTP {status}): {_words(answer)}")
    if not answer.is_success:
        raise CarrierUnaware(f"PhantomBuster failed over the launch (HTTP {status}).")
    container = _json(answer).get("containerId")
    if not container:
        raise CarrierUnaware("PhantomBuster's answer names no launch.")
    return str(container)


def _words(answer: httpx.Response) -> str:
    said = _json(answer)
    return str(said.get("error") or said.get("message") or "it gave no reason")[:300]


def _json(answer: httpx.Response) -> dict[str, Any]:
    try:
        said = orjson.loads(answer.content[:_LARGEST])
    except orjson.JSONDecodeError:
        return {}
    return said if isinstance(said, dict) else {}
