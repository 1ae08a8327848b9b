"""What a template may be, and what becomes of it when a lead's facts are put in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.campaigns.templates import FIELDS, blocked_words, check_template, fields_of, render
from domain.conversations import Channel, Encoding, count_segments, measure
from domain.refusals import Refusal

ANN = {"first_name": "Ann", "organization": "Sun & Co"}


@pytest.mark.parametrize(
    ("template", "body", "missing"),
    [
        ("Hi {{first_name|there}}, it's {{organization}}.", "Hi Ann, it's Sun & Co.", ()),
        ("Hi {{ first_name }}!", "Hi Ann!", ()),
        ("Hi {{last_name|there}}!", "Hi there!", ()),
        ("Hi {{last_name}}, hello", "Hi , hello", ("last_name",)),
        ("Hi {{last_name|}} {{last_name|}}you", "Hi you", ()),
        ("{{company}} and {{company}}", "and", ("company",)),
        ("{{first_name}}{{first_name}}", "AnnAnn", ()),
        ("Nothing to put in", "Nothing to put in", ()),
    ],
)
def test_facts_take_the_place_of_fields(template: str, body: str, missing: tuple[str, ...]) -> None:
    """S0.16: templates with placeholders."""
    rendered = render(check_template(template), ANN)
    assert (rendered.body, rendered.missing) == (body, missing)


@pytest.mark.parametrize(
    "template",
    [
        "", "  ", "Hi {{first_name", "Hi first_name}}", "Hi {first_name}", "Hi {{{first_name}}}", "Hi {{}}", "a } b",
        "Hi {{first_name|a|b}}", "Hi {{first_name|{{last_name}}}}", "Hi {{first name}}", "Hi {{first_name.upper}}",
        "Hi {{nick_name}}", "Hi {{__class__}}", "Hi {{First_Name}}", "{% if x %}", "x" * 1601,
    ],
)  # fmt: skip
def test_a_template_that_could_not_be_sent_is_refused(template: str) -> None:
    with pytest.raises(Refusal) as refused:
        check_template(template)
    assert refused.value.field == "body"


def test_the_refusal_of_a_field_names_those_there_are() -> None:
    with pytest.raises(Refusal) as refused:
        check_template("Hi {{nick_name|you}}")
    assert "{{nick_name}}" in refused.value.message and all(name in refused.value.message for name in FIELDS)


@given(st.text(max_size=120))
def test_what_a_lead_is_called_is_never_read_as_a_template(name: str) -> None:
    rendered = render("Hi {{first_name|there}}, {{organization}}", {"first_name": name, "organization": "{{name}}"})
    shown = " ".join(name.split())[:100] or "there"
    assert rendered.body == f"Hi {shown}, {{{{name}}}}".replace("  ", " ")
    assert "\n" not in rendered.body


@pytest.mark.parametrize("name", ["{{last_name}}", "{{name|x}}", "\\1", "\\g<0>", "%s", "{0}", "{{organization}}"])
def test_a_name_that_looks_like_a_field_stays_as_it_is(name: str) -> None:
    assert render("Hi {{first_name}}", {"first_name": name, "last_name": "Secret"}).body == f"Hi {name}"


@given(st.lists(st.sampled_from(["a ", "é", "{{first_name|there}}", "{{organization}}", ". "]), min_size=1))
def test_whatever_is_accepted_can_be_shown(parts: list[str]) -> None:
    text = "Hello " + "".join(parts)
    rendered = render(check_template(text), ANN)
    assert "{" not in rendered.body and not rendered.missing
    assert rendered.segments == count_segments(rendered.body)
    assert set(fields_of(text)) <= set(FIELDS)


def test_one_curly_quote_makes_a_text_twice_as_dear() -> None:
    plain = render("x" * 100, {})
    assert (plain.encoding, plain.segments) == (Encoding.GSM_7, 1)
    curly = render("x" * 100 + "{{first_name}}", {"first_name": "O’Hara"})
    assert (curly.encoding, curly.segments) == (Encoding.UCS_2, 2)
    assert measure("€" * 3).units == 6 and measure("😀").units == 2


def test_an_e_mail_may_be_long_and_a_text_may_not() -> None:
    """Neither as it is written, nor with the facts in it."""
    grown = render("x" * 1550 + "{{name}}", {"name": "y" * 100})
    assert blocked_words(grown, Channel.SMS, []) == ("more than 1600 characters",)
    assert blocked_words(grown, Channel.EMAIL, []) == ()
    assert check_template("x" * 100_000, "body", Channel.EMAIL)
    for channel, length in ((Channel.SMS, 1601), (Channel.WHATSAPP, 1601), (Channel.EMAIL, 100_001)):
        with pytest.raises(Refusal):
            check_template("x" * length, "body", channel)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Our cheap panels", ("cheap",)),
        ("Our CHEAP panels. Act\nnow!", ("cheap", "act now")),
        ("Our ｃｈｅａｐ panels", ("cheap",)),
        ("Our che\u200bap panels", ("cheap",)),
        ("cheaper panels, react now", ()),
    ],
)
def test_words_an_organization_wants_in_no_text(text: str, found: tuple[str, ...]) -> None:
    assert blocked_words(render(text, {}), Channel.SMS, ["cheap", "act now"]) == found


def test_a_lead_cannot_smuggle_a_word_in() -> None:
    said = render("Hi {{first_name}} now", {"first_name": "act"})
    assert blocked_words(said, Channel.SMS, ["act now"]) == ("act now",)
