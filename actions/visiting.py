"""The portal: customers come in with a password, and see to what is theirs."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from actions.inviting import CUSTOMER_PREFIX
from db.database import Database
from db.session import Row, Session
from domain.customers import OWN_FACTS, check_facts
from domain.passwords import USUAL_ROUNDS, check_password, hash_password, is_password
from domain.people import Visitor
from domain.refusals import Refusal, RefusalCode
from domain.tokens import hash_token, organization_of

_AT_ONCE = 2  # passwords that are hashed at a time: each takes a processor


@dataclass(frozen=True, slots=True)
class Passwords:
    """Hashes and compares in threads, a few at a time, so that nobody can take all processors."""

    rounds: int = USUAL_ROUNDS
    _turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))
    _nobodys: list[str] = field(default_factory=list)

    async def hash(self, password: bytes) -> str:
        async with self._turns:
            return await asyncio.to_thread(hash_password, password, self.rounds)

    async def is_right(self, password: str, hash: str | None) -> bool:
        """Where nobody has a hash it compares all the same, with nobody's: the clock tells nothing."""
        if hash is None and not self._nobodys:
            self._nobodys.append(await self.hash(b"nobody's password"))
        async with self._turns:
            is_same = await asyncio.to_thread(is_password, password, hash or self._nobodys[0])
        return is_same and hash is not None


async def sign_in(database: Database, passwords: Passwords, slug: str, email: str, password: str) -> Visitor:
    """Who it is. Whoever is unknown, inactive or without a password gets the answer of a wrong password."""
    found = await database.look_up("find_customer_login", slug.strip().lower(), email.strip().lower())
    login = found[0] if found else None
    if not await passwords.is_right(password, login["password_hash"] if login else None) or not login:
        raise Refusal(RefusalCode.INVALID_CREDENTIALS, "This e-mail address and password do not open anything here.")
    visitor = Visitor(login["organization_id"], login["customer_id"], login["password_set_at"])
    async with database.visit(visitor) as session:
        await session.execute("customers", "note_visit", visitor.customer_id)
    return visitor


async def is_welcome(database: Database, visitor: Visitor) -> bool:
    """Whether a customer who came in is still let in, with the password they came with."""
    async with database.visit(visitor) as session:
        own = await session.row("customers", "get_own", visitor.customer_id, visitor.password_set_at)
    return own is not None


async def find_invitation(database: Database, token: str) -> Row | None:
    """What somebody who holds the token may read; None where it opens nothing (any more)."""
    organization_id = organization_of(token, CUSTOMER_PREFIX)
    if organization_id is None:
        return None
    found = await database.look_up("find_customer_invitation", organization_id, hash_token(token))
    return dict(found[0]) if found else None


async def claim_invitation(database: Database, passwords: Passwords, token: str, password: str) -> Visitor:
    """Sets a password by an invitation, which is then used up; answers who came in."""
    written = check_password(password, "password")
    organization_id = organization_of(token, CUSTOMER_PREFIX)
    # Looked for before the password is hashed, which takes its time; what counts is what the claim finds.
    if organization_id and await find_invitation(database, token):
        hash = await passwords.hash(written)
        claimed = await database.look_up("claim_customer_invitation", organization_id, hash_token(token), hash)
        if claimed:
            return Visitor(organization_id, claimed[0]["customer_id"], claimed[0]["password_set_at"])
    raise Refusal(
        RefusalCode.INVALID_CREDENTIALS, "This invitation is used, expired or taken back: ask for another one.", "token"
    )


async def change_password(
    database: Database, passwords: Passwords, visitor: Visitor, current: str, new: str
) -> Visitor:
    """Sets another password; what was signed in with the last one ends."""
    written = check_password(new, "newPassword")
    async with database.visit(visitor) as session:
        own = await session.row("customers", "get_own", visitor.customer_id, visitor.password_set_at)
    assert own
    found = await database.look_up("find_customer_login", own["slug"], own["email"])
    was = found[0]["password_hash"] if found else None
    if not await passwords.is_right(current, was):
        raise Refusal(RefusalCode.INVALID_CREDENTIALS, "This is not your password.", "currentPassword")
    who = (visitor.organization_id, visitor.customer_id)
    became = await database.look_up("set_customer_password", *who, was, await passwords.hash(written))
    if not became:
        raise Refusal(RefusalCode.CONFLICT, "Your password was just changed elsewhere: sign in with it.")
    return Visitor(*who, became[0]["password_set_at"])


async def change_own(session: Session, visitor: Visitor, changes: Mapping[str, Any]) -> None:
    """Changes what customers may change about themselves (S2.5); the database lets them change nothing else."""
    checked = check_facts(changes, await session.value("leads", "get_country"))
    own = await session.row("customers", "lock_own", visitor.customer_id)
    assert own
    whole = {name: checked.get(name, own[name]) for name in OWN_FACTS}
    await session.execute("customers", "change_own", visitor.customer_id, *whole.values())
