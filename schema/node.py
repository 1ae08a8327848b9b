"""What can be fetched alone, by its id."""

from datetime import datetime

import strawberry


@strawberry.interface(description="Anything that can be fetched alone, by its id.")
class Node:
    id: strawberry.ID = strawberry.field(description="Names this thing everywhere, like lead_018f2a4b-….")


@strawberry.interface(description="Anything that is kept, with the times it was made and last changed.")
class Kept(Node):
    version: int = strawberry.field(description="Grows with every change: of two readings the higher is the newer.")
    created_at: datetime = strawberry.field(description="When it came to be.")
    updated_at: datetime = strawberry.field(description="When it last changed.")
