"""Tokens of several issuers: whose are accepted, while keys rotate too, and every way of forging one that we know."""

import asyncio
import base64
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from cli.issuers import open_issuers
from cli.settings import read_settings
from tests.play.clock import Clock
from tests.play.provider import Provider, SigningKey, open_provider
from web.issuers import Rejected
from web.tokens import TokenRules, Tokens

RSA, CURVED, OTHERS = SigningKey("RS256", 1), SigningKey("ES256", 1), SigningKey("RS256", 7)
SUPABASE, SUPABASE_SECRET = "https://x.supabase.co/auth/v1", "a secret that only Supabase and we know"
OWN_SECRET = "a secret that only the tests know, and long enough"
PAGE = "https://app.example.com"


@dataclass(frozen=True, slots=True)
class Desk:
    """Where tokens are read: two providers with keys, one with a secret, and ourselves."""

    clerk: Provider
    other: Provider
    clock: Clock
    rules: TokenRules
    tokens: Tokens

    def token(self, key: SigningKey = RSA, headers: dict[str, Any] | None = None, **given: Any) -> str:
        """Of the first provider, for a page of ours, unless told otherwise."""
        return key.sign(self.clerk.claims(**{"azp": PAGE, **given}), **(headers or {}))

    async def accepts(self, token: str) -> bool:
        try:
            await self.tokens.read(token)
        except Rejected as rejected:
            assert str(rejected).endswith(".")
            return False
        return True


@pytest.fixture(scope="module")
async def desk() -> AsyncIterator[Desk]:
    async with AsyncExitStack() as stack:
        clerk = await stack.enter_async_context(open_provider(RSA, CURVED))
        other = await stack.enter_async_context(open_provider(OTHERS))
        clock = Clock()
        providers = [
            {"issuer": clerk.issuer, "authorized_parties": [PAGE]},
            {"issuer": other.issuer, "algorithms": ["RS256"], "audience": "rekindle", "trusts_email": True},
            {"issuer": SUPABASE, "secret": SUPABASE_SECRET, "audience": "authenticated"},
        ]
        settings = read_settings(jwt_secret=OWN_SECRET, issuers=json.dumps(providers))
        issuers = await stack.enter_async_context(open_issuers(settings, clock))
        rules = TokenRules(OWN_SECRET, settings.jwt_issuer, settings.jwt_audience)
        yield Desk(clerk, other, clock, rules, issuers.tokens)


def soon() -> int:
    return int(time.time()) + 60


async def test_each_issuer_is_read_by_its_own_rules(desk: Desk) -> None:
    by_secret = {"iss": SUPABASE, "sub": "u", "aud": "authenticated", "exp": soon()}
    good = [
        (desk.token(RSA), desk.clerk.issuer),
        (desk.token(CURVED), desk.clerk.issuer),
        (OTHERS.sign(desk.other.claims(aud=["another", "rekindle"])), desk.other.issuer),
        (jwt.encode(by_secret, SUPABASE_SECRET), SUPABASE),
        (desk.rules.mint("somebody", 60), "rekindle"),
    ]
    for token, issuer in good:
        assert (await desk.tokens.read(token)).person.issuer == issuer


async def test_what_a_token_says_of_its_subject(desk: Desk) -> None:
    ends = soon()
    said: dict[str, Any] = {"email": "ann@example.com", "name": "Ann", "exp": ends}
    identity = await desk.tokens.read(desk.token(**said, email_verified=True))
    assert (identity.person.subject, identity.person.email, identity.person.name) == (
        "user_1",
        "ann@example.com",
        "Ann",
    )
    assert identity.expires_at == ends
    trusted = await desk.tokens.read(OTHERS.sign(desk.other.claims(aud="rekindle", **said)))
    assert trusted.person.email == "ann@example.com"


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "a@b.c"},
        {"email": "a@b.c", "email_verified": False},
        {"email": "a@b.c", "email_verified": "true"},
        {"email": "a@b.c", "user_metadata": {"email_verified": True}},
        {"email": ["a@b.c"], "email_verified": True},
        {"email": "a@b.c\n", "email_verified": True},
        {"email_verified": True},
    ],
)
async def test_an_address_nobody_vouches_for_is_not_told(desk: Desk, claims: dict[str, Any]) -> None:
    assert (await desk.tokens.read(desk.token(**claims))).person.email is None


async def test_an_end_no_clock_can_show_is_brought_nearer(desk: Desk) -> None:
    for far in (10**15, 10**400):
        assert (await desk.tokens.read(desk.token(exp=far))).expires_at < 4e10


BAD_CLAIMS: dict[str, dict[str, Any]] = {
    "no end": {"exp": None},
    "ended": {"exp": int(time.time()) - 6},
    "an end that is none": {"exp": "tomorrow"},
    "not begun": {"nbf": int(time.time()) + 3600},
    "issued in the future": {"iat": int(time.time()) + 3600},
    "no subject": {"sub": None},
    "a subject that is no text": {"sub": 7},
    "an empty subject": {"sub": " "},
    "a subject no database could keep": {"sub": "user\0"},
    "half a character": {"sub": "\ud800"},
    "an endless subject": {"sub": "x" * 256},
    "no issuer": {"iss": None},
    "another page": {"azp": "https://evil.example.com"},
    "a page like ours": {"azp": PAGE + ".evil.com"},
    "no page": {"azp": None},
    "pages": {"azp": [PAGE]},
    "an audience, where we are none": {"aud": "rekindle"},
}


@pytest.mark.parametrize("fault", BAD_CLAIMS)
async def test_a_signed_token_with_bad_claims_is_refused(desk: Desk, fault: str) -> None:
    assert await desk.accepts(desk.token())
    assert not await desk.accepts(desk.token(**BAD_CLAIMS[fault]))


async def test_five_seconds_are_forgiven(desk: Desk) -> None:
    now = int(time.time())
    assert await desk.accepts(desk.token(exp=now - 1, nbf=now + 2, iat=now + 2))


@pytest.mark.parametrize("audience", [None, "", [], "elsewhere", ["elsewhere"], {"rekindle": 1}, 7])
async def test_where_an_audience_is_set_it_must_be_named(desk: Desk, audience: Any) -> None:
    assert not await desk.accepts(OTHERS.sign(desk.other.claims(aud=audience)))


async def test_a_good_key_of_another_issuer_opens_nothing(desk: Desk) -> None:
    """Issuers mixed up: each key signs for its own issuer alone, whatever key id is named."""
    ours = {"iss": "rekindle", "aud": "rekindle", "sub": "somebody", "exp": soon()}
    mixed = [
        OTHERS.sign(desk.clerk.claims(azp=PAGE)),
        OTHERS.sign(desk.clerk.claims(azp=PAGE), kid=RSA.id),
        RSA.sign(desk.other.claims(aud="rekindle")),
        RSA.sign(ours),
        jwt.encode(desk.clerk.claims(azp=PAGE), OWN_SECRET, headers={"kid": RSA.id}),
        jwt.encode(ours, SUPABASE_SECRET),
        jwt.encode({"iss": SUPABASE, "sub": "u", "aud": "authenticated", "exp": soon()}, OWN_SECRET),
        RSA.sign({"iss": "https://evil.example.com", "sub": "u", "exp": soon()}),
        CURVED.sign(desk.clerk.claims(azp=PAGE), kid=RSA.id),
    ]
    assert [token for token in mixed if await desk.accepts(token)] == []


def forged(header: dict[str, Any], claims: dict[str, Any], secret: bytes) -> str:
    """An HMAC over anything: PyJWT would refuse to make these."""
    text = ".".join(_encoded(json.dumps(part).encode()) for part in (header, claims))
    return f"{text}.{_encoded(hmac.digest(secret, text.encode(), hashlib.sha256))}"


def signed(header: dict[str, Any], claims: dict[str, Any]) -> str:
    """Signed well by the first provider, whatever it says: PyJWT would refuse to make these too."""
    text = ".".join(_encoded(json.dumps(part).encode()) for part in (header, claims))
    return f"{text}.{_encoded(jwt.get_algorithm_by_name('RS256').sign(text.encode(), RSA.private))}"


def _encoded(text: bytes) -> str:
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def _public_forms(key: SigningKey) -> list[bytes]:
    public = key.private.public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    jwk = json.dumps(key.jwk).encode()
    return [pem, pem.strip(), der, jwk, json.dumps(key.jwk, separators=(",", ":")).encode(), key.id.encode(), b""]


@pytest.mark.parametrize("key", [RSA, CURVED], ids=lambda key: key.id)
async def test_what_everybody_can_read_is_no_secret(desk: Desk, key: SigningKey) -> None:
    """Key confusion: an HMAC made with a public key, under every name such a token could go by."""
    claims = desk.clerk.claims(azp=PAGE)
    for secret in _public_forms(key):
        for algorithm in ("HS256", "HS384", "RS256", "ES256", "hs256", ["HS256"], None):
            assert not await desk.accepts(forged({"alg": algorithm, "kid": key.id}, claims, secret))


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "nOnE", "", None, 0, "RS512", "PS256", "EdDSA"])
async def test_a_token_does_not_choose_its_algorithm(desk: Desk, algorithm: Any) -> None:
    for claims in (desk.clerk.claims(azp=PAGE), {"iss": "rekindle", "aud": "rekindle", "sub": "u", "exp": soon()}):
        token = forged({"alg": algorithm, "kid": RSA.id}, claims, b"x")
        unsigned = token.rpartition(".")[0]
        assert not await desk.accepts(token)
        assert not await desk.accepts(f"{unsigned}.")
        assert not await desk.accepts(unsigned)


BAD_KEY_IDS = [None, "", "../../../../dev/null", "/dev/null", "' or 1=1 --", "x" * 300, 7, ["RS256-1"], {"a": 1}, "\0"]


@pytest.mark.parametrize("key_id", BAD_KEY_IDS, ids=range(len(BAD_KEY_IDS)))
async def test_a_key_id_is_only_ever_a_name(desk: Desk, key_id: Any) -> None:
    claims = desk.clerk.claims(azp=PAGE)
    for secret in (b"", b"\0", str(key_id).encode()):
        assert not await desk.accepts(forged({"alg": "HS256", "kid": key_id}, claims, secret))
    assert not await desk.accepts(signed({"alg": "RS256", "kid": key_id}, claims))
    assert await desk.accepts(signed({"alg": "RS256", "kid": RSA.id}, claims))


@pytest.mark.parametrize("issuer", [["rekindle"], {"rekindle": 1}, 7, None, "", "REKINDLE", "rekindle ", "\ud800"])
async def test_an_issuer_is_who_is_named_exactly(desk: Desk, issuer: Any) -> None:
    assert not await desk.accepts(
        signed({"alg": "RS256", "kid": RSA.id}, desk.clerk.claims(azp=PAGE) | {"iss": issuer})
    )


async def test_keys_that_a_token_brings_along_are_not_looked_at(desk: Desk) -> None:
    async with open_provider(OTHERS) as evil:
        brought = {"jku": evil.url, "x5u": evil.url, "jwk": OTHERS.jwk, "x5c": ["MIIB"]}
        assert not await desk.accepts(desk.token(OTHERS, brought))
        assert not await desk.accepts(desk.token(OTHERS, {**brought, "kid": RSA.id}))
        assert await desk.accepts(desk.token(RSA, brought)), "ignored where the signature is the issuer's"
        assert evil.fetches == 0


@pytest.mark.parametrize("headers", [{"crit": ["exp"]}, {"crit": []}, {"b64": False, "crit": ["b64"]}])
async def test_a_header_that_must_be_understood_and_is_not(desk: Desk, headers: dict[str, Any]) -> None:
    token = forged({"alg": "RS256", "kid": RSA.id, **headers}, desk.clerk.claims(azp=PAGE), b"x")
    assert not await desk.accepts(token)


@pytest.mark.parametrize(
    "text",
    ["", ".", "..", "a.b", "a.b.c.d", "é.é.é", "\ud800", "a.b.c\n", "x" * 5000, "a." + "b" * 20_000 + ".c", " "],
    ids=range(11),
)
async def test_what_is_no_token_is_refused(desk: Desk, text: str) -> None:
    assert not await desk.accepts(text)


async def test_a_deep_token_is_refused(desk: Desk) -> None:
    deep = _encoded(b'{"a":' * 2000 + b"1" + b"}" * 2000)
    assert not await desk.accepts(f"{deep}.{deep}.x")


async def test_who_is_trusted_is_said_and_nothing_else(desk: Desk) -> None:
    with pytest.raises(Rejected) as rejected:
        await desk.tokens.read(RSA.sign({"iss": "https://nobody.example.com", "sub": "u", "exp": soon()}))
    assert SUPABASE in str(rejected.value) and desk.clerk.issuer in str(rejected.value)
    assert SUPABASE_SECRET not in str(rejected.value) and "example.com" not in str(rejected.value)


_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.= \n"
_places = st.integers(0, 10_000)
_changes = st.one_of(
    st.tuples(st.just("replace"), _places, st.text(_alphabet, min_size=1, max_size=3)),
    st.tuples(st.just("insert"), _places, st.text(_alphabet, min_size=1, max_size=3)),
    st.tuples(st.just("delete"), _places, st.integers(1, 50)),
    st.tuples(st.just("swap"), _places, _places),
    st.tuples(st.just("flip"), _places, st.integers(0, 5)),
)


def mutated(token: str, change: tuple[str, int, Any]) -> str:
    kind, place, what = change
    place %= len(token)
    match kind:
        case "replace":
            return f"{token[:place]}{what}{token[place + len(what) :]}"
        case "insert":
            return f"{token[:place]}{what}{token[place:]}"
        case "delete":
            return token[:place] + token[place + what :]
        case "swap":
            letters, other = list(token), what % len(token)
            letters[place], letters[other] = letters[other], letters[place]
            return "".join(letters)
    bits = _alphabet.find(token[place]) % 64 ^ (1 << what)
    return token[:place] + _alphabet[bits] + token[place + 1 :]


@given(st.sampled_from([RSA, CURVED]), st.lists(_changes, min_size=1, max_size=3))
async def test_a_token_that_was_touched_is_refused(desk: Desk, key: SigningKey, changes: list[Any]) -> None:
    good = token = desk.token(key)
    for change in changes:
        token = mutated(token or ".", change)
    assert await desk.accepts(token) == (token == good)


async def test_keys_rotate_during_traffic(desk: Desk) -> None:
    """As providers do it: the next key is listed before it signs, the last until its tokens have ended.

    Hundreds of tokens, of every age and under forgeries, while the keys change five times: none is judged wrongly.
    """
    provider, judged = desk.clerk, []
    keys = [SigningKey("RS256" if number % 2 else "ES256", number) for number in range(1, 8)]

    async def judge(token: str, is_good: bool) -> None:
        judged.append((await desk.accepts(token), is_good))

    try:
        for last, key, coming in zip(keys, keys[1:-1], keys[2:], strict=False):
            provider.publish(last, key, coming)
            desk.clock.forward(10)
            async with asyncio.TaskGroup() as traffic:
                for number in range(50):
                    traffic.create_task(judge(desk.token(key, sid=number), True))
                    traffic.create_task(judge(desk.token(last, sid=number), True))
                    traffic.create_task(judge(desk.token(OTHERS, {"kid": key.id}, sid=number), False))
                    traffic.create_task(judge(desk.token(OTHERS, {"kid": f"guess {number}"}), False))
            provider.publish(key, coming)
            desk.clock.forward(300)
            async with asyncio.TaskGroup() as traffic:
                for number in range(50):
                    traffic.create_task(judge(desk.token(key, sid=number), True))
                    traffic.create_task(judge(desk.token(last, sid=number), False))
    finally:
        provider.publish(RSA, CURVED)
        desk.clock.forward(300)
    assert len(judged) == 5 * 300
    assert all(accepted == is_good for accepted, is_good in judged)


async def test_a_storm_of_forged_key_ids_hardly_reaches_the_provider(desk: Desk) -> None:
    assert await desk.accepts(desk.token())
    before = desk.clerk.fetches
    for burst in range(10):
        tokens = [desk.token(OTHERS, {"kid": f"random {burst} {number}"}) for number in range(100)]
        assert not any(await asyncio.gather(*map(desk.accepts, tokens)))
        assert await desk.accepts(desk.token())
        desk.clock.forward(2)
    assert desk.clerk.fetches - before <= 3
