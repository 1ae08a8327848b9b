"""The real mail client against a mail server on loopback: what is sent, refused, put off and in doubt."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from domain.conversations import Channel
from domain.ids import new_id
from gateways.carrier import (
    CarrierBusy,
    CarrierRefused,
    CarrierUnaware,
    CarrierUnreachable,
    Envelope,
    Outbound,
)
from gateways.letters import write_html
from gateways.mail import Mail, MailServer, Patience, read_mail_server
from tests.play.postbox import Mishap, Postbox

OURS, THEIRS = "sales@acme.example", "ann@example.com"
URL = "https://inbox.example.com/unsubscribe/" + "a" * 180


@pytest.fixture
async def postbox() -> AsyncIterator[Postbox]:
    async with Postbox().open() as opened:
        yield opened


@pytest.fixture
async def mail(postbox: Postbox) -> AsyncIterator[Mail]:
    client = Mail(read_mail_server(postbox.url), patience=Patience(5, 5))
    yield client
    await client.close()


def a_letter(body: str = "Hello", recipient: str = THEIRS, **given: Any) -> Outbound:
    usual: dict[str, Any] = {"message_id": new_id(), "subject": "Your roof", "sender_name": "Acme"}
    return Outbound(OURS, recipient, body, Channel.EMAIL, envelope=Envelope(**usual | given))


async def test_an_e_mail_arrives_as_text_and_as_html(mail: Mail, postbox: Postbox) -> None:
    id = new_id()
    body = "Grüße & <b>more</b>:\n\nsee https://acme.example/a?b=1&c=2.\n.\n> quoted"
    receipt = await mail.send(a_letter(body, message_id=id, subject="Ihr Dach – 50 % günstiger? €"))
    letter = postbox.letters[0]
    assert postbox.envelopes == [(OURS, [THEIRS])]
    assert (letter["From"], letter["To"]) == ("Acme <sales@acme.example>", THEIRS)
    assert letter["Subject"] == "Ihr Dach – 50 % günstiger? €"
    assert letter["Message-ID"] == f"<{id.hex}@acme.example>" == f"<{receipt.external_id}>"
    assert [part.get_content_type() for part in letter.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    text, page = (part.get_content().replace("\r\n", "\n") for part in letter.iter_parts())
    assert text == body + "\n"
    assert "Grüße &amp; &lt;b&gt;more&lt;/b&gt;:" in page
    assert '<a href="https://acme.example/a?b=1&amp;c=2">https://acme.example/a?b=1&amp;c=2</a>.<br>' in page
    assert {"Auto-Submitted", "List-Unsubscribe", "In-Reply-To", "References", "Reply-To"}.isdisjoint(letter.keys())
    assert postbox.raw[0].isascii()


async def test_an_answer_names_its_thread_and_a_campaign_its_way_out(mail: Mail, postbox: Postbox) -> None:
    thread = tuple(f"{'x' * 60}{number}@mail.example.com" for number in range(10))
    await mail.send(a_letter(references=thread, answered=thread[4], unsubscribe_url=URL))
    letter, raw = postbox.letters[0], postbox.raw[0]
    assert letter["In-Reply-To"] == f"<{thread[4]}>"
    assert letter["References"].split() == [f"<{reference}>" for reference in thread]
    assert b"\r\nList-Unsubscribe: <" + URL.encode() + b">\r\n" in raw, "an encoded address is one no machine finds"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    text, page = (part.get_content() for part in letter.iter_parts())
    assert URL in text.replace("\r\n", "\n") and f'href="{URL}"' in page


async def test_one_sender_for_all_and_answers_to_the_organization(postbox: Postbox) -> None:
    client = Mail(read_mail_server(postbox.url), "post@rekindle.example")
    await client.send(a_letter(sender_name='Acme, "Roofs" <Ltd>'))
    await client.close()
    letter = postbox.letters[0]
    assert letter["From"].addresses[0].addr_spec == "post@rekindle.example"
    assert letter["From"].addresses[0].display_name == 'Acme, "Roofs" <Ltd>'
    assert letter["Reply-To"].addresses[0].addr_spec == OURS
    assert postbox.envelopes[0][0] == "post@rekindle.example"


@pytest.mark.parametrize("given", ["sender_name", "subject", "answered", "references", "unsubscribe_url"])
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\x0b", "\x85", "\u2028", "\r\n\r\n", "\x00\r\n "])
async def test_nothing_adds_a_header(mail: Mail, postbox: Postbox, given: str, end: str) -> None:
    hostile = f"a{end}Bcc: other@example.com{end}X-Evil: 1"
    values: dict[str, Any] = {given: (hostile,) if given == "references" else hostile}
    await mail.send(a_letter(**values))
    letter = postbox.letters[0]
    assert {"Bcc", "X-Evil"}.isdisjoint(letter.keys())
    assert postbox.envelopes == [(OURS, [THEIRS])]
    head = postbox.raw[0].partition(b"\r\n\r\n")[0]
    assert not [line for line in head.split(b"\r\n") if line.lower().startswith((b"bcc", b"x-evil"))]
    assert letter["Message-ID"], "the head ends where it should"


NO_ADDRESSES = (
    "", "ann", "ann@", "@example.com", "a b@example.com", "ann@example.com>", "ann@x.example\r\nRCPT TO:<x@y.example>",
    "a@b@c.example", "ann@example..com", "änn@example.com", f"{'a' * 65}@x.example", "a..b@example.com", "a@1.2.3.4",
)  # fmt: skip


@pytest.mark.parametrize("address", NO_ADDRESSES)
async def test_what_is_no_address_is_never_said_to_a_server(mail: Mail, postbox: Postbox, address: str) -> None:
    with pytest.raises(CarrierRefused) as refused:
        await mail.send(a_letter(recipient=address))
    assert refused.value.is_address_dead
    assert postbox.tried == 0


async def test_addresses_abroad(mail: Mail, postbox: Postbox) -> None:
    await mail.send(a_letter(recipient="ann+roof@bücher.example"))
    assert postbox.envelopes == [(OURS, ["ann+roof@xn--bcher-kva.example"])]
    assert postbox.letters[0]["To"] == "ann+roof@xn--bcher-kva.example"


@pytest.mark.parametrize(
    ("mishap", "code", "is_dead"),
    [
        (Mishap.NOBODY, 550, True),
        (Mishap.UNWANTED, 550, False),
        (Mishap.SENDER_REFUSED, 553, False),
        (Mishap.REFUSED_AS_SPAM, 554, False),
    ],
)
async def test_a_no_is_a_no(mail: Mail, postbox: Postbox, mishap: Mishap, code: int, is_dead: bool) -> None:
    postbox.mishaps = [mishap]
    with pytest.raises(CarrierRefused) as refused:
        await mail.send(a_letter())
    assert (refused.value.code, refused.value.is_address_dead) == (code, is_dead)
    await mail.send(a_letter())
    assert (len(postbox.letters), postbox.connections) == (1, 1), "the connection is as good as before"


@pytest.mark.parametrize("mishap", [Mishap.GREYLISTED, Mishap.FULL])
async def test_not_now_is_for_later(mail: Mail, postbox: Postbox, mishap: Mishap) -> None:
    postbox.mishaps = [mishap]
    with pytest.raises(CarrierUnreachable) as trouble:
        await mail.send(a_letter())
    assert not isinstance(trouble.value, CarrierBusy), "others may be taken"
    assert postbox.letters == []


@pytest.mark.parametrize("mishap", [Mishap.GOING_DOWN, Mishap.CUT_BEFORE_DATA])
async def test_a_server_that_goes_has_nothing_yet(mail: Mail, postbox: Postbox, mishap: Mishap) -> None:
    postbox.mishaps = [mishap]
    with pytest.raises(CarrierBusy):
        await mail.send(a_letter())
    await mail.send(a_letter())
    assert len(postbox.letters) == 1


@pytest.mark.parametrize("mishap", [Mishap.CUT_AFTER_DATA, Mishap.TAKEN_AND_CUT, Mishap.SILENT])
async def test_without_an_answer_nobody_knows(postbox: Postbox, mishap: Mishap) -> None:
    postbox.mishaps = [mishap]
    client = Mail(read_mail_server(postbox.url), patience=Patience(5, 0.2))
    with pytest.raises(CarrierUnaware):
        await client.send(a_letter())
    assert postbox.tried == 1, "nothing is said twice"
    with pytest.raises(CarrierUnaware):
        await client.find_sent(a_letter(), datetime.now(UTC))
    await client.close()


async def test_a_server_that_is_away_or_lets_nobody_in(postbox: Postbox) -> None:
    await postbox.down()
    urls = [postbox.url]
    await postbox.up()
    urls += [postbox.url.replace("secret", "wrong"), postbox.url.replace("smtp:", "smtps:")]
    for url in urls:
        client = Mail(read_mail_server(url), patience=Patience(1, 1))
        if url == urls[0]:
            await postbox.down()
        with pytest.raises(CarrierBusy):
            await client.send(a_letter())
        if url == urls[0]:
            await postbox.up()
        await client.close()
    assert postbox.letters == []


async def test_one_connection_serves_many_and_a_dead_one_is_left(mail: Mail, postbox: Postbox) -> None:
    for _ in range(3):
        await mail.send(a_letter())
    assert postbox.connections == 1
    await postbox.down()
    await postbox.up()
    await mail.send(a_letter())
    assert (len(postbox.letters), postbox.connections) == (4, 2)


def test_where_a_mail_server_is() -> None:
    plain = read_mail_server("smtp://mail.example.com")
    assert (plain.host, plain.port, plain.start_tls) == ("mail.example.com", 587, None)
    closed = read_mail_server("smtps://u%40x:p%2F@mail.example.com")
    assert closed == MailServer("mail.example.com", 465, "u@x", "p/", is_tls=True)
    assert "p/" not in repr(closed)
    assert read_mail_server("smtp://u:p@mail.example.com:2525").start_tls, "a password goes over TLS alone"
    for wrong in ("", "mail.example.com", "http://mail.example.com", "smtp://"):
        with pytest.raises(ValueError, match="must look like"):
            read_mail_server(wrong)


def test_a_link_ends_where_a_sentence_does() -> None:
    page = write_html('(see https://a.example/b). "https://c.example"<script>')
    assert '(see <a href="https://a.example/b">https://a.example/b</a>).' in page
    assert '&quot;<a href="https://c.example">https://c.example</a>&quot;&lt;script&gt;' in page
