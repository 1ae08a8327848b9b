"""Which version writes in a conversation: the same one each time, however often it is asked."""

import hashlib
from uuid import UUID

from domain.refusals import bad_input

ALL = 100


def check_share(share: int) -> int:
    """Percent of the conversations."""
    if not 1 <= share <= ALL:
        raise bad_input("A share is between 1 and 100 percent of the conversations.", "share")
    return share


def is_within(share: int, version_id: UUID, conversation_id: UUID) -> bool:
    """Whether a conversation is among the share that a version is tried on. A larger share holds the smaller one's."""
    digest = hashlib.sha256(version_id.bytes + conversation_id.bytes).digest()
    return int.from_bytes(digest[:8], "big") % ALL < share
