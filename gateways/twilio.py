"""Twilio: texts sent and looked up over its REST API."""

import base64
from datetime import datetime
from typing import Any

import aiohttp
from twilio.base.exceptions import (  # type: ignore[import-untyped]
    TwilioException,
    TwilioRestException,
    TwilioServiceException,
)
from twilio.base.values import unset  # type: ignore[import-untyped]
from twilio.http.async_http_client import AsyncTwilioHttpClient  # type: ignore[import-untyped]
from twilio.http.response import Response  # type: ignore[import-untyped]
from twilio.rest import Client  # type: ignore[import-untyped]

from domain.conversations import Channel, MessageStatus
from domain.troubles import Trouble
from gateways.carrier import (
    CarrierBusy,
    CarrierReceipt,
    CarrierRefused,
    CarrierUnreachable,
    CarrierUnsure,
    Outbound,
)
from gateways.twilio_webhooks import read_status

_LARGEST_PAGE = 1000
_WHATSAPP = "whatsapp:"
_TRIAL_PREFIX = "Sent from your Twilio trial account - "

# A no that concerns the account or the moment, not this text: credentials, a closed account, too many requests.
_STATUSES_OF_THE_MOMENT = frozenset({401, 404})
_CODES_OF_THE_MOMENT = frozenset({20003, 20005, 20404})
_CODES_OF_HASTE = frozenset({14107, 20429, 21611})

_NEVER_CONNECTED = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)
_BROKEN_OFF = (aiohttp.ClientError, OSError, ValueError)  # OSError includes timeouts; ValueError: no JSON came back


class Twilio:
    """A Carrier. A text is offered to Twilio once per `send`, whatever happens: nothing below retries a create."""

    def __init__(
        self, account_sid: str, auth_token: str, api_url: str | None = None, timeout_seconds: float = 10
    ) -> None:
        self._http = _AsyncHttp(timeout_seconds)
        # An empty one would be replaced by the process's own, whose TWILIO_REGION and TWILIO_EDGE rewrite hosts.
        environment = {"TWILIO_REGION": ""}
        client = Client(account_sid, auth_token, http_client=self._http, environment=environment)
        if api_url:
            client.api.base_url = api_url
        self._messages = client.api.v2010.account.messages

    async def send(self, message: Outbound) -> CarrierReceipt:
        try:
            record = await self._messages.create_async(
                from_=_address(message.sender, message.channel),
                to=_address(message.recipient, message.channel),
                body=message.body,
                status_callback=message.status_callback or unset,
                validity_period=message.validity_seconds or unset,
                messaging_service_sid=message.messaging_service or unset,
            )
        except (TwilioRestException, TwilioServiceException) as error:
            raise _judge(error) from error
        except _NEVER_CONNECTED as error:
            raise CarrierUnreachable(f"Twilio cannot be reached: {error}") from error
        except _BROKEN_OFF as error:
            raise CarrierUnsure(f"Twilio took the request and gave no answer ({type(error).__name__}).") from error
        if not record.sid:
            raise CarrierUnsure("Twilio's answer names no message.")
        return _read(record)

    async def find_sent(self, message: Outbound, since: datetime) -> list[CarrierReceipt]:
        try:
            # Not narrowed by DateSent: it knows days only, and a text still queued has none.
            records = await self._messages.list_async(
                from_=_address(message.sender, message.channel),
                to=_address(message.recipient, message.channel),
                page_size=_LARGEST_PAGE,
            )
        except (TwilioException, *_BROKEN_OFF) as error:
            raise CarrierUnsure(f"Twilio did not say what it has sent ({type(error).__name__}).") from error
        earliest = since.replace(microsecond=0)  # Twilio's times have whole seconds.
        receipts = [_read(record) for record in records]
        return [r for r in receipts if _is_same_body(r.body, message.body) and (r.at is None or r.at >= earliest)]

    async def close(self) -> None:
        await self._http.close()


class _AsyncHttp(AsyncTwilioHttpClient):  # type: ignore[misc]
    """The package's async client with a timeout that counts, no retries, no redirects and no phone numbers in logs."""

    def __init__(self, timeout_seconds: float) -> None:
        # Without pooling, because the stock pool is opened in the constructor and so demands a running loop.
        super().__init__(pool_connections=False, timeout=timeout_seconds)
        # A shorter limit for connecting tells "never reached them" from "they may have it".
        self._limits = aiohttp.ClientTimeout(total=timeout_seconds, connect=timeout_seconds / 2)
        self._session: aiohttp.ClientSession | None = None

    async def request(
        self,
        method: str,
        url: str,
        params: dict[str, Any] | None = None,
        data: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        **_unused: object,
    ) -> Response:
        """Replaces the stock one, which ignores the constructor's timeout and with its None lifts aiohttp's as well."""
        sent_headers = {**(headers or {}), **(_authorization(*auth) if auth else {})}
        async with self._open().request(
            method,
            url,
            params=params,
            data=data,
            headers=sent_headers,
            timeout=self._limits,
            allow_redirects=False,  # A create that follows a redirect is a second create.
        ) as answer:
            return Response(answer.status, await answer.text(), answer.headers)

    async def close(self) -> None:
        session, self._session = self._session, None
        if session:
            await session.close()

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession()
        return self._session


def _authorization(user: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


def _judge(error: Any) -> CarrierRefused | Trouble:
    """What an answer that is not a success means for the text."""
    status = error.status if isinstance(error.status, int) else 500
    code = error.code if error.code != status else None  # The package fills a missing code with the HTTP status.
    if status == 429 or code in _CODES_OF_HASTE:
        return CarrierBusy(f"Twilio is given texts too fast (HTTP {status}, code {code}).")
    if status in _STATUSES_OF_THE_MOMENT or code in _CODES_OF_THE_MOMENT:
        return CarrierUnreachable(f"Twilio takes no texts from us now (HTTP {status}, code {code}).")
    if 400 <= status < 500 and status != 408:
        return CarrierRefused(code, _words(error))
    return CarrierUnsure(f"Twilio failed over the text (HTTP {status}, code {code}).")


def _words(error: Any) -> str:
    if isinstance(error, TwilioServiceException):
        return str(error.detail or error.title)
    return str(error.msg).removeprefix("Unable to create record: ")


def _read(record: Any) -> CarrierReceipt:
    return CarrierReceipt(
        external_id=record.sid,
        status=read_status(record.status or "") or MessageStatus.SENT,  # It is listed, so Twilio has taken it.
        sender=(record.from_ or "").removeprefix(_WHATSAPP),
        recipient=(record.to or "").removeprefix(_WHATSAPP),
        body=record.body or "",
        at=record.date_created,
        error_code=record.error_code,
    )


def _address(number: str, channel: Channel) -> str:
    return _WHATSAPP + number if channel is Channel.WHATSAPP else number


def _is_same_body(kept: str, sent: str) -> bool:
    """Trial accounts keep a text with a prefix of Twilio's."""
    return sent in (kept, kept.removeprefix(_TRIAL_PREFIX))
