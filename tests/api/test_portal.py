"""The portal: coming in with an invitation or a password, and what there is to see and change (S2.3, S2.5, S2.6)."""

import asyncio
import contextlib
import statistics
import time
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import bcrypt
import jwt
import pytest
from graphql import build_schema

from actions.visiting import Passwords, claim_invitation, sign_in
from domain.attempts import Attempts
from domain.customers import OWN_FACTS
from domain.people import Permission, Visitor
from domain.refusals import Refusal
from tests.house.walls import breaches_of_text
from tests.play.customers import CLAIM, PASSWORD, SIGN_IN, Guest, customer, guest, invitation, visitor
from tests.play.past import bare
from tests.play.statements import listened_to
from tests.play.tenant import Tenant

ME = "{ me { id name email phone membershipStatus lastLoginAt organization { slug name primaryColor } } }"
READ = "query ($t: String!) { invitation(token: $t) { email customMessage organizationName expiresAt } }"
DETAILS = """mutation ($i: ChangeMyDetailsInput!) { changeMyDetails(input: $i) {
  ... on PortalCustomer { name phone gender emergencyContactPhone version } ... on Refused { code field } } }"""
PASSWORDS = """mutation ($c: String!, $n: String!) { changePassword(input: {currentPassword: $c, newPassword: $n}) {
  ... on SignedIn { token } ... on Refused { code field } } }"""


async def test_an_invitation_is_read_and_claimed_by_its_token_alone(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """S2.3, S2.6: whoever holds it reads what it says, sets a password once, and is in."""
    id, email = await customer(tenant)
    token = await invitation(tenant, id, customMessage="Welcome.", metadata={"plan": 7})
    says = {"email": email, "customMessage": "Welcome.", "organizationName": tenant.slug.title(), "expiresAt": None}
    assert (await guest(tenant).ask(READ, t=token))["invitation"] == says
    claimed = await guest(tenant).claim(token)
    me = (await replace(guest(tenant), token=claimed["token"]).ask(ME))["me"]
    assert (me["id"], me["email"], me["organization"]["slug"]) == (id, email, tenant.slug) and me["lastLoginAt"]
    assert (await guest(tenant).ask(READ, t=token))["invitation"] is None
    assert (await guest(tenant).claim(token))["code"] == "INVALID_CREDENTIALS"
    kept = await sql.fetchrow("select * from customer_invitations where organization_id = $1", tenant.organization_id)
    assert kept and kept["claimed_at"] and token not in str(dict(kept)) and token.encode() not in kept["token_hash"]


async def test_of_a_hundred_who_claim_one_invitation_one_comes_in(tenant: Tenant) -> None:
    """S2.3: and whose password it is afterwards is theirs."""
    id, email = await customer(tenant)
    token = await invitation(tenant, id)
    door = tenant.house.parts.database
    words = [f"password number {number}" for number in range(100)]
    passwords = Passwords(4)
    tried = await asyncio.gather(
        *(claim_invitation(door, passwords, token, word) for word in words), return_exceptions=True
    )
    winners = [number for number, outcome in enumerate(tried) if isinstance(outcome, Visitor)]
    assert len(winners) == 1 and all(isinstance(one, Visitor | Refusal) for one in tried)
    assert await sign_in(door, passwords, tenant.slug, email, words[winners[0]])


SPOILED = ["expired", "revoked", "replaced", "inactive", "cancelled", "another's", "garbage", "cut"]


@pytest.mark.parametrize("spoiled", SPOILED)
async def test_an_invitation_that_is_not_good_opens_nothing(
    tenant: Tenant, stranger: Tenant, sql: asyncpg.Connection, spoiled: str
) -> None:
    """S2.3: expired is rejected; an end that is null never comes."""
    id, _ = await customer(tenant)
    token = await invitation(tenant, id)
    every = "where organization_id = $1"
    if spoiled == "expired":
        await sql.execute(f"update customer_invitations set expires_at = now() {every}", tenant.organization_id)
    if spoiled == "revoked":
        revoke = """mutation ($i: ID!) { revokeCustomerInvitation(input: {customerInvitationId: $i}) {
          ... on CustomerInvitation { revokedAt } } }"""
        found = await tenant.owner.ask("{ customerInvitations { nodes { id } } }")
        assert (await tenant.owner.ask(revoke, i=found["customerInvitations"]["nodes"][0]["id"]))[
            "revokeCustomerInvitation"
        ]["revokedAt"]
    if spoiled == "replaced":
        await invitation(tenant, id)
    if spoiled == "inactive":
        await sql.execute(f"update customers set is_active = false {every}", tenant.organization_id)
    if spoiled == "cancelled":
        await sql.execute("update organizations set status = 'CANCELLED' where id = $1", tenant.organization_id)
    if spoiled == "another's":
        token = token.replace(tenant.organization_id.hex, stranger.organization_id.hex)
    token = {"garbage": "rc_nonsense", "cut": token[:-1]}.get(spoiled, token)
    assert (await guest(tenant).claim(token))["code"] == "INVALID_CREDENTIALS"
    if spoiled != "inactive":
        assert (await guest(tenant).ask(READ, t=token))["invitation"] is None


@pytest.mark.parametrize(
    ("password", "is_good"),
    [
        ("short", False),
        ("x" * 72, True),
        ("x" * 73, False),
        ("ü" * 36, True),
        ("ü" * 37, False),
        ("nul\x00" * 4, False),
    ],
)
async def test_a_password_that_bcrypt_would_cut_is_refused(tenant: Tenant, password: str, is_good: bool) -> None:
    id, _ = await customer(tenant)
    claimed = await guest(tenant).claim(await invitation(tenant, id), password)
    assert ("token" in claimed) == is_good and (is_good or claimed["code"] == "BAD_INPUT")


async def test_a_password_is_kept_as_its_hash_and_nowhere_else(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """S2.4: bcrypt; and the trail says that there is another, not which."""
    _, id, _ = await visitor(tenant)
    hash = await sql.fetchval("select password_hash from customers where id = $1", bare(id))
    assert bcrypt.checkpw(PASSWORD.encode(), hash.encode()) and hash.startswith("$2b$")
    trail = await sql.fetch("select a::text as words, customer_id from audit_logs a where subject_id = $1", bare(id))
    assert not [row for row in trail if hash in row["words"] or PASSWORD in row["words"]]
    assert any("password_hash" in row["words"] and row["customer_id"] == bare(id) for row in trail)


async def test_whoever_is_unknown_gets_the_answer_of_a_wrong_password(tenant: Tenant, stranger: Tenant) -> None:
    """Word for word, and in about the same time."""
    _, _, email = await visitor(tenant)
    _, invited = await customer(tenant)
    asked: dict[str, tuple[str, str, str]] = {
        "wrong": (tenant.slug, email, "a wrong password"),
        "unknown": (tenant.slug, f"{uuid4().hex}@example.com", PASSWORD),
        "without a password": (tenant.slug, invited, PASSWORD),
        "elsewhere": (stranger.slug, email, PASSWORD),
        "nowhere": ("no-such-organization", email, PASSWORD),
        "too long": (tenant.slug, email, "x" * 100),
    }
    answers = {name: await guest(tenant).ask(SIGN_IN, o=o, e=e, p=p) for name, (o, e, p) in asked.items()}
    assert len({str(answer) for answer in answers.values()}) == 1
    assert answers["wrong"]["signIn"]["code"] == "INVALID_CREDENTIALS"
    assert (await guest(tenant).sign_in(tenant.slug.upper(), f" {email.title()} ")).token, "an address has no case"


async def test_an_unknown_address_costs_as_much_as_a_wrong_password(tenant: Tenant) -> None:
    """A ratio in one run, of medians: without the comparison with nobody's password it is a tenth."""
    _, _, email = await visitor(tenant)
    passwords, database = Passwords(9), tenant.house.parts.database
    hash = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(9)).decode()
    who = "update customers set password_hash = $2 where organization_id = $1"
    async with database.work(tenant.product) as session:
        await session.connection.execute(who, tenant.organization_id, hash)
    taken: dict[str, list[float]] = {email: [], "nobody@example.com": []}
    for _ in range(7):
        for address, times in taken.items():
            began = time.perf_counter()
            with pytest.raises(Refusal):
                await sign_in(database, passwords, tenant.slug, address, "a wrong password")
            times.append(time.perf_counter() - began)
    known, unknown = (statistics.median(times[1:]) for times in taken.values())
    assert 0.4 < unknown / known < 2.5, (known, unknown)


async def test_who_tries_too_often_waits(tenant: Tenant) -> None:
    """Even with the right password, and wherever they come from; others do not."""
    _, _, email = await visitor(tenant)
    _, _, other = await visitor(tenant)
    codes = [
        (await guest(tenant).ask(SIGN_IN, o=tenant.slug, e=email, p="a wrong password"))["signIn"]["code"]
        for _ in range(11)
    ]
    assert codes == ["INVALID_CREDENTIALS"] * 10 + ["RATE_LIMITED"]
    refused = (await guest(tenant).ask(SIGN_IN, o=tenant.slug, e=email.upper(), p=PASSWORD))["signIn"]
    assert refused["code"] == "RATE_LIMITED" and "minutes" in refused["message"]
    assert (await guest(tenant).sign_in(tenant.slug, other)).token


def test_one_address_cannot_try_all_accounts() -> None:
    attempts = Attempts(per_address=3)
    for number in range(3):
        attempts.count("192.0.2.1", f"account {number}")
    with pytest.raises(Refusal, match="try again in 15 minutes"):
        attempts.count("192.0.2.1", "account 4")
    attempts.count("192.0.2.2", "account 4")


async def test_details_are_changed_by_whose_they_are(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """S2.5; and the trail says who it was."""
    who, id, _ = await visitor(tenant)
    given = {"firstName": "Cleopatra", "phone": "07700 900123", "gender": "woman", "emergencyContactPhone": None}
    made = (await who.ask(DETAILS, i=given))["changeMyDetails"]
    assert (made["name"], made["phone"], made["gender"]) == ("Cleopatra", "+447700900123", "woman")
    kept = (await who.ask(DETAILS, i={"lastName": "VII"}))["changeMyDetails"]
    assert kept["name"] == "Cleopatra VII" and kept["version"] == made["version"] + 1
    assert (await who.ask(DETAILS, i={"phone": "1"}))["changeMyDetails"] == {"code": "BAD_INPUT", "field": "phone"}
    last = "select * from audit_logs where subject_id = $1 order by at desc limit 1"
    record = await sql.fetchrow(last, bare(id))
    assert record and record["customer_id"] == bare(id) and record["member_id"] is None and record["request_id"]


async def test_the_database_lets_a_customer_change_nothing_else(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """S2.5: not the membership, the password, the address or the organization; and no row can be made or deleted."""
    _, id, _ = await visitor(tenant)
    seen = Visitor(tenant.organization_id, bare(id), await sql.fetchval("select now()"))
    of = "select attname from pg_attribute where attrelid = 'customers'::regclass and attnum > 0 and attgenerated = ''"
    columns = [row["attname"] for row in await sql.fetch(of)]
    changeable = []
    for column in columns:
        with contextlib.suppress(asyncpg.InsufficientPrivilegeError):
            async with tenant.house.parts.database.visit(seen) as session:
                await session.connection.execute(f"update customers set {column} = null")
                changeable.append(column)
    assert changeable == [*OWN_FACTS, "last_login_at"]
    for verb in ("delete from customers", "insert into customers (id) values (gen_random_uuid())"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with tenant.house.parts.database.visit(seen) as session:
                await session.connection.execute(verb)


async def test_a_visit_sees_one_customer_and_one_face_of_an_organization(
    tenant: Tenant, stranger: Tenant, sql: asyncpg.Connection
) -> None:
    """Every table, read as a visitor reads: two have a row of theirs, and the others are shut."""
    _, id, _ = await visitor(tenant)
    for other in (tenant, stranger):
        await visitor(other)
    seen = Visitor(tenant.organization_id, bare(id), await sql.fetchval("select now()"))
    names = await sql.fetch(
        "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'"
    )
    counted = {}
    for table in {row["relname"] for row in names} - {"rekindle_migrations"}:
        with contextlib.suppress(asyncpg.InsufficientPrivilegeError):
            async with tenant.house.parts.database.visit(seen) as session:
                counted[table] = await session.connection.fetchval(f"select count(*) from {table}")
    assert counted == {"customers": 1, "organizations": 1}
    async with tenant.house.parts.database.visit(seen) as session:
        assert await session.connection.fetchval("select id from customers") == bare(id)
        assert await session.connection.fetchval("select id from organizations") == tenant.organization_id
    for column in ("password_hash", "notes", "custom_fields", "lead_id"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with tenant.house.parts.database.visit(seen) as session:
                await session.connection.execute(f"select {column} from customers")


@pytest.mark.parametrize("nobody", [UUID(int=0), None])
async def test_a_visit_to_nowhere_sees_nothing(tenant: Tenant, sql: asyncpg.Connection, nobody: UUID | None) -> None:
    """S2.5: an organization that is none is no error, and no row."""
    _, id, _ = await visitor(tenant)
    lost = Visitor(nobody, bare(id), await sql.fetchval("select now()"))  # type: ignore[arg-type]
    async with tenant.house.parts.database.visit(lost) as session:
        assert await session.connection.fetch("select id from customers") == []


async def test_a_password_is_changed_by_who_knows_it_and_ends_what_was_signed_in(tenant: Tenant) -> None:
    who, _, email = await visitor(tenant)
    assert (await who.ask(PASSWORDS, c="a wrong password", n="another password"))["changePassword"] == {
        "code": "INVALID_CREDENTIALS", "field": "currentPassword",
    }  # fmt: skip
    made = (await who.ask(PASSWORDS, c=PASSWORD, n="another password"))["changePassword"]
    assert await who.code(ME) == "UNAUTHENTICATED"
    assert (await replace(who, token=made["token"]).ask(ME))["me"]["email"] == email
    assert (await guest(tenant).sign_in(tenant.slug, email, "another password")).token


@pytest.mark.parametrize("end", ["inactive", "cancelled", "erased"])
async def test_who_is_let_in_no_more_is_out_at_once(tenant: Tenant, sql: asyncpg.Connection, end: str) -> None:
    who, id, email = await visitor(tenant)
    if end == "inactive":
        turn = "mutation ($c: ID!) { changeCustomer(input: {customerId: $c, isActive: false}) { __typename } }"
        await tenant.owner.ask(turn, c=id)
    if end == "cancelled":
        await sql.execute("update organizations set status = 'CANCELLED' where id = $1", tenant.organization_id)
    if end == "erased":
        await tenant.owner.ask("mutation ($c: ID!) { eraseCustomer(input: {customerId: $c}) { __typename } }", c=id)
    answer = await who.post(ME)
    assert answer.status_code == 401 and answer.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    refused = (await guest(tenant).ask(SIGN_IN, o=tenant.slug, e=email, p=PASSWORD))["signIn"]
    assert refused["code"] == "INVALID_CREDENTIALS"


async def test_tokens_of_customers_and_of_staff_open_nothing_of_each_other(tenant: Tenant) -> None:
    who, _, _ = await visitor(tenant)
    as_staff = replace(tenant.nobody, bearer=who.token)
    assert await as_staff.code("{ viewer { organization { id } } }") == "UNAUTHENTICATED"
    key = await tenant.program(Permission.INBOX_READ)
    for bearer in (tenant.owner.bearer, key.bearer, "nonsense"):
        assert await replace(guest(tenant), token=bearer).code(ME) == "UNAUTHENTICATED"


@pytest.mark.parametrize(
    "spoil",
    [
        {"exp": 1},
        {"aud": "rekindle"},
        {"org": str(UUID(int=0))},
        {"org": "x"},
        {"pwd": 1},
        {"pwd": "x"},
        {"sub": "x"},
        {"pwd": 10**30},
    ],
)
async def test_a_token_that_says_something_else_is_refused(tenant: Tenant, spoil: dict[str, Any]) -> None:
    who, _, _ = await visitor(tenant)
    secret = tenant.house.settings.secret()
    claims = jwt.decode(who.token or "", secret, algorithms=["HS256"], audience="portal")
    token = jwt.encode(claims | spoil, secret, algorithm="HS256")
    assert await Guest(tenant.house.http, token).code(ME) == "UNAUTHENTICATED"
    unsigned = jwt.encode(claims, "", algorithm="none")
    assert await Guest(tenant.house.http, unsigned).code(ME) == "UNAUTHENTICATED"


CLOSED = {
    "me": ME,
    "changeMyDetails": "mutation { changeMyDetails(input: {gender: null}) { __typename } }",
    "changePassword": 'mutation { changePassword(input: {currentPassword: "x", newPassword: "y"}) { __typename } }',
}
OPEN = {
    "invitation": '{ invitation(token: "x") { email } }',
    "signIn": 'mutation { signIn(input: {organization: "x", email: "x", password: "x"}) { __typename } }',
    "claimInvitation": 'mutation { claimInvitation(input: {token: "x", password: "long enough"}) { __typename } }',
}


async def test_every_field_of_the_portal_is_open_or_closed_as_listed(tenant: Tenant) -> None:
    sdl = (await tenant.house.http.get("/portal.graphql")).text
    built = build_schema(sdl)
    assert built.query_type and built.mutation_type
    assert {*built.query_type.fields, *built.mutation_type.fields} == {*CLOSED, *OPEN}
    who, _, _ = await visitor(tenant)
    for document in CLOSED.values():
        assert await guest(tenant).code(document) == "UNAUTHENTICATED"
        await who.ask(document)
    for document in OPEN.values():
        await guest(tenant).ask(document)
    more = "fragment more on Mutation { changeMyDetails(input: {}) { __typename } }"
    smuggled = f"{OPEN['signIn'][:-1]} ...more }} {more}"
    assert await guest(tenant).code(smuggled) == "UNAUTHENTICATED"


async def test_what_the_portal_says_to_the_database_names_the_organization(tenant: Tenant) -> None:
    who, _, _ = await visitor(tenant)
    async with listened_to(tenant.house) as log:
        with log.of(tenant.organization_id) as said:
            await who.ask(ME)
            await who.ask(DETAILS, i={"gender": "x"})
    spoken = [text for text in said if " from " in text or "update " in text]
    assert len(spoken) >= 5
    assert [text for text in spoken if breaches_of_text(text)] == []


async def test_the_portal_takes_posts_alone(tenant: Tenant) -> None:
    assert (await tenant.house.http.get("/portal")).status_code == 405
    assert (await tenant.house.http.post("/portal", content=b"{")).status_code == 415
    assert (await guest(tenant).post(CLAIM)).json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
