"""The real Twilio client against the carrier on loopback: what is sent, refused, in doubt, found again and believed."""

import gc
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO

import aiohttp
import httpx
import pytest
from starlette.applications import Starlette
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from cli.demo.carrier import LoopbackCarrier, serve_carrier
from cli.demo.door import Door
from domain.conversations import Channel, MessageStatus
from domain.troubles import Trouble
from gateways.carrier import CarrierRefused, CarrierUnreachable, CarrierUnsure, Outbound
from gateways.twilio import Twilio
from gateways.twilio_webhooks import is_genuine, read_status, sign

ACCOUNT = "AC" + "5" * 32
TOKEN = "a-token"
OURS, THEIRS = "+447700900001", "+447700900123"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def a_text(
    body: str = "Hello", recipient: str = THEIRS, channel: Channel = Channel.SMS, status_callback: str = ""
) -> Outbound:
    return Outbound(OURS, recipient, body, channel, status_callback)


@pytest.fixture
async def carrier() -> AsyncIterator[LoopbackCarrier]:
    carrier = LoopbackCarrier(ACCOUNT, TOKEN, inbound_url="http://127.0.0.1:1/inbound")
    async with serve_carrier(carrier):
        yield carrier


@pytest.fixture
async def twilio(carrier: LoopbackCarrier) -> AsyncIterator[Twilio]:
    twilio = Twilio(ACCOUNT, TOKEN, carrier.base_url, timeout_seconds=5)
    yield twilio
    await twilio.close()


class Listener:
    """The product's side of the webhooks: keeps what was posted and whether the signature held."""

    def __init__(self) -> None:
        self.posts: list[tuple[FormData, bool]] = []
        self._door = Door(Starlette(routes=[Route("/{path:path}", self._hear, methods=["POST"])]))

    @property
    def base_url(self) -> str:
        return self._door.base_url

    async def _hear(self, request: Request) -> Response:
        form = await request.form()
        self.posts.append((form, is_genuine(str(request.url), form, request.headers["X-Twilio-Signature"], TOKEN)))
        return Response(status_code=204)

    async def __aenter__(self) -> "Listener":
        await self._door.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._door.shut()


async def test_a_text_goes_by_the_service_its_number_is_one_of(carrier: LoopbackCarrier, twilio: Twilio) -> None:
    """And is found again by its number."""
    service = "MG" + "5" * 32
    receipt = await twilio.send(replace(a_text(), messaging_service=service))
    assert (carrier.accepted[0].service_sid, carrier.accepted[0].sender) == (service, OURS)
    assert [found.external_id for found in await twilio.find_sent(a_text(), LONG_AGO)] == [receipt.external_id]


async def test_a_text_is_tried_for_as_long_as_is_said(carrier: LoopbackCarrier, twilio: Twilio) -> None:
    for seconds in (None, 90, 36_000):
        await twilio.send(replace(a_text(), validity_seconds=seconds))
    assert [taken.validity_seconds for taken in carrier.accepted] == [None, 90, 36_000]


async def test_a_text_is_accepted_and_its_receipt_says_what_was_taken(carrier: LoopbackCarrier, twilio: Twilio) -> None:
    receipt = await twilio.send(a_text("Grüße & 100 % ✓\n+1", status_callback="http://127.0.0.1:1/status"))
    [taken] = carrier.accepted
    assert (taken.sender, taken.recipient, taken.body) == (OURS, THEIRS, "Grüße & 100 % ✓\n+1")
    assert taken.status_callback == "http://127.0.0.1:1/status"
    assert (receipt.external_id, receipt.status, receipt.error_code) == (taken.sid, MessageStatus.SENT, None)
    assert (receipt.sender, receipt.recipient, receipt.body) == (OURS, THEIRS, taken.body)
    assert receipt.at == taken.created_at.replace(microsecond=0)


async def test_whatsapp_addresses_carry_their_prefix_on_the_wire_only(carrier: LoopbackCarrier, twilio: Twilio) -> None:
    text = a_text(channel=Channel.WHATSAPP)
    receipt = await twilio.send(text)
    assert (carrier.accepted[0].sender, carrier.accepted[0].recipient) == (f"whatsapp:{OURS}", f"whatsapp:{THEIRS}")
    assert (receipt.sender, receipt.recipient) == (OURS, THEIRS)
    assert [found.external_id for found in await twilio.find_sent(text, LONG_AGO)] == [receipt.external_id]
    assert await twilio.find_sent(a_text(), LONG_AGO) == []


@pytest.mark.parametrize(
    ("code", "recipient", "prepare"),
    [
        (21211, "+0", lambda carrier: None),
        (21614, "+15005550009", lambda carrier: None),
        (21610, THEIRS, lambda carrier: carrier.opted_out.add(THEIRS)),
        (21606, THEIRS, lambda carrier: carrier.numbers.add("+447700900999")),
        (30037, THEIRS, lambda carrier: carrier.fail_next(code=30037)),
    ],
)
async def test_a_definite_no_carries_twilios_code(
    carrier: LoopbackCarrier, twilio: Twilio, code: int, recipient: str, prepare: Callable[[LoopbackCarrier], None]
) -> None:
    prepare(carrier)
    with pytest.raises(CarrierRefused) as refused:
        await twilio.send(a_text(recipient=recipient))
    assert refused.value.code == code
    assert refused.value.message and not refused.value.message.startswith("Unable to create")
    assert (carrier.accepted, carrier.create_count) == ([], 1)


@pytest.mark.parametrize(
    ("http_status", "code", "trouble"),
    [
        (429, None, CarrierUnreachable),
        (400, 20429, CarrierUnreachable),
        (429, 21611, CarrierUnreachable),
        (401, None, CarrierUnreachable),
        (408, None, CarrierUnsure),
        (500, None, CarrierUnsure),
        (503, None, CarrierUnsure),
        (307, None, CarrierUnsure),
    ],
)
async def test_a_failure_of_the_moment_is_trouble_and_is_not_retried(
    carrier: LoopbackCarrier, twilio: Twilio, http_status: int, code: int | None, trouble: type[Trouble]
) -> None:
    carrier.fail_next(http_status, code)
    with pytest.raises(trouble):
        await twilio.send(a_text())
    assert (carrier.accepted, carrier.create_count) == ([], 1)


async def test_a_text_whose_answer_never_comes_is_in_doubt_and_found_once(carrier: LoopbackCarrier) -> None:
    impatient = Twilio(ACCOUNT, TOKEN, carrier.base_url, timeout_seconds=0.2)
    carrier.hang_next()
    with pytest.raises(CarrierUnsure):
        await impatient.send(a_text())
    assert [found.external_id for found in await impatient.find_sent(a_text(), LONG_AGO)] == [carrier.accepted[0].sid]
    assert (len(carrier.accepted), carrier.create_count) == (1, 1)
    await impatient.close()


async def test_a_connection_cut_after_accepting_is_in_doubt_and_never_retried(
    carrier: LoopbackCarrier, twilio: Twilio
) -> None:
    await twilio.send(a_text("first"))  # so that the connection is a used one, which clients like to retry on
    carrier.drop_next()
    with pytest.raises(CarrierUnsure):
        await twilio.send(a_text("second"))
    assert (len(carrier.accepted), carrier.create_count) == (2, 2)


async def test_a_carrier_that_is_down_is_unreachable_until_it_is_back(carrier: LoopbackCarrier, twilio: Twilio) -> None:
    await carrier.refuse_connections()
    with pytest.raises(CarrierUnreachable):
        await twilio.send(a_text())
    with pytest.raises(CarrierUnsure):
        await twilio.find_sent(a_text(), LONG_AGO)
    await carrier.accept_connections()
    await twilio.send(a_text())
    assert len(carrier.accepted) == 1


async def test_wrong_credentials_are_trouble_for_every_text_not_a_refusal_of_one(carrier: LoopbackCarrier) -> None:
    stranger = Twilio(ACCOUNT, "another token", carrier.base_url)
    with pytest.raises(CarrierUnreachable):
        await stranger.send(a_text())
    with pytest.raises(CarrierUnsure):
        await stranger.find_sent(a_text(), LONG_AGO)
    await stranger.close()


@pytest.mark.parametrize(
    ("http_status", "body", "raised"),
    [(200, "<html>", CarrierUnsure), (201, "", CarrierUnsure), (400, "<html>", CarrierRefused)],
)
async def test_an_answer_that_is_not_twilios(http_status: int, body: str, raised: type[Exception]) -> None:
    door = Door(Response(body, http_status))
    await door.open()
    lost = Twilio(ACCOUNT, TOKEN, door.base_url)
    with pytest.raises(raised) as answered:
        await lost.send(a_text())
    assert getattr(answered.value, "code", None) is None
    with pytest.raises(CarrierUnsure):
        await lost.find_sent(a_text(), LONG_AGO)
    await lost.close()
    await door.shut()


async def test_find_sent_finds_exactly_the_text(carrier: LoopbackCarrier, twilio: Twilio) -> None:
    carrier.is_reporting = False  # still queued at the carrier, so without a date of sending
    wanted = await twilio.send(a_text("Hello"))
    await twilio.send(a_text("hello"))
    await twilio.send(a_text("Hello", recipient="+447700900124"))
    await twilio.send(a_text("Hello", channel=Channel.WHATSAPP))
    assert await twilio.find_sent(a_text("Hello"), carrier.accepted[0].created_at) == [wanted]


async def test_find_sent_leaves_out_what_was_sent_before(carrier: LoopbackCarrier, twilio: Twilio) -> None:
    start = datetime(2026, 3, 1, 23, 59, 30, 400_000, tzinfo=UTC)
    carrier.is_reporting = False
    carrier.clock = iter([start, start + timedelta(seconds=60)]).__next__
    await twilio.send(a_text())
    await twilio.send(a_text())
    assert len(await twilio.find_sent(a_text(), start)) == 2
    assert [r.at for r in await twilio.find_sent(a_text(), start + timedelta(seconds=1))] == [
        start.replace(microsecond=0) + timedelta(seconds=60)
    ]
    assert await twilio.find_sent(a_text(), start + timedelta(seconds=61)) == []


async def test_find_sent_knows_the_prefix_of_a_trial_account(carrier: LoopbackCarrier, twilio: Twilio) -> None:
    carrier.body_prefix = "Sent from your Twilio trial account - "
    await twilio.send(a_text())
    assert len(await twilio.find_sent(a_text(), LONG_AGO)) == 1


async def test_find_sent_reads_every_page_and_says_what_became_of_each(
    carrier: LoopbackCarrier, twilio: Twilio
) -> None:
    carrier.undeliver_next(30005)
    for _ in range(3):
        await twilio.send(a_text())
    await carrier.settled()
    for _ in range(1100):
        carrier.accept({"From": OURS, "To": THEIRS, "Body": "filler"})
    found = await twilio.find_sent(a_text(), LONG_AGO)
    assert [(r.status, r.error_code) for r in found] == [
        (MessageStatus.DELIVERED, None),
        (MessageStatus.DELIVERED, None),
        (MessageStatus.UNDELIVERED, 30005),
    ]


async def test_the_environment_cannot_send_the_texts_elsewhere(
    carrier: LoopbackCarrier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TWILIO_REGION", "au1")
    monkeypatch.setenv("TWILIO_EDGE", "sydney")
    twilio = Twilio(ACCOUNT, TOKEN, carrier.base_url)
    await twilio.send(a_text())
    await twilio.close()
    assert len(carrier.accepted) == 1


async def test_close_leaves_no_open_session(carrier: LoopbackCarrier) -> None:
    before = _open_sessions()
    twilio = Twilio(ACCOUNT, TOKEN, carrier.base_url)
    await twilio.send(a_text())
    assert _open_sessions() == before + 1
    await twilio.close()
    await twilio.close()
    assert _open_sessions() == before


def _open_sessions() -> int:
    return sum(1 for thing in gc.get_objects() if type(thing) is aiohttp.ClientSession and not thing.closed)


def test_a_client_can_be_made_before_any_loop_runs() -> None:
    Twilio(ACCOUNT, TOKEN)


async def test_status_callbacks_are_genuine_and_in_order(carrier: LoopbackCarrier, twilio: Twilio) -> None:
    async with Listener() as product:
        carrier.undeliver_next(30003)
        lost = await twilio.send(a_text(status_callback=f"{product.base_url}/status?organization=1"))
        await carrier.settled()
        kept = await twilio.send(a_text(status_callback=f"{product.base_url}/status"))
        await carrier.settled()
    assert [(f["MessageSid"], f["MessageStatus"], f.get("ErrorCode"), genuine) for f, genuine in product.posts] == [
        (lost.external_id, "sent", None, True),
        (lost.external_id, "undelivered", "30003", True),
        (kept.external_id, "sent", None, True),
        (kept.external_id, "delivered", None, True),
    ]
    assert [report.http_status for report in carrier.reports] == [204] * 4


async def test_an_inbound_text_is_genuine_and_can_be_repeated(carrier: LoopbackCarrier) -> None:
    async with Listener() as product:
        carrier.inbound_url = f"{product.base_url}/inbound"
        answer = await carrier.say(THEIRS, OURS, "STOP ✋", media=["http://127.0.0.1/a.png"], sid="MM1")
        await carrier.say(THEIRS, OURS, "STOP ✋", media=["http://127.0.0.1/a.png"], sid="MM1")
    [(first, was_genuine), (second, _)] = product.posts
    assert (answer.status_code, was_genuine) == (204, True)
    assert dict(first) == dict(second)
    assert (first["From"], first["To"], first["Body"], first["NumMedia"]) == (THEIRS, OURS, "STOP ✋", "1")
    assert (first["MessageSid"], first["MediaUrl0"], first["FromCountry"], first["FromCity"]) == (
        "MM1",
        "http://127.0.0.1/a.png",
        "GB",
        "",
    )
    assert len(carrier.heard) == 1


async def test_the_carrier_shows_one_message_and_knows_no_stranger(carrier: LoopbackCarrier, twilio: Twilio) -> None:
    receipt = await twilio.send(a_text())
    url = f"{carrier.base_url}/2010-04-01/Accounts/{ACCOUNT}/Messages"
    async with httpx.AsyncClient(auth=(ACCOUNT, TOKEN), trust_env=False) as caller:
        assert (await caller.get(f"{url}/{receipt.external_id}.json")).json()["body"] == "Hello"
        assert (await caller.get(f"{url}/SM0.json")).json()["code"] == 20404
        found = await caller.get(f"{url}.json", params={"DateSent>": "2999-01-01"})
        assert found.json()["messages"] == []
    async with httpx.AsyncClient(auth=(ACCOUNT, "wrong"), trust_env=False) as stranger:
        answer = await stranger.post(f"{url}.json", data={"To": THEIRS})
    assert (answer.status_code, answer.json()["code"], answer.json()["status"]) == (401, 20003, 401)
    assert carrier.create_count == 1


URL = "https://inbox.example.com/webhooks/twilio?organization=7"
FIELDS = {"From": THEIRS, "To": OURS, "Body": "Hello", "FromCity": ""}


def test_the_signature_is_twilios() -> None:
    """The example of Twilio's own documentation and libraries."""
    caller = "+14158675309"
    fields = {"CallSid": "CA1234567890ABCDE", "Caller": caller, "Digits": "1234", "From": caller, "To": "+18005551212"}
    assert sign("https://mycompany.com/myapp.php?foo=1&bar=2", fields, "12345") == "RSOYDt4T1cUTdK1PDd93/VVr8B8="


@pytest.mark.parametrize(
    ("url", "fields", "token", "is_believed"),
    [
        (URL, FIELDS, TOKEN, True),
        (URL.replace(".com/", ".com:443/"), FIELDS, TOKEN, True),
        (URL.replace(".com/", ".com:8443/"), FIELDS, TOKEN, True),
        (URL.replace("organization=7", "organization=8"), FIELDS, TOKEN, False),
        (URL.replace("https", "http"), FIELDS, TOKEN, False),
        (URL, FIELDS | {"Body": "hello"}, TOKEN, False),
        (URL, FIELDS | {"Extra": "1"}, TOKEN, False),
        (URL, {"From": THEIRS, "To": OURS, "Body": "Hello"}, TOKEN, False),
        (URL, FIELDS | {"Body": "\ud800"}, TOKEN, False),
        (URL, FIELDS, "another token", False),
        (URL, FIELDS, "", False),
    ],
)
def test_only_what_was_signed_is_believed(url: str, fields: dict[str, str], token: str, is_believed: bool) -> None:
    assert is_genuine(url, FormData(fields), sign(URL, FIELDS, TOKEN), token) is is_believed


@pytest.mark.parametrize("signature", ["", "x", "é", "RSOYDt4T1cUTdK1PDd93/VVr8B8="])
def test_a_made_up_signature_is_not_believed(signature: str) -> None:
    assert not is_genuine(URL, FormData(FIELDS), signature, TOKEN)


def test_repeated_fields_are_signed_each() -> None:
    pairs: list[tuple[str, str | UploadFile]] = [("Media", "b"), ("To", OURS), ("Media", "a")]
    signature = sign(URL, {"Media": "a" + "Media" + "b", "To": OURS}, TOKEN)  # values in order, the name before each
    assert is_genuine(URL, FormData(pairs), signature, TOKEN)
    assert not is_genuine(URL, FormData(pairs[:2]), signature, TOKEN)
    assert not is_genuine(URL, FormData(dict(pairs)), signature, TOKEN)


def test_a_file_in_the_form_is_not_believed() -> None:
    form = FormData([("Body", "Hello"), ("File", UploadFile(BytesIO(b"x")))])
    assert not is_genuine(URL, form, sign(URL, {"Body": "Hello"}, TOKEN), TOKEN)


def test_an_empty_token_signs_nothing_that_is_believed() -> None:
    assert not is_genuine(URL, FormData(FIELDS), sign(URL, FIELDS, ""), "")


@pytest.mark.parametrize(
    ("word", "status"),
    [
        *((word, MessageStatus.SENT) for word in ("accepted", "scheduled", "queued", "sending", "sent")),
        ("partially_delivered", MessageStatus.SENT),
        ("delivered", MessageStatus.DELIVERED),
        ("read", MessageStatus.READ),
        ("failed", MessageStatus.FAILED),
        ("undelivered", MessageStatus.UNDELIVERED),
        ("canceled", MessageStatus.CANCELED),
        ("receiving", None),
        ("received", None),
        ("", None),
    ],
)
def test_twilios_words_for_a_status(word: str, status: MessageStatus | None) -> None:
    assert read_status(word) is status
