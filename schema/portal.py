"""What customers see in the portal."""

from datetime import datetime

import strawberry

from schema.customers import CustomerFacts
from schema.scalars import EmailAddress


@strawberry.type(description="The organization, as its customers see it.")
class PortalOrganization:
    slug: str = strawberry.field(description="Its name in addresses; one signs in with it.")
    name: str = strawberry.field(description="What it is called.")
    email: str | None = strawberry.field(description="Where to write to it.")
    phone: str | None = strawberry.field(description="Where to call it, in E.164.")
    website: str | None = strawberry.field(description="Its address on the web.")
    logo_url: str | None = strawberry.field(description="Its logo.")
    primary_color: str = strawberry.field(description="Its colour, like #8cc63f.")


@strawberry.type(description="Whoever has signed in.")
class PortalCustomer(CustomerFacts):
    organization: PortalOrganization = strawberry.field(description="Whose customer they are.")


@strawberry.type(description="An invitation that can still be used, for whoever holds its token.")
class PortalInvitation:
    email: EmailAddress = strawberry.field(description="The address one will sign in with.")
    custom_message: str | None = strawberry.field(description="What the organization says.")
    expires_at: datetime | None = strawberry.field(description="Until when it can be used; null for ever.")
    organization_name: str = strawberry.field(description="Who invites.")
    logo_url: str | None = strawberry.field(description="Its logo.")
    primary_color: str = strawberry.field(description="Its colour, like #8cc63f.")


@strawberry.type(description="A customer who has come in.")
class SignedIn:
    token: str = strawberry.field(description="Send it as `Authorization: Bearer …` to the portal.")
    expires_at: datetime = strawberry.field(description="Until when it is good, unless the password changes before.")
