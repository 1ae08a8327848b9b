"""Keys against a provider on loopback: what is believed of a key set, how fresh it is kept, and what bad days do."""

import asyncio
import time
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given
from hypothesis import strategies as st

from domain.troubles import Trouble
from gateways.jwks import Jwks, KeysUnreachable, signing_keys
from gateways.keyring import Keyring
from tests.play.clock import Clock
from tests.play.provider import Mood, Provider, SigningKey, open_provider
from tests.play.waiting import until

FIRST, SECOND, CURVED = SigningKey("RS256", 1), SigningKey("RS256", 2), SigningKey("ES256", 1)
BOTH = ("RS256", "ES256")
HOUR = 3600.0


@pytest.fixture
async def provider() -> AsyncIterator[Provider]:
    async with open_provider(FIRST) as opened:
        yield opened


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def ring(provider: Provider, clock: Clock) -> AsyncIterator[Keyring]:
    """Nothing runs in the background: its keys are as old as the test wants them."""
    ring = Keyring(provider.issuer, Jwks(provider.url, BOTH, timeout_seconds=1), clock)
    yield ring
    await ring.close()


async def has(ring: Keyring, key: SigningKey) -> bool:
    return await ring.find(key.algorithm, key.id) is not None


async def test_keys_are_fetched_once_for_all_who_ask(provider: Provider, ring: Keyring) -> None:
    provider.publish(FIRST, CURVED)
    assert all(await asyncio.gather(*(has(ring, key) for key in (FIRST, CURVED) * 50)))
    assert provider.fetches == 1


async def test_an_unknown_key_is_asked_for_at_once(provider: Provider, ring: Keyring, clock: Clock) -> None:
    assert await has(ring, FIRST)
    provider.publish(FIRST, SECOND)
    clock.forward(10)
    assert all(await asyncio.gather(*(has(ring, key) for key in (SECOND, FIRST) * 50)))
    assert provider.fetches == 2


async def test_a_storm_of_unknown_keys_is_one_fetch_in_ten_seconds(
    provider: Provider, ring: Keyring, clock: Clock
) -> None:
    """An hour of it costs the provider what an hour of ten-second pauses costs, and known keys wait for nothing."""
    assert await has(ring, FIRST)
    for minute in range(60):
        for second in range(0, 60, 5):
            asked = [ring.find("RS256", f"{minute} {second} {number}") for number in range(5)]
            found = await asyncio.gather(*asked, has(ring, FIRST))
            assert found == [None] * 5 + [True]
            clock.forward(5)
    assert provider.fetches <= 361


async def test_a_storm_while_the_provider_says_nothing_does_not_slow_known_keys(
    provider: Provider, ring: Keyring, clock: Clock
) -> None:
    assert await has(ring, FIRST)
    provider.feel(Mood.SILENT)
    clock.forward(10)
    storm = [asyncio.create_task(ring.find("RS256", f"unknown {number}")) for number in range(200)]
    await until(lambda: _now(provider.fetches == 2))
    for _ in range(200):
        assert (await asyncio.wait_for(ring.find("RS256", FIRST.id), 0.5)) is not None
    assert set(await asyncio.wait_for(asyncio.gather(*storm), 5)) == {None}
    assert provider.fetches == 2


async def test_who_stops_waiting_takes_the_fetch_from_nobody(provider: Provider, ring: Keyring) -> None:
    provider.feel(Mood.SILENT)
    impatient, patient = (asyncio.create_task(has(ring, FIRST)) for _ in range(2))
    await until(lambda: _now(provider.fetches == 1))
    impatient.cancel()
    provider.feel(Mood.WELL)
    assert await patient
    assert provider.fetches == 1


async def test_the_background_drops_a_withdrawn_key_within_five_minutes(
    provider: Provider, ring: Keyring, clock: Clock
) -> None:
    running = asyncio.create_task(ring.run(round_seconds=0.001))
    try:
        await until(lambda: has(ring, FIRST))
        provider.publish(SECOND)
        fetches = provider.fetches
        clock.forward(200)
        assert await has(ring, FIRST), "nobody has looked yet"
        clock.forward(40)
        # Counted, not asked for: asking for an unknown key would be a reason of its own to fetch.
        await until(lambda: _now(provider.fetches == fetches + 1))
        await until(lambda: _lacks(ring, FIRST))
        assert await has(ring, SECOND)
        assert provider.fetches == fetches + 1
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_five_minute_old_keys_are_not_believed_even_where_nothing_runs(
    provider: Provider, ring: Keyring, clock: Clock
) -> None:
    assert await has(ring, FIRST)
    provider.publish(SECOND)
    clock.forward(300)
    assert not await has(ring, FIRST)
    assert provider.fetches == 2


@pytest.mark.parametrize("mood", [mood for mood in Mood if mood is not Mood.WELL])
async def test_known_keys_outlive_a_bad_day(provider: Provider, ring: Keyring, clock: Clock, mood: Mood) -> None:
    assert await has(ring, FIRST)
    provider.publish(SECOND)
    provider.feel(mood)
    running = asyncio.create_task(ring.run(round_seconds=0.001))
    try:
        for hours in (0.1, 1, 22):
            fetches = provider.fetches
            clock.forward(hours * HOUR)
            await until(partial(_has_been_asked, provider, fetches))
            assert await has(ring, FIRST)
            began = time.monotonic()
            assert not await has(ring, SECOND)
            assert time.monotonic() - began < 3, "what is unknown is refused quickly"
        provider.feel(Mood.WELL)
        clock.forward(30)
        await until(lambda: has(ring, SECOND))
        assert not await has(ring, FIRST)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_known_keys_outlive_a_provider_that_is_down_by_a_day(
    provider: Provider, ring: Keyring, clock: Clock
) -> None:
    assert await has(ring, FIRST)
    await provider.shut()
    clock.forward(23 * HOUR)
    assert await has(ring, FIRST)
    clock.forward(HOUR + 1)
    with pytest.raises(Trouble, match="try again later"):
        await has(ring, FIRST)
    await provider.open()
    clock.forward(10)
    assert await has(ring, FIRST)


async def test_without_any_keys_it_is_said_that_they_cannot_be_fetched(
    provider: Provider, ring: Keyring, clock: Clock
) -> None:
    provider.feel(Mood.FAILING)
    for _ in range(20):
        with pytest.raises(KeysUnreachable, match="try again later"):
            await has(ring, FIRST)
    assert provider.fetches == 1
    provider.feel(Mood.WELL)
    clock.forward(10)
    assert await has(ring, FIRST)


async def test_a_provider_may_withdraw_everything(provider: Provider, ring: Keyring, clock: Clock) -> None:
    assert await has(ring, FIRST)
    provider.publish()
    clock.forward(300)
    assert not await has(ring, FIRST)


@pytest.mark.parametrize("key_id", ["", "x" * 256, "x" * 1_000_000])
async def test_for_an_impossible_key_id_nobody_is_asked(provider: Provider, ring: Keyring, key_id: str) -> None:
    assert await ring.find("RS256", key_id) is None
    assert provider.fetches == 0


@pytest.mark.parametrize(
    ("mood", "said"),
    [
        (Mood.GARBAGE, "no key set"),
        (Mood.HUGE, "more than 262144 bytes"),
        (Mood.FAILING, "answers 503"),
        (Mood.REDIRECTING, "answers 307"),
        (Mood.SILENT, "longer than 0.2 seconds"),
    ],
)
async def test_a_bad_answer_is_said_in_words(provider: Provider, mood: Mood, said: str) -> None:
    provider.feel(mood)
    jwks = Jwks(provider.url, BOTH, timeout_seconds=0.2)
    try:
        with pytest.raises(KeysUnreachable, match=said):
            await jwks.fetch()
    finally:
        await jwks.close()


def _jwk(key: Any, algorithm: str, **also: Any) -> dict[str, Any]:
    return {**jwt.get_algorithm_by_name(algorithm).to_jwk(key, as_dict=True), "kid": "k", **also}


UNFIT: dict[str, dict[str, Any]] = {
    "for encrypting": FIRST.jwk | {"use": "enc"},
    "for encrypting, said otherwise": FIRST.jwk | {"key_ops": ["encrypt"]},
    "of another algorithm": FIRST.jwk | {"alg": "RS512"},
    "a secret": {"kty": "oct", "k": "c2VjcmV0" * 8, "kid": "k", "alg": "HS256"},
    "a secret that claims otherwise": {"kty": "oct", "k": "c2VjcmV0" * 8, "kid": "k", "alg": "RS256"},
    "without a name": {name: value for name, value in FIRST.jwk.items() if name != "kid"},
    "with a name that is none": FIRST.jwk | {"kid": ["k"]},
    "too short": _jwk(rsa.generate_private_key(65537, 1024).public_key(), "RS256"),
    "on another curve": _jwk(ec.generate_private_key(ec.SECP384R1()).public_key(), "ES384"),
    "on no curve": CURVED.jwk | {"crv": None},
    "not on its curve": CURVED.jwk | {"x": CURVED.jwk["y"], "y": CURVED.jwk["x"]},
    "not base64": FIRST.jwk | {"n": "é"},
    "not text": FIRST.jwk | {"n": 65537},
    "no secret any more": {**_jwk(FIRST.private, "RS256"), "key_ops": None},
    "half": {name: value for name, value in FIRST.jwk.items() if name != "e"},
}


@pytest.mark.parametrize("fault", UNFIT)
def test_a_key_that_may_not_sign_is_passed_over(fault: str) -> None:
    found = signing_keys([UNFIT[fault], CURVED.jwk | {"kid": "good"}], BOTH)
    assert list(found) == [("good", "ES256")]


def test_keys_are_for_the_algorithms_of_their_issuer_alone() -> None:
    published = [FIRST.jwk, CURVED.jwk, {name: FIRST.jwk[name] for name in ("kty", "n", "e")} | {"kid": "bare"}]
    assert list(signing_keys(published, ["ES256"])) == [(CURVED.id, "ES256")]
    assert list(signing_keys(published, ["RS256"])) == [(FIRST.id, "RS256"), ("bare", "RS256")]


_anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.sampled_from(["RSA", "EC", "P-256", "AQAB", "sig"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)
_names = st.sampled_from(["kty", "crv", "kid", "use", "alg", "key_ops", "n", "e", "x", "y", "d", "k"])


@given(st.lists(st.sampled_from([FIRST.jwk, CURVED.jwk, {}]).flatmap(lambda key: _spoilt(key)) | _anything))
def test_whatever_is_published_is_read_or_passed_over(published: list[Any]) -> None:
    for (key_id, algorithm), key in signing_keys(published, BOTH).items():
        assert key_id and algorithm in BOTH
        assert key.algorithm_name == algorithm


def _spoilt(key: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(_names, _anything, max_size=4).map(lambda changes: key | changes)


async def _now(is_so: bool) -> bool:
    return is_so


async def _has_been_asked(provider: Provider, fetches: int) -> bool:
    """Since it had been asked so often."""
    return provider.fetches > fetches


async def _lacks(ring: Keyring, key: SigningKey) -> bool:
    return not await has(ring, key)
