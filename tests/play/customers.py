"""Customers at the portal's door, and in it."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

import httpx

from tests.play.tenant import Tenant

PASSWORD = "correct horse battery"
SIGN_IN = """mutation ($o: String!, $e: String!, $p: String!) {
  signIn(input: {organization: $o, email: $e, password: $p}) {
    ... on SignedIn { token } ... on Refused { code message } } }"""
CLAIM = """mutation ($t: String!, $p: String!) {
  claimInvitation(input: {token: $t, password: $p}) { ... on SignedIn { token } ... on Refused { code message } } }"""
ADD = """mutation ($i: AddCustomerInput!) { addCustomer(input: $i) {
  ... on Customer { id version } ... on Refused { code why: message field } } }"""
INVITE = """mutation ($i: InviteCustomerInput!) { inviteCustomer(input: $i) {
  ... on NewCustomerInvitation { token customerInvitation { id expiresAt customMessage metadata } }
  ... on Refused { code why: message field } } }"""


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody at the portal, with a token or (None) without."""

    http: httpx.AsyncClient
    token: str | None = None

    async def post(self, query: str, **variables: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return await self.http.post("/portal", json={"query": query, "variables": variables}, headers=headers)

    async def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        answered = (await self.post(query, **variables)).json()
        assert "errors" not in answered, answered["errors"]
        data: dict[str, Any] = answered["data"]
        return data

    async def code(self, query: str, **variables: Any) -> str:
        """The code of the first error."""
        code: str = (await self.post(query, **variables)).json()["errors"][0]["extensions"]["code"]
        return code

    async def sign_in(self, slug: str, email: str, password: str = PASSWORD) -> "Guest":
        signed = (await self.ask(SIGN_IN, o=slug, e=email, p=password))["signIn"]
        return replace(self, token=signed["token"])

    async def claim(self, token: str, password: str = PASSWORD) -> dict[str, Any]:
        claimed: dict[str, Any] = (await self.ask(CLAIM, t=token, p=password))["claimInvitation"]
        return claimed


def guest(tenant: Tenant) -> Guest:
    return Guest(tenant.house.http)


async def customer(tenant: Tenant, **facts: Any) -> tuple[str, str]:
    """A customer's id and e-mail address."""
    email = f"{uuid4().hex}@example.com"
    add = (
        "mutation ($i: AddCustomerInput!) { addCustomer(input: $i) { ... on Customer { id } ... on Refused { code } } }"
    )
    added = await tenant.owner.ask(add, i={"firstName": "Cleo", "email": email} | facts)
    return added["addCustomer"]["id"], str(facts.get("email", email))


async def invitation(tenant: Tenant, customer_id: str, **facts: Any) -> str:
    """The token of a fresh invitation."""
    made = await tenant.owner.ask(INVITE, i={"customerId": customer_id} | facts)
    token: str = made["inviteCustomer"]["token"]
    return token


async def visitor(tenant: Tenant, **facts: Any) -> tuple[Guest, str, str]:
    """A customer who has come in, their id and their address."""
    id, email = await customer(tenant, **facts)
    claimed = await guest(tenant).claim(await invitation(tenant, id))
    return replace(guest(tenant), token=claimed["token"]), id, email
