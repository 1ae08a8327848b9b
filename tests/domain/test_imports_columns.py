"""What columns are about: found by header and by value, proposed to people, checked when chosen (S1.2)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.imports.fields import Field, Target, check_mapping, read_target
from domain.imports.headers import find_header, name_columns
from domain.imports.mapping import Reason, propose
from domain.imports.survey import look_at
from domain.imports.words import _SAID, fold
from domain.refusals import Refusal

PHONES, EMAILS = ["07700 900123", "+44 7700 900124"], ["ann@example.com", "bob@example.com"]
WORDS = ["blue", "red"]


def proposed(**columns: list[str]) -> dict[str, str]:
    headers = [header.replace("_", " ") for header in columns]
    return {one.header: one.target.text for one in propose(headers, list(columns.values()))}


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("First Name", "FIRST_NAME"), ("first_name", "FIRST_NAME"), ("FirstName", "FIRST_NAME"),
        ("Vorname", "FIRST_NAME"),
        ("Surname", "LAST_NAME"), ("Nachname", "LAST_NAME"), ("Apellidos", "LAST_NAME"), ("Achternaam", "LAST_NAME"),
        ("Name", "FULL_NAME"), ("Ansprechpartner", "FULL_NAME"), ("Company", "COMPANY"), ("Firma", "COMPANY"),
        ("Phone", "PHONE"), ("Mobile Phone Number *", "PHONE"), ("Telefon", "PHONE"), ("Handy-Nr.", "PHONE"),
        ("E-Mail", "EMAIL"), ("Customer e-mail (private)", "EMAIL"), ("E-Mail-Adresse", "EMAIL"), ("EMAIL ID", "EMAIL"),
        ("LinkedIn Profile", "LINKEDIN_URL"), ("Job Title", "TITLE"), ("Funktion", "TITLE"), ("Branche", "INDUSTRY"),
        ("PLZ", "POSTCODE"), ("Zip", "POSTCODE"), ("Post Code", "POSTCODE"), ("Ort", "CITY"), ("Town/City", "CITY"),
        ("Country", "COUNTRY"), ("Land", "COUNTRY"), ("Straße", "ADDRESS"), ("Source", "SOURCE"), ("Quelle", "SOURCE"),
        ("Tags", "TAGS"), ("Schlagwörter", "TAGS"), ("Notes", "NOTES"), ("Bemerkung", "NOTES"),
        ("Inquiry Date", "INQUIRY_DATE"), ("Anfragedatum", "INQUIRY_DATE"), ("Created At", "INQUIRY_DATE"),
        ("Dachfläche (m²)", "custom:dachflaeche_m2"), ("Favourite colour", "custom:favourite_colour"),
        ("电话备注", "custom:column_1"), ("Kunden-Nr", "custom:kunden_nr"), ("2nd choice", "custom:nd_choice"),
    ],
)  # fmt: skip
def test_a_header_tells_what_its_column_is_about(header: str, field: str) -> None:
    assert propose([header], [WORDS])[0].target.text == field


def test_no_word_means_two_things() -> None:
    said = [fold(word).replace(" ", "") for words in _SAID.values() for word in {*" ".join(words.split()).split(",")}]
    by_field = {field: {fold(word).replace(" ", "") for word in words.split(",")} for field, words in _SAID.items()}
    assert len(said) > 300
    for field, words in by_field.items():
        others = set().union(*(by_field[other] for other in by_field if other is not field))
        assert words & others == set()


def test_values_tell_where_the_header_does_not() -> None:
    assert proposed(Reach=PHONES, Contact_point=EMAILS, Web=["https://www.linkedin.com/in/ann"], Wo=["SW1A 1AA"]) == {
        "Reach": "PHONE",
        "Contact point": "EMAIL",
        "Web": "LINKEDIN_URL",
        "Wo": "POSTCODE",
    }


def test_values_win_over_a_header_that_says_otherwise() -> None:
    assert proposed(Contact=EMAILS, Phone=PHONES) == {"Contact": "EMAIL", "Phone": "PHONE"}


def test_confidence_grows_with_agreement_and_falls_with_doubt() -> None:
    agreed, unseen, doubted = (propose(["Phone"], [values])[0] for values in (PHONES, [], WORDS))
    by_values = propose(["Reach"], [PHONES])[0]
    assert agreed.confidence > 0.9 > unseen.confidence > 0.5 > doubted.confidence
    assert (agreed.reason, doubted.reason) == (Reason.HEADER_AND_VALUES, Reason.HEADER)
    assert by_values.reason is Reason.VALUES
    assert agreed.samples == tuple(PHONES)


def test_the_number_that_can_be_texted_is_the_lead_s() -> None:
    """S1.5 wants one phone; the others are kept."""
    found = proposed(Telefon=PHONES, Mobil=PHONES, Fax=PHONES)
    assert found == {"Telefon": "custom:telefon", "Mobil": "PHONE", "Fax": "custom:fax"}


def test_a_mobile_column_that_nobody_filled_does_not_count() -> None:
    assert proposed(Mobil=["", ""], Telefon=PHONES) == {"Mobil": "IGNORE", "Telefon": "PHONE"}


@pytest.mark.parametrize(
    ("headers", "fields"),
    [
        (["Vorname", "Name"], ["FIRST_NAME", "LAST_NAME"]),
        (["Name", "Surname"], ["FIRST_NAME", "LAST_NAME"]),
        (["Vorname", "Nachname", "Name"], ["FIRST_NAME", "LAST_NAME", "FULL_NAME"]),
        (["Name"], ["FULL_NAME"]),
    ],
)
def test_a_name_is_what_its_neighbours_leave_it_to_be(headers: list[str], fields: list[str]) -> None:
    assert [one.target.text for one in propose(headers, [["Ann"]] * len(headers))] == fields


def test_what_has_neither_a_name_nor_a_value_is_ignored() -> None:
    found = propose(["Column 1", "Colour", "Colour 2"], [["x"], [], ["red"]])
    assert [one.target.text for one in found] == ["IGNORE", "IGNORE", "custom:colour_2"]


@given(st.lists(st.tuples(st.text(max_size=30), st.lists(st.text(max_size=30), max_size=5)), max_size=12))
def test_whatever_the_columns_a_proposal_can_be_taken_as_it_is(columns: list[tuple[str, list[str]]]) -> None:
    headers = name_columns([header for header, _ in columns], len(columns))
    proposals = propose(headers, [values for _, values in columns])
    targets = [one.target for one in proposals]
    assert [read_target(target.text) for target in targets] == targets
    taken = [target for target in targets if target != Target() and target.field not in (Field.TAGS, Field.NOTES)]
    assert len(set(taken)) == len(taken)
    mapping = {one.header: one.target.text for one in proposals}
    if {Field.PHONE, Field.EMAIL, Field.LINKEDIN_URL} & {target.field for target in targets}:
        assert check_mapping(headers, mapping) == targets


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        ({"Telephone": "PHONE"}, "no column 'Telephone'"),
        ({"Phone": "PHONE", "Mobile": "PHONE"}, "PHONE is given by 2 columns"),
        ({"Phone": "custom:x", "Mobile": "custom:x"}, "custom:x is given by 2 columns"),
        ({"Phone": "FIRST_NAME"}, "Say which column has the phone"),
        ({"Phone": "PHONES"}, "'PHONES' is nothing a column can be about"),
        ({"Phone": "custom:Eye colour"}, "cannot name a custom field"),
    ],
)
def test_a_mapping_that_cannot_be_is_refused(mapping: dict[str, str], said: str) -> None:
    with pytest.raises(Refusal, match=said):
        check_mapping(["Phone", "Mobile"], mapping)


def test_columns_that_are_not_named_are_ignored() -> None:
    targets = check_mapping(["Phone", "Note", "Remark", "x"], {"Phone": "PHONE", "Note": "NOTES", "Remark": "NOTES"})
    assert targets == [Target(Field.PHONE), Target(Field.NOTES), Target(Field.NOTES), Target()]


PERSON = ["Ann", "Smith", "07700 900123", "ann@example.com"]


@pytest.mark.parametrize(
    ("rows", "place"),
    [
        ([["First", "Last", "Phone", "Mail"], PERSON], 0),
        ([["Vorname", "Nachname", "Telefon", "E-Mail"], PERSON], 0),
        ([["名", "姓", "电话", "电子邮件"], PERSON], 0),
        ([["Leads of 2024"], ["First", "Last", "Phone", "Mail"], PERSON], 1),
        ([["Report", "2024-01-01"], ["a", "b", "c", "d"], PERSON], 1),
        ([["Email", "2023", "2024", "Phone"], PERSON], 0),
        ([PERSON, PERSON], None),
        ([["1", "2", "3", "4"], ["5", "6", "7", "8"]], None),
        ([["Name"]], 0),
        ([], None),
    ],
)
def test_the_header_is_found_in_any_language_and_missed_where_there_is_none(
    rows: list[list[str]], place: int | None
) -> None:
    assert find_header(rows) == place


def test_every_column_has_a_name_of_its_own() -> None:
    names = name_columns(["Phone", " phone ", "", "Phone (2)", "Column 3", "A\n  b"], 7)
    assert names == ["Phone", "phone (2)", "Column 3", "Phone (2) (2)", "Column 3 (2)", "A b", "Column 7"]


@given(st.lists(st.text(max_size=20), max_size=20), st.integers(0, 25))
def test_names_are_distinct_whatever_the_header(header: list[str], width: int) -> None:
    names = name_columns(header, width)
    assert len({name.casefold() for name in names}) == len(names) == width


def test_a_survey_looks_at_every_row_and_keeps_few() -> None:
    """S1.18: rows detected."""
    rows = [(number, ["Ann", f"07700 {number:06}", "1/2/2024"]) for number in range(2, 1002)]
    rows.append((1002, ["Ann", "", "31/1/2024", "more"]))
    found = look_at(["Name", "Phone", "Date"], iter(rows))
    assert found.rows == 1001
    assert [one.target.text for one in found.proposals] == ["FULL_NAME", "PHONE", "INQUIRY_DATE"]
    assert {place: (one.day_first, one.month_first) for place, one in found.dates.items()} == {2: (1, 0)}
    assert found.shown[0] == (2, ["Ann", "07700 000002", "1/2/2024"]) and len(found.shown) <= 20
