"""Passwords: what one may be, and the only form it is kept in."""

import bcrypt

from domain.refusals import bad_input

SHORTEST, LONGEST = 10, 72  # characters, and bytes: bcrypt looks at no more
USUAL_ROUNDS = 12


def check_password(password: str, field: str) -> bytes:
    """Its bytes; refuses what is too short to be safe, and what bcrypt would cut."""
    if len(password) < SHORTEST:
        raise bad_input(f"A password needs at least {SHORTEST} characters: take a few words.", field)
    written = password.encode(errors="replace")
    if len(written) > LONGEST or b"\x00" in written:
        raise bad_input(f"A password has at most {LONGEST} bytes, and no NUL characters.", field)
    return written


def hash_password(password: bytes, rounds: int = USUAL_ROUNDS) -> str:
    """Takes a quarter of a second of a processor, which is the point: call it in a thread."""
    return bcrypt.hashpw(password, bcrypt.gensalt(rounds)).decode()


def is_password(password: str, hash: str) -> bool:
    """Whether it is the one that was hashed. Takes as long as hashing, for any password."""
    written = password.encode(errors="replace")
    # What could never have been set is compared all the same, so that nobody learns from the clock.
    is_possible = len(written) <= LONGEST and b"\x00" not in written
    return bcrypt.checkpw(written if is_possible else b"impossible", hash.encode()) and is_possible
