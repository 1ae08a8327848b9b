"""What may be said about a lead, and how it is kept (S0.4, S1.5, S2.7, S3.2)."""

from decimal import Decimal
from typing import Any

import pytest

from domain.lead_facts import FACTS, USUAL, check_facts, check_note, check_tags
from domain.refusals import Refusal, RefusalCode


def refused(given: dict[str, Any], known: dict[str, Any] | None = None) -> str | None:
    with pytest.raises(Refusal) as refusal:
        check_facts(given, known or {}, "GB")
    assert refusal.value.code is RefusalCode.BAD_INPUT and refusal.value.message.endswith(".")
    return refusal.value.field


@pytest.mark.parametrize(
    ("full", "names"),
    [
        ("Ann Smith", ("Ann", "Smith")),
        ("  Ann   van \t Dyke ", ("Ann", "van Dyke")),
        ("van Dyke, Ann", ("Ann", "van Dyke")),
        ("Dr. Ann Smith", ("Ann", "Smith")),
        ("Madonna", ("Madonna", None)),
        ("", (None, None)),
        ("李 小龙", ("李", "小龙")),
    ],
)
def test_a_full_name_is_split(full: str, names: tuple[str | None, str | None]) -> None:
    """S3.2 (full_name); ruling 8."""
    facts = check_facts({"full_name": full}, {}, "GB")
    assert (facts["first_name"], facts["last_name"]) == names


def test_a_name_is_given_once() -> None:
    assert refused({"full_name": "Ann Smith", "last_name": "Smith"}) == "fullName"


@pytest.mark.parametrize(
    ("given", "known", "phone"),
    [
        ({"phone": " 07700 900123 "}, {}, "+447700900123"),
        ({"phone": "(617) 555-0100"}, {"country": "US"}, "+16175550100"),
        ({"phone": "(617) 555-0100", "country": "US"}, {"country": "GB"}, "+16175550100"),
        ({"phone": "07700 900123", "country": None}, {"country": "US"}, "+447700900123"),
        ({"phone": "+1 (617) 555-0100"}, {}, "+16175550100"),
    ],
)
def test_a_number_belongs_to_the_leads_country_or_else_to_the_organizations(
    given: dict[str, Any], known: dict[str, Any], phone: str
) -> None:
    """How it was written is kept beside it."""
    facts = check_facts(given, known, "GB")
    assert (facts["phone"], facts["raw_phone"]) == (phone, given["phone"].strip())


def test_a_number_that_goes_goes_as_it_was_written_too() -> None:
    assert check_facts({"phone": None}, {}, "GB") == {"phone": None, "raw_phone": None}


@pytest.mark.parametrize(
    ("name", "value", "field"),
    [
        ("first_name", "x" * 101, "firstName"),
        ("last_name", "   ", "lastName"),
        ("phone", "not a number", "phone"),
        ("phone", "12", "phone"),
        ("email", "ann(at)example.com", "email"),
        ("email", "ann@ example.com", "email"),
        ("email", f"{'a' * 250}@example.com", "email"),
        ("linkedin_url", "javascript:alert(1)", "linkedinUrl"),
        ("country", "England", "country"),
        ("time_zone", "Europe/Nowhere", "timeZone"),
        ("source", None, "source"),
        ("temperature", None, "temperature"),
        ("ai_score", 1.01, "aiScore"),
        ("ai_score", -0.5, "aiScore"),
        ("custom_fields", ["a list"], "customFields"),
        ("custom_fields", {"a": "\x00"}, "customFields"),
        ("custom_fields", {"a": "half an emoji \ud83d"}, "customFields"),
        ("enrichment", {"a": float("inf")}, "enrichment"),
        ("source_details", {"a": "x" * 70_000}, "sourceDetails"),
        ("title", "a\x00b", "title"),
    ],
)
def test_what_cannot_be_is_refused_by_field(name: str, value: Any, field: str) -> None:
    assert refused({name: value}) == field


def test_what_is_kept() -> None:
    facts = check_facts(
        {"email": " Ann@Example.COM ", "company": " Voss ", "ai_score": 0.123456, "linkedin_url": None}, {}, "GB"
    )
    assert facts == {
        "email": "ann@example.com",
        "company": "Voss",
        "ai_score": Decimal("0.1235"),
        "linkedin_url": None,
    }


def test_keys_of_an_object_are_set_one_by_one() -> None:
    """Absent keeps, null clears: of the object, and in it."""
    known = {"custom_fields": '{"roof": "flat", "age": 12}'}
    assert check_facts({"custom_fields": {"age": 13, "roof": None}}, known, "GB")["custom_fields"] == '{"age": 13}'
    assert check_facts({"custom_fields": {}}, known, "GB")["custom_fields"] == '{"roof": "flat", "age": 12}'
    assert check_facts({"custom_fields": None}, known, "GB")["custom_fields"] == "{}"


def test_every_fact_has_a_usual_value() -> None:
    assert list(USUAL) == list(FACTS)
    assert check_facts({name: value for name, value in USUAL.items() if value and value != "{}"}, {}, "GB")


def test_tags_are_each_once() -> None:
    assert check_tags([" vip ", "vip", "farm"]) == ["vip", "farm"]
    for wrong in (["", "vip"], ["x" * 101], [str(number) for number in range(51)], ["a\x00"]):
        with pytest.raises(Refusal):
            check_tags(wrong)


def test_a_note_has_words() -> None:
    assert check_note("  Likes to be called.\n") == "Likes to be called."
    for wrong in (" ", "x" * 10_001, "\x00"):
        with pytest.raises(Refusal):
            check_note(wrong)
