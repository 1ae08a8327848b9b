"""One text from a phone to an open inbox, and back."""

from tests.play.tenant import Tenant, next_number

INBOX = "subscription { inboxEvents { __typename ... on MessageReceived { cursor message { body } } } }"


async def test_a_text_reaches_an_open_inbox(tenant: Tenant) -> None:
    async with tenant.agent.hear(INBOX) as ear:
        await tenant.followed()
        answer = await tenant.house.carrier.say(next_number(), tenant.number, "Is it still on?")
        assert answer.status_code == 200
        kinds = []
        while True:
            event = await ear.next()
            kinds.append(event["__typename"])
            if event["__typename"] == "MessageReceived":
                break
        assert event["message"]["body"] == "Is it still on?"
