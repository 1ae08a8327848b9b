"""Sealing: what was sealed opens where it was sealed for, unchanged, and nowhere else."""

import base64
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.credentials import (
    LARGEST_VALUE,
    PROVIDERS_BY_KIND,
    CredentialKind,
    CredentialProvider,
    check_provider,
    check_secrets,
    last_characters,
    read_secrets,
    write_secrets,
)
from domain.ids import new_id
from domain.refusals import Refusal, RefusalCode
from domain.sealing import KeyMissing, KeyRing, Place, Unopenable, new_key_ring, read_key_ring

HERE = Place(new_id(), new_id(), "sealed")
RING = read_key_ring(new_key_ring())
# Half characters and NULs too: what a customer gives comes back as it was.
TEXT = st.text(st.characters(exclude_categories=()), min_size=1)
PLACES = st.builds(Place, st.uuids(), st.uuids(), st.sampled_from(["sealed", "other", "é"]))


@given(place=PLACES, value=st.binary(max_size=300))
def test_what_was_sealed_opens(place: Place, value: bytes) -> None:
    assert RING.open(place, RING.seal(place, value)) == value


@given(secrets=st.dictionaries(st.sampled_from(["access_token", "host", "value"]), TEXT, min_size=1))
def test_every_character_survives(secrets: dict[str, str]) -> None:
    assert read_secrets(RING.open(HERE, RING.seal(HERE, write_secrets(secrets)))) == secrets


def test_the_same_value_is_never_sealed_alike() -> None:
    assert len({RING.seal(HERE, b"the same") for _ in range(100)}) == 100


ELSEWHERE = [replace(HERE, organization_id=new_id()), replace(HERE, id=new_id()), replace(HERE, field="other")]


@pytest.mark.parametrize("elsewhere", ELSEWHERE, ids=["tenant", "row", "field"])
def test_a_ciphertext_copied_elsewhere_does_not_open(elsewhere: Place) -> None:
    with pytest.raises(Unopenable):
        RING.open(elsewhere, RING.seal(HERE, b"secret"))


def test_no_flipped_bit_opens() -> None:
    """Wherever it is: in the version, the key's id, the nonce, the ciphertext or the tag."""
    ring = read_key_ring(f"a:{_key(1)},b:{_key(1)}")  # one key under two names: even the name is sealed
    sealed = ring.seal(HERE, b"secret")
    for place in range(len(sealed) * 8):
        flipped = bytearray(sealed)
        flipped[place // 8] ^= 1 << place % 8
        with pytest.raises((Unopenable, KeyMissing)):
            ring.open(HERE, bytes(flipped))
    with pytest.raises(Unopenable):
        ring.open(HERE, sealed.replace(b"\x01a", b"\x01b", 1))


@given(st.binary(max_size=60))
def test_what_was_never_sealed_is_told_so(noise: bytes) -> None:
    with pytest.raises((Unopenable, KeyMissing)):
        RING.open(HERE, noise)


@given(st.integers(0, 60))
def test_a_part_of_it_does_not_open(length: int) -> None:
    sealed = RING.seal(HERE, b"some secret that is long enough")
    with pytest.raises(Unopenable):
        RING.open(HERE, sealed[:length])


def test_a_key_that_is_missing_is_named() -> None:
    sealed = read_key_ring(f"2025:{_key(1)}").seal(HERE, b"secret")
    with pytest.raises(KeyMissing, match=r"under the key 2025, which REKINDLE_SEALING_KEYS lacks"):
        read_key_ring(f"2026:{_key(2)}").open(HERE, sealed)
    with pytest.raises(Unopenable):  # another key under the same name
        read_key_ring(f"2025:{_key(2)}").open(HERE, sealed)


def test_the_first_key_seals_and_all_open() -> None:
    old = read_key_ring(f"2025:{_key(1)}")
    both = read_key_ring(f"2026:{_key(2)}, 2025:{_key(1)}")
    assert both.first == "2026"
    assert both.open(HERE, old.seal(HERE, b"secret")) == b"secret"
    with pytest.raises(KeyMissing):
        old.open(HERE, both.seal(HERE, b"secret"))


def test_without_a_key_nothing_is_sealed() -> None:
    with pytest.raises(Refusal, match="REKINDLE_SEALING_KEYS") as refused:
        KeyRing().seal(HERE, b"secret")
    assert refused.value.code is RefusalCode.NO_SEALING_KEY


def test_a_ring_shows_no_key() -> None:
    assert _key(1) not in repr(read_key_ring(f"a:{_key(1)}")) and "keys" not in repr(RING)


@pytest.mark.parametrize(
    "text", ["", "a", "a:", "a:c2hvcnQ=", ":" + "QUJD" * 10 + "QUI=", f"a:{'QUJD' * 11}", "ä:x", "a b:x", "a:!", "a:x,"]
)
def test_a_ring_that_cannot_be_is_told_without_a_key(text: str) -> None:
    with pytest.raises(ValueError, match=r"must|is given") as wrong:
        read_key_ring(text)
    assert "QUJD" not in str(wrong.value)


def test_an_id_is_given_once() -> None:
    with pytest.raises(ValueError, match="the id a is given twice"):
        read_key_ring(f"a:{_key(1)},a:{_key(2)}")


def test_every_provider_belongs_to_a_kind() -> None:
    """S3.7: integrations; S4.4: social connections; S4.7: secrets of any name."""
    assert frozenset().union(*PROVIDERS_BY_KIND.values()) == set(CredentialProvider)
    integrations = "GMAIL OUTLOOK LINKEDIN PHANTOMBUSTER ZOOMINFO APOLLO TWILIO SMTP CAL"
    assert PROVIDERS_BY_KIND[CredentialKind.INTEGRATION] == set(integrations.split())
    assert PROVIDERS_BY_KIND[CredentialKind.SOCIAL] == {"TWITTER", "FACEBOOK", "INSTAGRAM", "LINKEDIN"}
    assert PROVIDERS_BY_KIND[CredentialKind.SECRET] == {"OTHER"}
    with pytest.raises(Refusal, match="is for one of these: FACEBOOK, INSTAGRAM, LINKEDIN, TWITTER"):
        check_provider(CredentialKind.SOCIAL, CredentialProvider.GMAIL)


@pytest.mark.parametrize(
    ("kind", "secrets"),
    [
        (CredentialKind.SECRET, [("other", "MARKER")]),
        (CredentialKind.SECRET, [("value", "MARKER"), ("more", "MARKER")]),
        (CredentialKind.SOCIAL, []),
        (CredentialKind.SOCIAL, [("a", "MARKER"), ("a", "MARKER")]),
        (CredentialKind.SOCIAL, [("Access Token", "MARKER")]),
        (CredentialKind.SOCIAL, [("a", "")]),
        (CredentialKind.SOCIAL, [(f"a{number}", "MARKER") for number in range(21)]),
    ],
)
def test_secrets_that_cannot_be_are_told_without_a_value(kind: CredentialKind, secrets: list[tuple[str, str]]) -> None:
    with pytest.raises(Refusal) as refused:
        check_secrets(kind, secrets)
    assert refused.value.field == "secrets" and "MARKER" not in refused.value.message


def test_sixteen_kilobytes_are_the_most() -> None:
    frame = len(write_secrets({"value": ""}))
    assert len(write_secrets({"value": "x" * (LARGEST_VALUE - frame)})) == LARGEST_VALUE
    with pytest.raises(Refusal, match="at most 16384"):
        write_secrets({"value": "é" * (LARGEST_VALUE // 2)})


def test_the_end_of_a_secret_is_shown_where_it_gives_nothing_away() -> None:
    token = "a-token-long-enough-1234"
    assert last_characters({"host": "mail.example.com", "password": token}) == "1234"
    assert last_characters({"refresh_token": "another-that-is-long", "access_token": token}) == "1234"
    assert last_characters({"value": "short-1234"}) == ""
    assert last_characters({"value": token + "\x00"}) == "" and last_characters({"value": token + "é"}) == ""


def _key(number: int) -> str:
    return base64.b64encode(bytes([number]) * 32).decode()
