"""The two queries, and the statements the engine compiles for them."""

import json
from dataclasses import asdict, dataclass
from typing import Any, cast
from uuid import UUID

from db.database import Database
from db.selection import Statement
from domain.people import Actor
from resolvers.context import Context
from resolvers.schema import Schema

PAGE = (
    "{ conversations(first: 50) { nodes { id channel status unreadCount lastMessageAt lead { id name phone }"
    " assignee { id name } lastMessage { id body direction status createdAt } } pageInfo { hasNextPage endCursor } } }"
)
SMALL = "query ($id: ID!) { conversation(id: $id) { id status unreadCount } }"
QUERIES = {"inbox page": PAGE, "one small object": SMALL}
FIELDS = {PAGE: "conversations", SMALL: "conversation"}  # the root field of each


@dataclass(frozen=True, slots=True)
class Job:
    """What a contender has to know. `statements` holds the engine's SQL by the text of the query."""

    url: str
    secret: str
    organization: str
    member: str
    statements: dict[str, str]

    def write(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def read(cls, text: str) -> "Job":
        return cls(**json.loads(text))


def variables_of(query: str, conversations: list[str]) -> list[dict[str, Any]]:
    """The variables of the requests, to be sent in turn."""
    return [{"id": id} for id in conversations] if query == SMALL else [{}]


class _Recorder:
    """Stands where the database would, and keeps the statement it is asked to read."""

    sql = ""

    async def read(self, actor: Actor, compiled: Statement, values: list[Any]) -> str:
        self.sql = compiled.sql
        return "{}"


async def compile_statements(organization: UUID, member: UUID, conversation: str) -> dict[str, str]:
    """The SQL of both queries. `$1` is the organization, `$2` the member, `$3` the id of the small one's row."""
    recorder, schema, statements = _Recorder(), Schema(), {}
    for query in QUERIES.values():
        context = Context(cast(Database, recorder), cast(Any, None), "bench", Actor(organization, member))
        await schema.execute(query, variables_of(query, [conversation])[0], context)
        statements[query] = recorder.sql
    return statements
