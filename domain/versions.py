"""Two people who change one thing: the second one is told."""

from domain.refusals import Refusal, RefusalCode


def check_version(expected: int | None, found: int, thing: str) -> None:
    """Refuses a change of something that was read before its last change; None takes whatever there is."""
    if expected not in (None, found):
        now = f"it has version {found} now. Read it anew."
        raise Refusal(RefusalCode.CONFLICT, f"Somebody else has changed this {thing}: {now}", "expectedVersion")
