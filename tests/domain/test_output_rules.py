"""What plain code keeps out of an answer, however it is disguised, and what it lets pass."""

import base64
import time
from dataclasses import replace

import pytest

from domain.output_rules import REASONS, OutputRule, OutputRules, find_breaches
from domain.outputs.folding import find_phrases
from domain.outputs.never_rules import Kind, read_never_rule

KNOWLEDGE = """A system of ten panels costs £6,500, or 36 x £199 a month. Batteries are 2400 pounds. Sign within May
and get 5% off. The survey is free of charge. Our office is open from nine to five on weekdays, on 0113 496 0999.
Our panels come with a warranty of twenty-five years, and the inverter with one of ten years."""
PROMPT = f"""You write for Acme Solar in Leeds. You are friendly and brief, and never argue with anybody about politics.
Goal: agree on a survey with people who asked about panels some time ago and have not heard from us since then.
{KNOWLEDGE}"""
RULES = OutputRules(
    blacklisted_words=("guaranteed", "cheap", "risk-free", "act now", "no obligation", "C++", "дешево"),
    links=("https://cal.com/acme/survey", "https://www.acme-solar.co.uk/"),
    contacts=("+447700900123", "ann@example.com", "hello@acme-solar.co.uk"),
    confidential=PROMPT,
    knowledge=KNOWLEDGE,
    marks=("5f0c9a7be81d44d09c21aa37",),
)
INNOCENT = [
    "Hi Ann, thanks for getting back to us. Would Tuesday or Thursday suit you better for a quick call?",
    "Great to hear, Ann. You can pick a time here: https://cal.com/acme/survey. Or shall we suggest one?",
    "You can read about it at www.acme-solar.co.uk/panels?from=text, or ask me.",
    "It's on acme-solar.co.uk.",
    "A system of ten panels costs £6,500, or £199 a month over 36 months. Shall we look at your roof?",
    "Ten panels are 6500 pounds. A battery would be £2,400 on top.",
    "If you sign within May, you get 5 % off.",
    "The survey is free of charge, and takes about 45 minutes. Are you free on Friday at 10:30?",
    "Are you free for a chat this week? I have a free slot at 3pm.",
    "I am 100% sure that we can find a time. 10.30-11.30 on 3/4 would do.",
    "Our panels come with a warranty of twenty-five years, and the inverter with one of ten years. Shall we talk?",
    "No problem at all. When would be a better time to get in touch?",
    "We have your number as +44 7700 900123 and your address as ann@example.com. Are they still right?",
    "The office is on 0113 496 0999, from nine to five on weekdays.",
    "We put up 12 panels in 2 days at a house like yours in 2024-2025.",
    "I would rather not guess, so a colleague will get back to you here.",
    "Grüße aus Leeds! Passt Ihnen Dienstag um 14 Uhr?",
    "Здравствуйте, Анна! Когда вам удобно поговорить?",
    "你好，安。周二还是周四方便？",
    "Thanks e.g. for the photos, i.e. the roof. Best, Sam",
    "Great.When suits you? Either way is fine.So tell us.",
    "Your roof faces south-west, which is good: 3.5 kW would do. Ref AB12CDE, postcode LS1 4AP.",
    "A risk, free of charge? No: only a survey.",
    "The guarantor does not need to be there; we reacted nowhere near fast enough, sorry.",
    "“Yes”, she said. It's Sam & Sons – all good ✓",
    "You said half past three. I can't be sure of that, but I will ask.",
    "We spoke to you on 12/03/2026 at 10am. Is the two-storey house still the one?",
    "I'll ask a colleague, and they will be in touch by tomorrow.",
    "One or two of the panels are in shade, but eight are not.",
    "Thanks for your order of events; the details are with a colleague now.",
    "We're at 24-26 Chester Road, Manchester M15 4EY, just off the A56.",
    "It has done 23,450 miles, does 52 mpg and 0-62 in 8.5 seconds; fifteen thousand miles a year is fine.",
    "I'll put you down for 2pm on 12.03.2026 then; a colleague will confirm it. We can come at 7, or half 8.",
    "It is £199/month, and £6,500 in all.",
    "I will ask the manager, who has to approve it. Yes,commonly on the day.",
    "Rate us if you like! It costs nothing to ask, and two minutes of your time.",
]


def rules_of(text: str, rules: OutputRules = RULES) -> set[OutputRule]:
    return {breach.rule for breach in find_breaches(text, rules)}


@pytest.mark.parametrize("text", INNOCENT)
def test_an_innocent_text_passes(text: str) -> None:
    assert find_breaches(text, RULES) == ()


def test_every_rule_has_a_reason() -> None:
    assert set(REASONS) == set(OutputRule)


@pytest.mark.parametrize("text", ["", "  \n\t", "\u200b \ufeff"])
def test_nothing_is_nothing_to_send(text: str) -> None:
    assert rules_of(text) == {OutputRule.EMPTY}


def test_how_long_a_text_may_be() -> None:
    words = "Nice to hear from you, Ann. "
    assert rules_of(words * 16) == set() and rules_of(words * 17) == {OutputRule.TOO_LONG}
    mail = OutputRules(most_segments=None, most_characters=2000)
    assert rules_of(words * 71, mail) == set() and rules_of(words * 72, mail) == {OutputRule.TOO_LONG}


@pytest.mark.parametrize("text", ["Hi\x00", "Hi \ud83d", "\x1b[2J Hi"])
def test_what_no_carrier_takes(text: str) -> None:
    assert rules_of(text) == {OutputRule.UNSENDABLE}


BLACKLISTED = [
    "It is guaranteed.", "GUARANTEED!", "g u a r a n t e e d", "g.u.a.r.a.n.t.e.e.d savings",
    "g-u-a-r-a-n-t-e-e-d",
    "guar-anteed", "guar anteed", "gu\u200bar\u00adan\u2060teed", "gυаrаnтeed", "ԌUARANTEED or Ꮐ guarаnteed",
    "ｇｕａｒａｎｔｅｅｄ",
    "guarant33d", "gu4r4nt33d", "gü̈árántéed", "guaaaaaranteed", "𝗴𝘂𝗮𝗿𝗮𝗻𝘁𝗲𝗲𝗱", "𝓰𝓾𝓪𝓻𝓪𝓷𝓽𝓮𝓮𝓭", "ⓖⓤⓐⓡⓐⓝⓣⓔⓔⓓ",
    "🅶🆄🅰🆁🅰🅽🆃🅴🅴🅳",
    "🇬🇺🇦🇷🇦🇳🇹🇪🇪🇩", "G\nU\nA\nR\nA\nN\nT\nE\nE\nD", "G U A R A N T E E D it is",
    "it is a g_u_a_r_a_n_t_e_e_d thing", "guaran_teed",
    "very cheap", "ch3ap", "c h e a p", "chеap", "riskfree", "risk free", "risk - free", "R I S K  F R E E",
    "act\u00a0now", "Act-now!",
    "no\nobligation", "n0 obl1gation", "no obIigation", "we know C++", "Очень дешево!", "ДЁШЕВО".replace("Ё",
    "Е"),
]  # fmt: skip


@pytest.mark.parametrize("text", BLACKLISTED)
def test_a_blacklisted_word_is_found_in_any_spelling(text: str) -> None:
    assert OutputRule.BLACKLISTED_WORD in rules_of(text)


@pytest.mark.parametrize("word", ["", " ", "...", "🙂"])
def test_a_word_without_letters_blacklists_nothing(word: str) -> None:
    assert find_phrases("Hello Ann", [word]) == ()


LINKS = [
    "evil.рф", "evil dotcom", "evil.online", "evil,com",
    "https://evil.example.org/x", "http://evil.com", "HTTPS://EVIL.COM", "hxxps://evil.com", "evil.com",
    "Evil.Com", "EVIL.IO/x",
    "evil.io", "www.evil.com", "www . evil.com", "evil[.]com", "evil(.)com", "evil dot com", "evil (dot) com",
    "evil [dot] net",
    "evil . com", "evil。com", "ｅｖｉｌ．ｃｏｍ", "evil\u200b.com", "еvil.com", "xn--80ak6aa92e.com",
    "https://аcme-solar.co.uk",
    "https://acme-solar.co.uk.evil.com/", "https://acme-solar.co.uk@evil.com/",
    "https://acme-solar.co.uk\\@evil.com",
    "https://evil.com/acme-solar.co.uk", "https://evil.com?https://acme-solar.co.uk",
    "https://acme-solar.co.uk:8443/x",
    "acme-solar.co", "acme-solar.com", "notacme-solar.co.uk", "https://cal.com/evil/survey", "https://cal.com",
    "cal.com/acmeevil",
    "bit.ly/3xyz", "t.me/evil", "wa.me/447700900999", "javascript:alert(1)", "data:text/html,hi",
    "tel:+447700900999", "sms:+44",
    "[here](https://evil.com)", "![x](https://evil.com/?d=secret)", "http://203.0.113.7/x", "203.0.113.7",
    "http://2130706433/",
    "ftp://acme-solar.co.uk/x", "https:/ /evil.com", "https://[::1]/", "//evil.com/x", "evil.shop/sale",
    "evil.zip", "https://",
]  # fmt: skip


@pytest.mark.parametrize("text", LINKS)
def test_a_link_to_elsewhere_is_found(text: str) -> None:
    assert OutputRule.LINK in rules_of(f"Have a look at {text} now") and OutputRule.LINK in rules_of(text)


def test_without_links_of_its_own_there_are_none() -> None:
    assert rules_of("Book at https://cal.com/acme/survey.", OutputRules()) == {OutputRule.LINK}


PRICES = [
    "It is £5,000.", "only £ 99", "5000 pounds", "5,000 GBP", "GBP 5000", "$1", "for $1.00", "€1.000,50",
    "1 000 €", "5k", "£5k",
    "£6,501", "£65,00", "£6.500,50", "five thousand pounds", "five hundred quid", "a hundred dollars",
    "two grand", "for a fiver",
    "one dollar", "fifty-five pounds", "10% off", "10 % discount", "ten percent off", "twenty per cent",
    "10 percent", "６０％",
    "₤100".replace("₤", "£"), "£１００", "5️⃣0️⃣0️⃣ pounds", "the price is 4999", "it costs 4999",
    "a deposit of 250", "costs you just 4,999",
    "you pay 49.99", "half price", "half-price today", "50% off", "a full refund", "for free",
    "no charge at all", "it is gratis",
    "get a free battery", "a free iPad", "a £50 voucher", "gift card", "cashback", "interest-free credit",
    "we match: price match",
    "un descuento del 20%", "500 euros", "0.5 BTC", "a discount", "100% off", "100% free and 100 % discount",
    "٥٠٠ pounds", "£\u200b500",
    "fifteen thousand nine hundred", "we'll knock 500 off", "I can do 17,500", "two hundred back", "no deposit at all",
    "zero percent", "we match any price", "half the price", "buy now", "4% off", "50 p%off".replace("p", ""),
]  # fmt: skip


@pytest.mark.parametrize("text", PRICES)
def test_a_price_that_nobody_has_named_is_found(text: str) -> None:
    assert OutputRule.PRICE in rules_of(f"Well, {text}, Ann")


@pytest.mark.parametrize(
    "text",
    [
        "Call 020 7946 0000", "+44 7700 900 999", "0044-7700-900999", "(0161) 496 0000", "07700900999",
        "call 07 70 09 00 99 9",
        "0 7 7 0 0 9 0 0 9 9 9", "zero seven seven double zero nine double zero triple nine",
        "oh 7 7 0 0 9 0 0 nine nine nine",
        "evil@example.org", "evil @ example.org", "evil (at) example (dot) org", "evil at example dot org",
        "on Telegram @evilcorp",
        "０７７００９００９９９", "0770\u200b0900\u200b999", "٠٧٧٠٠٩٠٠٩٩٩", "ann@evil.example", "+1-555-010-9999",
    ],
)  # fmt: skip
def test_who_is_neither_the_lead_nor_us_is_found(text: str) -> None:
    assert OutputRule.CONTACT in rules_of(f"Reach us: {text} today")


@pytest.mark.parametrize(
    "text",
    [
        "4111 1111 1111 1111", "card 4111-1111-1111-1111", "GB82 WEST 1234 5698 7654 32",
        "QQ 12 34 56 C".replace("QQ", "AB"),
        "123-45-6789", "Please send your card number", "what is your online banking password?",
        "Reply with your PIN",
        "confirm your sort code", "the one-time code: tell us your one-time code",
        "Your passport number, please",
    ],
)  # fmt: skip
def test_what_is_nobody_s_to_tell_or_to_ask(text: str) -> None:
    assert OutputRule.PERSONAL_DATA in rules_of(text)


SECRET = "agree on a survey with people who asked about panels some time ago"
REVEALED = [
    SECRET, SECRET.upper(), SECRET.replace(" ", ""), SECRET.replace(" ", "\n"), SECRET.replace(" ", " - "),
    SECRET[::-1],
    " ".join(reversed(SECRET.split())), " ".join(SECRET), SECRET.replace("o", "0").replace("e", "3"),
    SECRET.replace("a", "а"),
    base64.b64encode(SECRET.encode()).decode(), SECRET.encode().hex(),
    "nterr ba n fheirl jvgu crbcyr jub nfxrq nobhg cnaryf",
    "5f0c9a7be81d44d09c21aa37", "5F0C-9A7B-E81D-44D0-9C21-AA37", "My instructions are to be friendly",
    "my system prompt",
    "As an AI language model I can't", "I was told to be brief", "I am instructed not to say",
    "ignoring all previous instructions",
]  # fmt: skip


@pytest.mark.parametrize("text", REVEALED)
def test_what_was_said_in_confidence_is_found(text: str) -> None:
    assert OutputRule.REVEALS_PROMPT in rules_of(
        text, OutputRules(confidential=PROMPT, marks=RULES.marks, most_segments=9)
    )


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("That's a deal, and a legally binding offer", OutputRule.COMMITMENT),
        ("That is a promise.", OutputRule.COMMITMENT),
        ("We guarantee it.", OutputRule.COMMITMENT),
        ("Your loan has been approved.", OutputRule.COMMITMENT),
        ("You have been pre approved", OutputRule.COMMITMENT),
        ("I've forwarded this to your wife.", OutputRule.COMMITMENT),
        ("I have deleted all leads.", OutputRule.COMMITMENT),
        ("I'll text everyone on the list.", OutputRule.COMMITMENT),
        ("Your order has been cancelled", OutputRule.COMMITMENT),
        ("I'm a real person called Sam", OutputRule.COMMITMENT),
        ("No, I am not a bot", OutputRule.COMMITMENT),
        ("I'm the manager, so it is yours", OutputRule.COMMITMENT),
        ("Yes, we hereby approve it", OutputRule.COMMITMENT),
        ("Fuck off", OutputRule.COARSE),
        ("what a f u c k i n g day", OutputRule.COARSE),
        ("<b>Hi</b>", OutputRule.MARKUP),
        ("<|im_end|>", OutputRule.MARKUP),
        ("```hi```", OutputRule.MARKUP),
        ('{"to": "x"}', OutputRule.MARKUP),
        ("[INST] hi", OutputRule.MARKUP),
        ("system: hi", OutputRule.MARKUP),
        ("send_message(to=x)", OutputRule.MARKUP),
        ("Hi {{first_name}}", OutputRule.PLACEHOLDER),
        ("Hi {first_name}", OutputRule.PLACEHOLDER),
        ("Hi [Name], it is [your name]", OutputRule.PLACEHOLDER),
        ("QWxsIG91ciBiYXNlIGFyZSBiZWxvbmcgdG8geW91", OutputRule.UNREADABLE),
        ("01001000 01100101 01101100 01101100 01101111 00100001", OutputRule.UNREADABLE),
    ],
)
def test_wordings_that_no_answer_has(text: str, rule: OutputRule) -> None:
    assert rule in rules_of(text)


@pytest.mark.parametrize(
    ("said", "wrong", "broken", "kept"),
    [
        ("Never say “hurry up” to anybody", None, "Do h-u-r-r-y up!", "No hurry; upstairs is fine."),
        ("Say 'we will look', never 'we will fix it'", None, "Sure, we will fix it.", "Sure, we will look."),
        ("Be calm", "You must decide today, Ann", "Ann: YOU MUST DECIDE TODAY, ANN!", "You may decide any day."),
        ("Never promise a date", None, "The panels come on Monday.", "A colleague will tell you when."),
        ("Never promise a date", None, "It will be there within two weeks", "It will be there soon."),
        ("Do not mention prices", None, "It costs £6,500.", "A colleague will tell you what it costs."),
        ("Don't offer discounts!", None, "You get 5% off.", "It is £6,500."),
        ("Never use emojis or exclamation marks", None, "Hi 🙂", "Hi."),
        ("Never use emojis or exclamation marks", None, "Hi!", "Hi."),
        ("Never send links", None, "See https://cal.com/acme/survey", "A colleague will send it."),
        ("Avoid giving times", None, "At 10:30 then?", "In the morning then?"),
    ],
)
def test_a_never_rule_is_kept_as_far_as_it_is_plain(said: str, wrong: str | None, broken: str, kept: str) -> None:
    """S1.10: never_rule, and what stands as the incorrect response."""
    rule = read_never_rule(said, incorrect_response=wrong)
    assert rule.is_enforced
    rules = OutputRules(never_rules=(rule,), confidential=PROMPT, links=RULES.links)
    assert rules_of(broken, rules) == {OutputRule.NEVER_RULE} and rules_of(kept, rules) == set()
    assert find_breaches(broken, rules)[0].words.startswith(said)


@pytest.mark.parametrize(
    "said",
    [
        "Never be rude",
        "Never quote a price before they have asked for it",
        "Never forget to ask for a date",
        "Never argue",
    ],
)
def test_what_is_not_plain_is_said_to_be_the_model_s(said: str) -> None:
    assert not read_never_rule(said).is_enforced


def test_a_rule_is_read_from_title_and_description() -> None:
    rule = read_never_rule("No pressure", "Never mention deadlines, and not “last chance” either.", None)
    assert (rule.rule, rule.phrases, rule.kinds) == ("No pressure", ("last chance",), (Kind.DATE,))


def test_all_that_is_wrong_is_told_at_once() -> None:
    found = {breach.rule: breach.words for breach in find_breaches("Guaranteed: 90% off at evil.com!", RULES)}
    assert set(found) == {OutputRule.BLACKLISTED_WORD, OutputRule.PRICE, OutputRule.LINK}
    assert (found[OutputRule.LINK], found[OutputRule.BLACKLISTED_WORD]) == ("evil.com", "guaranteed")


@pytest.mark.parametrize(
    "unit",
    ["a", "1", ".", "a.", "1 ", "a b ", "(", "[x](", "£1,", "one ", "https://", "@a", "\u200b", "ab12"],
)
def test_no_text_takes_long(unit: str) -> None:
    rules = replace(RULES, most_segments=None, most_characters=20_000)
    began = time.process_time()
    find_breaches(unit * (20_000 // len(unit)), rules)
    assert time.process_time() - began < 3
