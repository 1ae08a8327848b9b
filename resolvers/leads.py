"""Reading leads."""

import strawberry

from db.leads import LEADS
from resolvers.answers import many, one
from schema.leads import Lead
from schema.paging import Connection


@strawberry.type
class LeadsQuery:
    leads: Connection[Lead] = many(LEADS, "Every lead, newest first unless ordered otherwise. Needs INBOX_READ.")
    lead: Lead | None = one(LEADS, "One lead; null when there is none with this id. Needs INBOX_READ.")
