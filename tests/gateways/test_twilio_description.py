"""What we say to Twilio, and what the carrier on loopback answers, against Twilio's own published description."""

import json
import re
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from jsonschema import Draft202012Validator, FormatChecker  # type: ignore[import-untyped]
from starlette.responses import JSONResponse
from starlette.types import Message, Receive, Scope, Send

from cli.demo.carrier import LoopbackCarrier
from cli.demo.carrier_api import CarrierApi
from cli.demo.door import Door
from domain.conversations import LONGEST_TEXT, LONGEST_VALIDITY_SECONDS, Channel, MessageStatus
from gateways.carrier import CarrierReceipt, CarrierRefused, Outbound
from gateways.twilio import Twilio
from gateways.twilio_webhooks import STATUSES, read_status

DESCRIPTION = json.loads((Path(__file__).parent / "twilio_messages.json").read_text())
DEFINITIONS = DESCRIPTION["$defs"]
ACCOUNT, TOKEN = "AC" + "5" * 32, "a-token"
OURS, THEIRS = "+447700900001", "+447700900123"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
TEXT = Outbound(OURS, THEIRS, "Grüße & 100 % ✓\n+1", Channel.SMS)
EVERYTHING = replace(TEXT, status_callback="https://inbox.example.com/webhooks/twilio?o=1", validity_seconds=90)

_NUMBER = re.compile(r"([a-z]+:)?\+[1-9]\d{6,14}")  # E.164, or that behind the name of a channel
_FORMATS: dict[str, Callable[[str], object]] = {
    "phone-number": _NUMBER.fullmatch,
    "uri": lambda text: urlsplit(text).scheme in ("http", "https") and urlsplit(text).hostname,
    "uri-reference": lambda text: text.startswith("/"),
    "currency": re.compile(r"[A-Za-z]{3}").fullmatch,
    "date-time-rfc-2822": lambda text: parsedate_to_datetime(text).utcoffset() == timedelta(),
}


def _checker() -> FormatChecker:
    checker = FormatChecker(formats=())
    for name, holds in _FORMATS.items():
        checker.checks(name, raises=ValueError)(lambda it, holds=holds: not isinstance(it, str) or bool(holds(it)))
    checker.checks("uri-map")(lambda it: it is None or all(str(uri).startswith("/") for uri in it.values()))
    return checker


_CHECKER = _checker()


def faults(name: str, it: object) -> list[str]:
    """What of it is not as Twilio describes it."""
    validator = Draft202012Validator({**DESCRIPTION, "$ref": f"#/$defs/{name}"}, format_checker=_CHECKER)
    return [error.message for error in validator.iter_errors(it)]


def typed(name: str, pairs: list[tuple[str, str]]) -> dict[str, object]:
    """A form or a query, whose values are all text on the wire, with those that are numbers or truths read as such."""
    properties = DEFINITIONS[name]["properties"]
    assert len(dict(pairs)) == len(pairs), "a field was sent twice"
    plain = ("integer", "number", "boolean")
    return {key: json.loads(it) if properties.get(key, {}).get("type") in plain else it for key, it in pairs}


@dataclass
class Exchange:
    """One request and its answer, as they went over the wire."""

    scope: Scope
    asked: bytearray = field(default_factory=bytearray)
    answered: bytearray = field(default_factory=bytearray)

    @property
    def form(self) -> dict[str, object]:
        return typed("create", parse_qsl(self.asked.decode(), keep_blank_values=True, strict_parsing=True))

    @property
    def query(self) -> dict[str, object]:
        return typed("list", parse_qsl(self.scope["query_string"].decode(), keep_blank_values=True))

    @property
    def answer(self) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(self.answered)
        return answer


class Wire:
    """The carrier's API behind a door that keeps what passes through."""

    def __init__(self) -> None:
        self.carrier = LoopbackCarrier(ACCOUNT, TOKEN, inbound_url="")
        self.exchanges: list[Exchange] = []
        self.door = Door(self)
        self._api = CarrierApi(self.carrier, lambda text: None, lambda caller: None).app()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        exchange = Exchange(scope)
        self.exchanges.append(exchange)

        async def hear() -> Message:
            message = await receive()
            exchange.asked.extend(message.get("body", b""))
            return message

        async def say(message: Message) -> None:
            exchange.answered.extend(message.get("body", b""))
            await send(message)

        await self._api(scope, hear, say)


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    wire = Wire()
    await wire.door.open()
    yield wire
    await wire.door.shut()
    await wire.carrier.close()


@pytest.fixture
async def twilio(wire: Wire) -> AsyncIterator[Twilio]:
    twilio = Twilio(ACCOUNT, TOKEN, wire.door.base_url, timeout_seconds=5)
    yield twilio
    await twilio.close()


@pytest.mark.parametrize(
    ("name", "it"),
    [
        ("create", {"To": THEIRS, "From": OURS}),
        ("create", {"To": THEIRS, "Body": "x"}),
        ("create", {"To": "07700 900123", "From": OURS, "Body": "x"}),
        ("create", {"To": THEIRS, "From": OURS, "Body": "x", "Validity": 1}),
        ("create", {"To": THEIRS, "From": OURS, "Body": "x", "ValidityPeriod": 36_001}),
        ("create", {"To": THEIRS, "From": OURS, "Body": "x", "StatusCallback": "/status"}),
        ("list", {"PageSize": 1001}),
        ("message", {"sid": "SM1"}),
        ("message", {"status": "answered"}),
        ("message", {"error_code": "30003"}),
        ("message", {"date_created": "2026-03-01T00:00:00Z"}),
        ("message", {"date_created": "Sun, 01 Mar 2026 05:30:00 +0530"}),
        ("page", {"messages": [{"direction": "outbound"}]}),
    ],
)
def test_what_is_not_as_described_is_found(name: str, it: object) -> None:
    assert faults(name, it)


@pytest.mark.parametrize("text", [TEXT, EVERYTHING, replace(EVERYTHING, channel=Channel.WHATSAPP)])
async def test_every_field_that_is_sent_is_one_of_twilios(wire: Wire, twilio: Twilio, text: Outbound) -> None:
    await twilio.send(text)
    [exchange] = wire.exchanges
    assert (exchange.scope["method"], faults("create", exchange.form)) == ("POST", [])
    prefix = "whatsapp:" if text.channel is Channel.WHATSAPP else ""
    optional = {"StatusCallback": text.status_callback, "ValidityPeriod": text.validity_seconds}
    assert exchange.form == {
        "From": prefix + OURS,
        "To": prefix + THEIRS,
        "Body": text.body,
        **{name: value for name, value in optional.items() if value},
    }


async def test_the_bounds_are_twilios(wire: Wire, twilio: Twilio) -> None:
    create = DEFINITIONS["create"]["properties"]
    validity = create["ValidityPeriod"]
    assert (validity["minimum"], validity["maximum"]) == (1, LONGEST_VALIDITY_SECONDS)
    assert create["Body"]["maxLength"] == LONGEST_TEXT
    await twilio.send(replace(TEXT, body="x" * LONGEST_TEXT, validity_seconds=LONGEST_VALIDITY_SECONDS))
    for text in (replace(TEXT, body="x" * (LONGEST_TEXT + 1)), replace(TEXT, validity_seconds=36_001)):
        with pytest.raises(CarrierRefused):
            await twilio.send(text)
    assert [bool(faults("create", exchange.form)) for exchange in wire.exchanges] == [False, True, True]


async def test_every_parameter_of_a_list_is_one_of_twilios(wire: Wire, twilio: Twilio) -> None:
    for _ in range(1001):
        wire.carrier.accept({"From": f"whatsapp:{OURS}", "To": f"whatsapp:{THEIRS}", "Body": TEXT.body})
    found = await twilio.find_sent(replace(TEXT, channel=Channel.WHATSAPP), LONG_AGO)
    first, second = wire.exchanges
    assert [faults("list", exchange.query) for exchange in (first, second)] == [[], []]
    assert set(first.query) == {"From", "To", "PageSize"}
    assert set(second.query) == {"From", "To", "PageSize", "Page", "PageToken"}
    assert (len(found), faults("page", first.answer), faults("page", second.answer)) == (1001, [], [])


async def test_every_resource_that_the_carrier_answers_is_as_described(wire: Wire, twilio: Twilio) -> None:
    wire.carrier.undeliver_next(30005)
    for channel in (Channel.SMS, Channel.WHATSAPP):
        await twilio.send(replace(EVERYTHING, channel=channel, status_callback=""))
    wire.carrier.accept({"MessagingServiceSid": "MG" + "0" * 32, "To": THEIRS, "Body": "from whichever is free"})
    for text in wire.carrier.accepted[:2]:
        await wire.carrier.deliver(text)
    wire.carrier.inbound_url = f"{wire.door.base_url}/nobody"
    await wire.carrier.say(THEIRS, OURS, "STOP ✋", media=["http://127.0.0.1/a.png"])
    url = f"{wire.door.base_url}/2010-04-01/Accounts/{ACCOUNT}/Messages"
    async with httpx.AsyncClient(auth=(ACCOUNT, TOKEN), trust_env=False) as caller:
        listed = (await caller.get(f"{url}.json")).json()
        fetched = (await caller.get(f"{url}/{wire.carrier.accepted[0].sid}.json")).json()
    created = [exchange.answer for exchange in wire.exchanges[:2]]
    assert [faults("message", resource) for resource in (*created, fetched)] == [[], [], []]
    assert (faults("page", listed), set(listed)) == ([], set(DEFINITIONS["page"]["properties"]))
    for resource in (*created, fetched, *listed["messages"]):
        assert set(resource) == set(DEFINITIONS["message"]["properties"])
    assert {(it["direction"], it["status"], it["error_code"], it["error_message"]) for it in listed["messages"]} == {
        ("outbound-api", "undelivered", 30005, "Unknown destination handset"),
        ("outbound-api", "delivered", None, None),
        ("outbound-api", "accepted", None, None),
        ("inbound", "received", None, None),
    }


async def test_dates_are_in_gmt_whatever_the_carriers_clock_says(wire: Wire, twilio: Twilio) -> None:
    kolkata = timezone(timedelta(hours=5, minutes=30))
    at = datetime(2026, 3, 1, 2, 0, 0, tzinfo=kolkata)
    wire.carrier.clock = lambda: at
    receipt = await twilio.send(TEXT)
    assert (receipt.at, faults("message", wire.exchanges[0].answer)) == (at, [])


def test_we_know_exactly_the_words_twilio_has_for_a_status() -> None:
    """Those of inbound texts mean nothing to us, as only texts of ours have a state."""
    inbound = {"receiving", "received"}
    assert set(STATUSES) | inbound == set(DEFINITIONS["status"]["enum"])
    assert {word for word in DEFINITIONS["status"]["enum"] if read_status(word) is None} == inbound


FULL: dict[str, object] = {
    "sid": "SM" + "a" * 32,
    "account_sid": ACCOUNT,
    "status": "undelivered",
    "direction": "outbound-api",
    "from": f"whatsapp:{OURS}",
    "to": f"whatsapp:{THEIRS}",
    "body": "Hello",
    "date_created": "Sun, 01 Mar 2026 09:30:15 +0000",
    "date_sent": "Sun, 01 Mar 2026 10:00:00 +0000",
    "date_updated": "Sun, 01 Mar 2026 11:00:00 +0000",
    "error_code": 30007,
    "error_message": "Carrier violation",
    "messaging_service_sid": "MG" + "b" * 32,
    "num_segments": "1",
    "num_media": "0",
    "price": "-0.00750",
    "price_unit": "USD",
    "api_version": "2010-04-01",
    "uri": f"/2010-04-01/Accounts/{ACCOUNT}/Messages/SM{'a' * 32}.json",
    "subresource_uris": {"media": f"/2010-04-01/Accounts/{ACCOUNT}/Messages/SM{'a' * 32}/Media.json"},
}
BARE = dict.fromkeys(FULL) | {"sid": FULL["sid"], "status": "queued", "direction": "outbound-api"}


@pytest.mark.parametrize(
    ("resource", "receipt"),
    [
        (
            FULL,
            CarrierReceipt(
                external_id="SM" + "a" * 32,
                status=MessageStatus.UNDELIVERED,
                sender=OURS,
                recipient=THEIRS,
                body="Hello",
                at=datetime(2026, 3, 1, 9, 30, 15, tzinfo=UTC),
                error_code=30007,
            ),
        ),
        (BARE, CarrierReceipt("SM" + "a" * 32, MessageStatus.SENT, "", "", "", None, None)),
    ],
    ids=["everything is said", "what may be null is null"],
)
async def test_all_that_is_read_of_a_record_is_described(
    resource: Mapping[str, object], receipt: CarrierReceipt
) -> None:
    assert (faults("message", resource), set(resource)) == ([], set(DEFINITIONS["message"]["properties"]))
    door = Door(JSONResponse(resource, 201))
    await door.open()
    twilio = Twilio(ACCOUNT, TOKEN, door.base_url)
    assert asdict(await twilio.send(TEXT)) == asdict(receipt)
    await twilio.close()
    await door.shut()
