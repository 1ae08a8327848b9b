"""What the loopback carrier posts to the product: the fields of Twilio's webhooks, and their signed delivery."""

import mimetypes
from collections.abc import Mapping

import httpx
import phonenumbers

from cli.demo.carrier_texts import API_VERSION, CarrierText
from domain.conversations import count_segments
from gateways.twilio_webhooks import sign

_PATIENCE_SECONDS = 15


class Post:
    """Posts signed forms, with connections of its own that `close` gives back."""

    def __init__(self, auth_token: str) -> None:
        self._auth_token = auth_token
        self._http: httpx.AsyncClient | None = None

    async def send(self, url: str, fields: Mapping[str, str]) -> httpx.Response:
        if self._http is None:
            # trust_env off: a proxy named in the environment must not stand between neighbours on loopback.
            self._http = httpx.AsyncClient(timeout=_PATIENCE_SECONDS, trust_env=False)
        headers = {
            "X-Twilio-Signature": sign(url, fields, self._auth_token),
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
            "User-Agent": "TwilioProxy/1.1",
        }
        return await self._http.post(url, data=dict(fields), headers=headers)

    async def close(self) -> None:
        http, self._http = self._http, None
        if http:
            await http.aclose()


def report_fields(text: CarrierText, status: str, error_code: int | None) -> dict[str, str]:
    """What a status callback carries."""
    fields = {
        "MessageSid": text.sid,
        "SmsSid": text.sid,
        "MessageStatus": status,
        "SmsStatus": status,
        "AccountSid": text.account_sid,
        "From": text.sender,
        "To": text.recipient,
        "ApiVersion": API_VERSION,
    }
    return fields | ({"ErrorCode": str(error_code)} if error_code else {})


def inbound_fields(text: CarrierText) -> dict[str, str]:
    """What the webhook for an inbound text carries, empty fields included, because they are signed too."""
    fields = {
        "MessageSid": text.sid,
        "SmsSid": text.sid,
        "SmsMessageSid": text.sid,
        "SmsStatus": "received",
        "AccountSid": text.account_sid,
        "From": text.sender,
        "To": text.recipient,
        "Body": text.body,
        "NumMedia": str(len(text.media)),
        "NumSegments": str(count_segments(text.body)),
        "ApiVersion": API_VERSION,
    }
    for number, url in enumerate(text.media):
        fields[f"MediaUrl{number}"] = url
        fields[f"MediaContentType{number}"] = mimetypes.guess_type(url)[0] or "image/jpeg"
    return fields | (_whatsapp(text) if text.sender.startswith("whatsapp:") else _places(text))


def _whatsapp(text: CarrierText) -> dict[str, str]:
    number = text.sender.removeprefix("whatsapp:+")
    return {"WaId": number, "ProfileName": number, "MessageType": "text" if not text.media else "image"}


def _places(text: CarrierText) -> dict[str, str]:
    places: dict[str, str] = {}
    for end, address in (("From", text.sender), ("To", text.recipient)):
        places |= {f"{end}Country": _country(address), f"{end}State": "", f"{end}City": "", f"{end}Zip": ""}
    return places


def _country(address: str) -> str:
    try:
        number = phonenumbers.parse(address)
    except phonenumbers.NumberParseException:  # A short code belongs to no country.
        return ""
    if not number.country_code:
        return ""
    # The numbers reserved for fiction belong to no region, only to a country code.
    return phonenumbers.region_code_for_number(number) or phonenumbers.region_code_for_country_code(number.country_code)
