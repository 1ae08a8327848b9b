"""The audit trail."""

from datetime import datetime

import strawberry

from domain.people import AuditVerb
from schema.customers import Customer
from schema.node import Node
from schema.people import Member
from schema.scalars import JSON


@strawberry.type(description="One change of one thing: who, what, from what, to what. Records are never changed.")
class AuditLog(Node):
    at: datetime = strawberry.field(description="When.")
    verb: AuditVerb = strawberry.field(description="What was done.")
    subject: str = strawberry.field(description="The kind of thing, as in ids: lead, member, api_key …")
    subject_id: strawberry.ID = strawberry.field(description="The id of the thing; it may be gone.")
    before: JSON | None = strawberry.field(description="What changed, as it was; null where something was made.")
    after: JSON | None = strawberry.field(description="What changed, as it became; null where something was deleted.")
    request_id: str | None = strawberry.field(description="The request that did it; null for work in the background.")
    member: Member | None = strawberry.field(
        description="Who did it; null for customers, programs and the product itself."
    )
    customer: Customer | None = strawberry.field(description="The customer who did it in the portal.")
