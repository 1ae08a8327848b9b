"""LinkedIn: what an organization needs to write there, and how it is written to somebody."""

from collections.abc import Mapping
from dataclasses import dataclass, field

API_KEY, INVITE_AGENT, MESSAGE_AGENT = "api_key", "invite_agent_id", "message_agent_id"
# What a credential of PhantomBuster holds: the key, and the agents that invite people and write to who has accepted.
SECRETS = (API_KEY, INVITE_AGENT, MESSAGE_AGENT)
LONGEST_NOTE = 300  # characters that LinkedIn takes with an invitation


@dataclass(frozen=True, slots=True)
class Phantom:
    """The agent that carries a message, and what lets us launch it. Who was never written to there is invited."""

    api_key: str = field(repr=False)
    agent_id: str
    is_invitation: bool


def phantom_of(secrets: Mapping[str, str], *, is_invitation: bool) -> Phantom:
    agent = INVITE_AGENT if is_invitation else MESSAGE_AGENT
    return Phantom(secrets[API_KEY], secrets[agent], is_invitation)
