"""Reading leads."""

import strawberry

from db.leads import LEADS
from db.selection import Listing
from resolvers.answers import Id, by_id
from schema.leads import Lead
from schema.paging import Connection, connection


@strawberry.type
class LeadsQuery:
    leads: Connection[Lead] = connection(
        LEADS, "Every lead, newest first unless ordered otherwise. Needs INBOX_READ.", lambda: Listing(LEADS)
    )

    @strawberry.field(description="One lead; null when there is none with this id. Needs INBOX_READ.")
    def lead(self, id: Id) -> Lead | None:
        return by_id(LEADS, id)
