"""One row becomes a person, or a list of what is wrong with it (S0.4, S0.7, S1.3, S1.5, S2.7, S3.2)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.imports.dates import DateOrder
from domain.imports.fields import Field, Target, longest, read_target
from domain.imports.names import split_name
from domain.imports.people import Candidate, Policy, Reader, Unfit
from domain.imports.problems import Problem, ProblemCode

GB = Policy("GB")


def read(policy: Policy = GB, order: DateOrder = DateOrder.DAY_FIRST, /, **cells: str) -> Candidate | Unfit:
    """A row whose columns are named after their fields; two underscores tell columns of one field apart."""
    targets = [read_target(name.partition("__")[0].replace("custom_", "custom:")) for name in cells]
    return Reader(targets, policy, dict.fromkeys(range(len(targets)), order)).read([(7, list(cells.values()))])[0]


def lead(policy: Policy = GB, order: DateOrder = DateOrder.DAY_FIRST, /, **cells: str) -> Candidate:
    found = read(policy, order, **cells)
    assert isinstance(found, Candidate), found
    assert found.row == 7
    return found


def unfit(policy: Policy = GB, /, **cells: str) -> list[tuple[str, str]]:
    found = read(policy, **cells)
    assert isinstance(found, Unfit), found
    assert all(problem.sentence.endswith(".") for problem in found.problems)
    return [(problem.code.value, problem.field) for problem in found.problems]


@pytest.mark.parametrize(
    ("text", "region", "phone"),
    [
        ("07700 900123", "GB", "+447700900123"),
        ("+44 (0)7700 900123", "GB", "+447700900123"),
        ("0044 7700 900123", "GB", "+447700900123"),
        ("0044 7700 900123", "US", "+447700900123"),
        ("00 49 171 1234567", "GB", "+491711234567"),
        ("447700900123.0", "GB", "+447700900123"),
        ("491711234567.0", "DE", "+491711234567"),
        ("7700900123.00", "GB", "+447700900123"),
        ("4.47700900123E+11", "GB", "+447700900123"),
        ("4,47700900123E+11", "GB", "+447700900123"),
        ("tel:+44-7700-900123", "GB", "+447700900123"),
        ("'07700900123", "GB", "+447700900123"),
        ("\u200e07700 900123\u00a0", "GB", "+447700900123"),
        ("07700 900123 / 07700 900124", "GB", "+447700900123"),
        ("ring first, 07700 900123", "GB", "+447700900123"),
        ("07700 900123; 07700 900124", "GB", "+447700900123"),
        ("07700 900123 or 020 7946 0000", "GB", "+447700900123"),
        ("030 12345678/030 12345679", "DE", "+493012345678"),
        ("033203/123456", "DE", "+4933203123456"),
        ("0171/123 45 67", "DE", "+491711234567"),
        ("(415) 555-2671 ext. 12", "US", "+14155552671"),
        ("+49 171 1234567", "GB", "+491711234567"),
    ],
)
def test_a_phone_is_read_however_it_is_spelt_and_its_text_is_kept(text: str, region: str, phone: str) -> None:
    found = lead(Policy(region), PHONE=text)
    assert (found.phone, found.phone_raw, found.problems) == (phone, text.strip(), [])


@pytest.mark.parametrize("text", ["n/a", "N/A", "--", "keine", "unknown", "0", "00000 000000", "", "  ", "x", "#N/A"])
def test_a_phone_that_says_nothing_is_none_and_no_mistake(text: str) -> None:
    found = lead(PHONE=text, EMAIL="ann@example.com")
    assert (found.phone, found.problems) == (None, [])


@pytest.mark.parametrize("text", ["12345", "ring the office", "07700 90", "+44 7700 900123 900124", "4.47701E+11"])
def test_a_bad_phone_is_told_and_left_out_where_there_is_another_way(text: str) -> None:
    found = lead(PHONE=text, EMAIL="ann@example.com")
    assert (found.phone, found.phone_raw) == (None, text)
    assert found.problems == [Problem(ProblemCode.BAD_PHONE, "PHONE", text)]
    assert unfit(PHONE=text) == [("BAD_PHONE", "PHONE"), ("UNREACHABLE", "")]


def test_a_number_whose_digits_excel_dropped_is_told_so() -> None:
    found = read(PHONE="4.47701E+11")
    assert isinstance(found, Unfit) and "Excel has dropped" in found.problems[0].sentence


def test_without_a_country_only_whole_numbers_can_be_read() -> None:
    assert lead(Policy(), PHONE="+447700900123").phone == "+447700900123"
    assert unfit(Policy(), PHONE="07700 900123") == [("BAD_PHONE", "PHONE"), ("UNREACHABLE", "")]


@pytest.mark.parametrize(
    ("text", "email"),
    [
        ("  Ann.Smith@Example.COM ", "ann.smith@example.com"),
        ("mailto:ann@example.com", "ann@example.com"),
        ("Ann Smith <Ann@example.com>", "ann@example.com"),
        ("ann@example.com; bob@example.com", "ann@example.com"),
        ("<ann@example.com>,", "ann@example.com"),
        ("o'brien+solar@mail.example.co.uk", "o'brien+solar@mail.example.co.uk"),
        ("info@Müller.de", "info@xn--mller-kva.de"),
    ],
)
def test_an_email_is_small_and_alone(text: str, email: str) -> None:
    assert lead(EMAIL=text).email == email


@pytest.mark.parametrize(
    "text", ["ann", "ann@", "@example.com", "ann@example", "a b@c.d", "ann(at)example.com", "a..b@example.com",
             "müller@example.com", "ann@exa_mple.com", "ann@-example.com", "x" * 65 + "@example.com", "a@b@c.com"],
)  # fmt: skip
def test_a_bad_email_is_told_and_left_out_where_there_is_another_way(text: str) -> None:
    found = lead(EMAIL=text, PHONE="07700 900123")
    assert found.email is None
    assert [(problem.code, problem.field) for problem in found.problems] == [(ProblemCode.BAD_EMAIL, "EMAIL")]


@given(st.emails())
def test_what_is_kept_as_an_email_is_what_the_table_takes(text: str) -> None:
    """Its check: small letters, one @, no blank. All of it ASCII, or two systems could disagree on what is small."""
    found = read(EMAIL=text)
    if isinstance(found, Candidate) and found.email:
        assert found.email.isascii() and found.email == found.email.lower() and found.email.count("@") == 1
        assert " " not in found.email


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://www.linkedin.com/in/Ann-Smith/", "https://www.linkedin.com/in/ann-smith"),
        ("linkedin.com/in/ann-smith?trk=public", "https://www.linkedin.com/in/ann-smith"),
        ("http://uk.linkedin.com/in/ann-smith#about", "https://www.linkedin.com/in/ann-smith"),
        ("/in/ann-smith", "https://www.linkedin.com/in/ann-smith"),
    ],
)
def test_one_profile_has_one_address(text: str, url: str) -> None:
    """S3.2: a lead may have nothing else."""
    assert lead(LINKEDIN_URL=text).linkedin_url == url


@pytest.mark.parametrize(
    "text",
    ["https://example.com/in/ann", "https://linkedin.com.evil.example/in/ann", "ann", "javascript:alert(1)"],
)
def test_another_address_is_no_profile(text: str) -> None:
    assert unfit(LINKEDIN_URL=text) == [("BAD_LINKEDIN_URL", "LINKEDIN_URL"), ("UNREACHABLE", "")]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("Ann Smith", "Ann", "Smith"),
        ("  Ann \u00a0 Smith ", "Ann", "Smith"),
        ("Smith, Ann", "Ann", "Smith"),
        ("Ann", "Ann", None),
        ("Dr. Ann-Marie van der Berg", "Ann-Marie", "van der Berg"),
        ("Prof. Dr. med. Hans Meier", "Hans", "Meier"),
        ("Herr Müller", None, "Müller"),
        ("Mr & Mrs Smith", None, "Smith"),
        ("John Smith Jr.", "John", "Smith"),
        ("Smith, John, PhD", "John", "Smith"),
        ("María del Carmen García", "María", "del Carmen García"),
        ("Anna Lena Schmidt", "Anna Lena", "Schmidt"),
        ("Jack Ma", "Jack", "Ma"),
    ],
)
def test_a_full_name_is_split(text: str, first: str | None, last: str | None) -> None:
    """Ruling 8."""
    found = lead(FULL_NAME=text, PHONE="07700 900123")
    assert (found.first_name, found.last_name) == (first, last)


@given(st.text(max_size=60))
def test_any_name_is_split_without_inventing_a_word(text: str) -> None:
    first, last = split_name(text)
    for part in (first, last):
        assert part is None or (part and set(part.split()) <= set(text.replace(",", " ").split()))


def test_names_with_columns_of_their_own_stay() -> None:
    assert lead(FIRST_NAME="Ann", LAST_NAME="", FULL_NAME="Bob Smith", PHONE="07700 900123")[1:3] == ("Ann", "Smith")
    assert lead(FIRST_NAME="Ann", LAST_NAME="Jones", FULL_NAME="Bob Smith", PHONE="07700 900123")[1:3] == (
        "Ann",
        "Jones",
    )


def test_people_called_null_are_people() -> None:
    found = lead(FIRST_NAME="Na", LAST_NAME="Null", COMPANY="null", CITY="n/a", COUNTRY="NA", PHONE="07700 900123")
    assert (found.first_name, found.last_name, found.company, found.city) == ("Na", "Null", None, None)


def test_what_nobody_sees_is_taken_out() -> None:
    found = lead(
        FIRST_NAME="\ufeffAn\u200bn ", COMPANY="A\tB\r\n  Ltd", NOTES=" a \r\n  b\u00a0c ", PHONE="07700 900123"
    )
    assert (found.first_name, found.company, found.notes) == ("Ann", "A B Ltd", "a\nb c")


def test_tags_are_split_and_each_is_there_once() -> None:
    """S0.4, S2.7."""
    assert lead(TAGS=" solar, Hot;solar |n/a\n New ", TAGS__2="hot; more", PHONE="07700 900123").tags == [
        "solar", "Hot", "New", "more",
    ]  # fmt: skip


def test_notes_of_several_columns_come_one_under_another() -> None:
    assert lead(NOTES="first", NOTES__2="-", NOTES__3="third", PHONE="07700 900123").notes == "first\nthird"


def test_a_postcode_keeps_its_zeros_and_a_custom_field_its_text() -> None:
    """S1.5, S2.7."""
    found = lead(POSTCODE=" 01067", custom_roof="none", custom_colour="", PHONE="07700 900123")
    assert (found.postcode, found.custom) == ("01067", {"roof": "none"})


def test_texts_that_our_own_exports_guard_are_read_back() -> None:
    found = lead(
        NOTES="'- called twice", custom_sum="'=1+1", COMPANY="'+Ltd", LAST_NAME="'t Hooft", PHONE="07700 900123"
    )
    assert (found.notes, found.custom["sum"], found.company, found.last_name) == (
        "- called twice",
        "=1+1",
        "+Ltd",
        "'t Hooft",
    )


_WORDS = set(Field) - {Field.PHONE, Field.EMAIL, Field.LINKEDIN_URL, Field.INQUIRY_DATE}


@pytest.mark.parametrize("field", sorted(_WORDS))
def test_what_is_too_long_is_told_and_left_out(field: Field) -> None:
    text = "x" * (longest(field) + 1)
    found = lead(PHONE="07700 900123", **{field.value: text})
    assert [(problem.code, problem.field) for problem in found.problems] == [(ProblemCode.TOO_LONG, field.value)]
    assert all(len(problem.value) <= 80 for problem in found.problems)
    assert text not in found


def test_a_required_field_is_missing_or_bad_and_told_once() -> None:
    """S1.3: required_fields."""
    strict = Policy("GB", frozenset({Field.FIRST_NAME, Field.LAST_NAME, Field.PHONE, Field.EMAIL}))
    assert unfit(strict, FIRST_NAME="", LAST_NAME="Smith", PHONE="12", EMAIL="ann@example.com") == [
        ("BAD_PHONE", "PHONE"),
        ("MISSING", "FIRST_NAME"),
    ]
    assert unfit(strict, FULL_NAME="Ann", PHONE="07700 900123") == [("MISSING", "EMAIL"), ("MISSING", "LAST_NAME")]
    assert lead(strict, FULL_NAME="Ann Smith", PHONE="07700 900123", EMAIL="ann@example.com").problems == []
    named = Policy("GB", frozenset({Field.FULL_NAME}))
    assert lead(named, LAST_NAME="Smith", PHONE="07700 900123").last_name == "Smith"
    assert unfit(named, LAST_NAME="?", PHONE="07700 900123") == [("MISSING", "FULL_NAME")]


def test_whoever_cannot_be_reached_is_no_lead() -> None:
    """Ruling 7."""
    assert unfit(FIRST_NAME="Ann", PHONE="n/a", EMAIL="-") == [("UNREACHABLE", "")]


def test_rows_of_another_length_are_filled_or_refused() -> None:
    reader = Reader([Target(Field.FIRST_NAME), Target(Field.PHONE), Target(Field.EMAIL)], GB)
    short, long, shifted = reader.read(
        [(1, ["Ann", "07700 900123", *more]) for more in ([], ["", "", " "], ["", "ann@example.com"])]
    )
    assert isinstance(short, Candidate) and isinstance(long, Candidate)
    assert isinstance(shifted, Unfit) and shifted.problems == [Problem(ProblemCode.MISALIGNED)]


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [("3/4/2024", DateOrder.DAY_FIRST, date(2024, 4, 3)), ("3/4/2024", DateOrder.MONTH_FIRST, date(2024, 3, 4))],
)
def test_a_date_is_read_in_the_order_of_its_column(text: str, order: DateOrder, day: date) -> None:
    """S1.5: inquiry_date."""
    assert lead(GB, order, INQUIRY_DATE=text, PHONE="07700 900123").inquiry_date == day


def test_a_bad_date_is_told_and_left_out() -> None:
    found = lead(INQUIRY_DATE="last spring", PHONE="07700 900123")
    assert (found.inquiry_date, found.problems) == (
        None,
        [Problem(ProblemCode.BAD_DATE, "INQUIRY_DATE", "last spring")],
    )
    assert lead(INQUIRY_DATE="n/a", PHONE="07700 900123").problems == []


_cells = st.text(max_size=40) | st.sampled_from(
    ["07700 900123", "ann@example.com", "Ann Smith", "1/2/2024", "=1+1", "'x"]
)


_targets = st.lists(st.sampled_from([Target(), Target(custom="x"), *map(Target, Field)]), max_size=25, unique=True)


@st.composite
def batches(draw: st.DrawFn) -> tuple[list[Target], list[tuple[int, list[str]]]]:
    targets = draw(_targets)
    row = st.lists(_cells, min_size=max(0, len(targets) - 1), max_size=len(targets) + 1)
    return targets, list(enumerate(draw(st.lists(row, max_size=6)), start=2))


@given(batches(), st.sampled_from(["GB", "DE", None]), st.sets(st.sampled_from(Field), max_size=3))
def test_any_row_is_a_person_or_a_list_of_reasons_alone_and_among_others(
    batch: tuple[list[Target], list[tuple[int, list[str]]]], region: str | None, required: set[Field]
) -> None:
    """And whatever becomes a person fits into the table: its checks, its lengths, no character it cannot hold."""
    targets, rows = batch
    reader = Reader(targets, Policy(region, frozenset(required)))
    together = reader.read(rows)
    assert together == [person for row in rows for person in reader.read([row])]
    assert [person.row for person in together] == [number for number, _ in rows]
    for person in together:
        if isinstance(person, Unfit):
            assert person.problems
        else:
            check_fits(person)


def check_fits(person: Candidate) -> None:
    assert person.phone or person.email or person.linkedin_url
    for field in Field:
        value = getattr(person, field.value.lower(), None)
        if isinstance(value, str):
            assert value == value.strip() and 0 < len(value) <= longest(field)
            assert "\x00" not in value
