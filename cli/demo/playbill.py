"""The playbill: addresses and tokens of the demo, printed for people and written down for programs."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

_QUERY = "{ conversations(first: 5) { nodes { unreadCount lead { name } lastMessage { direction body } } } }"
_SUBSCRIPTION = """\
subscription {
  inboxEvents {
    __typename
    ... on MessageReceived { message { body lead { name } } }
    ... on MessageSent { message { body aiGenerated lead { name } } }
    ... on MessageStatusChanged { message { status lead { name } } }
    ... on InsightRaised { insight { severity title originalText } }
  }
}"""


@dataclass(frozen=True, slots=True)
class Billing:
    """An organization on the bill; tokens by who they are for."""

    id: str
    slug: str
    name: str
    phone_number: str
    tokens: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Playbill:
    """`origin` is where the server is reached, without a path."""

    origin: str
    account_sid: str
    auth_token: str
    organizations: tuple[Billing, ...]
    model: str | None = None  # who writes Sophie's answers; plain rules where there is none

    @property
    def http(self) -> str:
        return f"{self.origin}/graphql"

    @property
    def ws(self) -> str:
        return self.http.replace("http", "ws", 1)

    def write(self, path: Path) -> None:
        """Whole or not at all, and for the owner's eyes: it holds tokens."""
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        fresh.touch(mode=0o600)
        fresh.write_text(json.dumps(self._content(), indent=2) + "\n", encoding="utf-8")
        fresh.replace(path)

    def _content(self) -> dict[str, object]:
        return {
            "http": self.http,
            "ws": self.ws,
            "twilio": {"accountSid": self.account_sid, "authToken": self.auth_token},
            "organizations": [
                {"id": item.id, "slug": item.slug, "phoneNumber": item.phone_number, "tokens": dict(item.tokens)}
                for item in self.organizations
            ],
        }

    def show(self, console: Console, path: Path) -> None:
        """Nothing is wrapped, so that everything can be copied."""
        token = self.organizations[0].tokens["agent"]
        for text, style in (
            ("\nRekindle is open: two organizations, and leads who answer every few seconds.\n", "bold"),
            (f"  Explorer  {self.http}", ""),
            (f"  Socket    {self.ws}", ""),
            (f"  Programs  {path}", ""),
            *(line for item in self.organizations for line in _lines(item)),
            ("\nAsk:", "bold"),
            (self._curl(token), ""),
            ("\nWatch: paste this into the explorer, and under Headers the line below it.", "bold"),
            (_SUBSCRIPTION, ""),
            (json.dumps({"Authorization": f"Bearer {token}"}), ""),
            (f"\nSophie proposes answers a minute after leads write: ask drafts. {self._writer()}", ""),
            ("\nAnswer a lead with sendMessage: it is delivered, and the lead replies. Stop with Ctrl+C.\n", "bold"),
        ):
            console.print(text, style=style, markup=False, highlight=False, soft_wrap=True)

    def _writer(self) -> str:
        if self.model:
            return f"{self.model} writes them."
        return "They are written by plain rules; with REKINDLE_MODEL a model writes them."

    def _curl(self, token: str) -> str:
        body = json.dumps({"query": _QUERY})
        return f"curl -s {self.http} -H 'Authorization: Bearer {token}' -H 'Content-Type: application/json' -d '{body}'"


def _lines(item: Billing) -> list[tuple[str, str]]:
    heading = (f"\n{item.name}  ({item.slug}, {item.phone_number})", "bold")
    return [heading, *((f"  {who:<6} {token}", "") for who, token in item.tokens.items())]


def read_account(path: Path) -> tuple[str, str] | None:
    """The carrier's account as an earlier demo wrote it down: scripts that know it go on working."""
    try:
        twilio = json.loads(path.read_text(encoding="utf-8"))["twilio"]
        return str(twilio["accountSid"]), str(twilio["authToken"])
    except (OSError, ValueError, LookupError, TypeError):
        return None
