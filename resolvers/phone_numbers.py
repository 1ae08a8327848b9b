"""The numbers an organization sends from: those that rest, and those that go on."""

from typing import Annotated

import strawberry

from actions.phone_numbers import pause_number, resume_number, set_service
from db.phone_numbers import PHONE_NUMBERS
from domain.ids import read_id
from resolvers.answers import What, making, many, one
from schema.paging import Connection
from schema.phone_numbers import OwnPhoneNumber
from schema.refusals import Refused


@strawberry.type
class PhoneNumbersQuery:
    phone_numbers: Connection[OwnPhoneNumber] = many(
        PHONE_NUMBERS, "The numbers of the organization, the newest first. Needs INBOX_READ."
    )
    phone_number: OwnPhoneNumber | None = one(
        PHONE_NUMBERS, "One number; null when there is none with this id. Needs INBOX_READ."
    )


@strawberry.input(description="Which number is meant.")
class PhoneNumberInput:
    phone_number_id: strawberry.ID = strawberry.field(description="Which.")


@strawberry.input(description="What changes of a number.")
class ChangePhoneNumberInput:
    phone_number_id: strawberry.ID = strawberry.field(description="Which.")
    messaging_service: str | None = strawberry.field(
        description="The messaging service of Twilio's that it is one of (MG…); null: none."
    )


PhoneNumberResult = Annotated[
    OwnPhoneNumber | Refused,
    strawberry.union("PhoneNumberResult", description="The number, or why nothing was changed."),
]
_NEEDS = "Needs INBOX_READ and CAMPAIGNS_WRITE."


@strawberry.type
class PhoneNumbersMutation:
    @strawberry.mutation(description=f"Says which messaging service a number is one of. {_NEEDS}")
    def change_phone_number(self, input: Annotated[ChangePhoneNumberInput, What]) -> PhoneNumberResult:
        id = read_id("phone_number", input.phone_number_id, "phoneNumberId")
        return making(PHONE_NUMBERS, lambda session: set_service(session, id, input.messaging_service))

    @strawberry.mutation(description=f"Lets a number rest: campaigns send nothing from it. {_NEEDS}")
    def pause_phone_number(self, input: Annotated[PhoneNumberInput, What]) -> PhoneNumberResult:
        id = read_id("phone_number", input.phone_number_id, "phoneNumberId")
        return making(PHONE_NUMBERS, lambda session: pause_number(session, id))

    @strawberry.mutation(description=f"Lets campaigns send from a number again. {_NEEDS}")
    def resume_phone_number(self, input: Annotated[PhoneNumberInput, What]) -> PhoneNumberResult:
        id = read_id("phone_number", input.phone_number_id, "phoneNumberId")
        return making(PHONE_NUMBERS, lambda session: resume_number(session, id))
