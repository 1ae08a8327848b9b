"""Customers: who they were, who they are, one per address (S2.4), and what becomes of a lead (S2.8)."""

import asyncio
from typing import Any

import pytest

from actions.leads import hand_over
from domain.people import LeadScope, Role
from tests.play.customers import ADD, INVITE, customer, invitation
from tests.play.tenant import Tenant, next_number

CONVERT = """mutation ($l: ID!) { convertLead(input: {leadId: $l}) {
  ... on Customer { id name email phone lead { id lifecycle convertedAt } } ... on Refused { code field } } }"""
CHANGE = """mutation ($i: ChangeCustomerInput!) { changeCustomer(input: $i) {
  ... on Customer { id version name isActive membershipStatus membershipEndsOn customFields notes email dateOfBirth }
  ... on Refused { code why: message field } } }"""
ERASE = """mutation ($c: ID!) { eraseCustomer(input: {customerId: $c}) {
  ... on ErasedCustomer { records suppressed } ... on Refused { code } } }"""
LOOK = "query ($id: ID!) { customer(id: $id) { id name email notes lead { id } hasPassword } }"


async def change(tenant: Tenant, **given: Any) -> dict[str, Any]:
    changed: dict[str, Any] = (await tenant.owner.ask(CHANGE, i=given))["changeCustomer"]
    return changed


async def test_a_lead_becomes_a_customer_once(tenant: Tenant) -> None:
    """However often it is asked for; the lead says when (S2.8)."""
    phone = next_number()
    lead = f"lead_{await tenant.lead(first_name='Ann', last_name='Lee', phone=phone, email='ann@example.com')}"
    made = [(await tenant.agent.ask(CONVERT, l=lead))["convertLead"] for _ in range(2)]
    assert made[0] == made[1]
    assert (made[0]["name"], made[0]["email"], made[0]["phone"]) == ("Ann Lee", "ann@example.com", phone)
    assert made[0]["lead"]["lifecycle"] == "CONVERTED" and made[0]["lead"]["convertedAt"]
    found = await tenant.agent.ask("query ($l: ID!) { lead(id: $l) { customer { id } } }", l=lead)
    assert found["lead"]["customer"]["id"] == made[0]["id"]


async def test_two_who_convert_one_lead_at_once_make_one_customer(tenant: Tenant) -> None:
    lead = f"lead_{await tenant.lead()}"
    made = await asyncio.gather(*(tenant.owner.ask(CONVERT, l=lead) for _ in range(10)))
    assert len({one["convertLead"]["id"] for one in made}) == 1


async def test_a_customer_who_becomes_a_lead_stays_one_person(tenant: Tenant) -> None:
    id, email = await customer(tenant, firstName="Cleo")
    phone = next_number()
    lead = f"lead_{await tenant.lead(first_name='C.', email=email, phone=phone)}"
    made = (await tenant.owner.ask(CONVERT, l=lead))["convertLead"]
    assert (made["id"], made["name"], made["phone"], made["lead"]["id"]) == (id, "Cleo", phone, lead)


async def test_an_address_is_one_customers_in_an_organization_and_free_in_another(
    tenant: Tenant, stranger: Tenant
) -> None:
    """S2.4: the same person may be a customer of two organizations, and of neither twice, however it is spelt."""
    _, email = await customer(tenant)
    await customer(stranger, email=email)
    refused = (await tenant.owner.ask(ADD, i={"email": f" {email.upper()}"}))["addCustomer"]
    assert (refused["code"], refused["field"]) == ("CONFLICT", "email")


@pytest.mark.parametrize(
    ("first", "last", "name"),
    [("Ann", "Lee", "Ann Lee"), ("Ann", None, "Ann"), (None, "Lee", "Lee"), (None, None, "Unknown")],
)
async def test_a_name_is_made_of_what_is_known(tenant: Tenant, first: str | None, last: str | None, name: str) -> None:
    """S2.4: and is Unknown where nothing is."""
    id, _ = await customer(tenant, firstName=first, lastName=last)
    assert (await tenant.owner.ask(LOOK, id=id))["customer"]["name"] == name


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"email": "nobody"}, "email"),
        ({"phone": "12"}, "phone"),
        ({"emergencyContactPhone": "x"}, "emergencyContactPhone"),
        ({"dateOfBirth": "1066-10-14"}, "dateOfBirth"),
        ({"dateOfBirth": "2999-01-01"}, "dateOfBirth"),
        ({"membershipStartsOn": "2026-02-01", "membershipEndsOn": "2026-01-01"}, "membershipEndsOn"),
        ({"customFields": []}, "customFields"),
        ({"customFields": {"a": "x" * 20_000}}, "customFields"),
        ({"customFields": {"a": "\x00"}}, "customFields"),
        ({"firstName": " "}, "firstName"),
        ({"firstName": "x" * 201}, "firstName"),
        ({"isActive": None}, "isActive"),
        ({"firstName": None, "email": None}, "firstName"),
    ],
)
async def test_what_cannot_be_is_refused_by_its_name(tenant: Tenant, given: dict[str, Any], field: str) -> None:
    refused = (await tenant.owner.ask(ADD, i={"firstName": "Cleo"} | given))["addCustomer"]
    assert (refused["code"], refused["field"]) == ("BAD_INPUT", field), refused


async def test_what_is_left_out_stays_and_null_clears(tenant: Tenant) -> None:
    id, email = await customer(tenant, notes="VIP", dateOfBirth="1984-11-30", customFields={"size": 42})
    new = {"notes": None, "membershipStatus": "PAUSED", "membershipEndsOn": "2027-01-31"}
    changed = await change(tenant, customerId=id, **new)
    kept = {"email": email, "dateOfBirth": "1984-11-30", "customFields": {"size": 42}}
    assert changed.items() >= (new | kept).items()
    late = await change(tenant, customerId=id, notes="x", expectedVersion=changed["version"] - 1)
    assert (late["code"], late["field"]) == ("CONFLICT", "expectedVersion")


async def test_a_customer_is_seen_by_who_sees_their_lead(tenant: Tenant) -> None:
    """With the invitation that carries their address; and handed over with the lead."""
    mine = tenant.members[Role.AGENT]
    lead = await tenant.lead(owner_id=mine, email="own@example.com")
    made = (await tenant.owner.ask(CONVERT, l=f"lead_{lead}"))["convertLead"]
    await invitation(tenant, made["id"])
    other, other_id = await tenant.colleague(LeadScope.ASSIGNED)
    both = "{ customers { totalCount } customerInvitations { totalCount } }"
    seen = {"customers": {"totalCount": 1}, "customerInvitations": {"totalCount": 1}}
    assert await tenant.agent.ask(both) == seen
    nothing = {"customers": {"totalCount": 0}, "customerInvitations": {"totalCount": 0}}
    assert await other.ask(both) == nothing
    assert (await other.ask(CONVERT, l=f"lead_{lead}"))["convertLead"]["code"] == "NOT_FOUND"
    async with tenant.house.parts.database.work(tenant.product) as session:
        await hand_over(session, lead, other_id)
    assert await other.ask(both) == seen


async def test_who_was_erased_as_a_lead_is_erased_as_a_customer(tenant: Tenant, sql: Any) -> None:
    """S2.15: nothing of them is left in the record, the invitation or the trail."""
    email = f"erased-{tenant.slug}@example.com"
    lead = await tenant.lead(first_name="Wilhelmina", email=email)
    made = (await tenant.owner.ask(CONVERT, l=f"lead_{lead}"))["convertLead"]
    await invitation(tenant, made["id"], customMessage="Dear Wilhelmina")
    erased = (await tenant.owner.ask(ERASE, c=made["id"]))["eraseCustomer"]
    assert erased["records"] >= 3 and erased["suppressed"] == 4, "three channels of a phone, and one of e-mail"
    for table in ("leads", "customers", "customer_invitations", "audit_logs"):
        of = f"select t::text as words from {table} t where organization_id = $1"
        rows = await sql.fetch(of, tenant.organization_id)
        assert not [row for row in rows if "Wilhelmina" in row["words"] or email in row["words"]], table
    assert (await change(tenant, customerId=made["id"], notes="x"))["code"] == "CONFLICT"
    assert (await tenant.owner.ask(INVITE, i={"customerId": made["id"]}))["inviteCustomer"]["code"] == "CONFLICT"
