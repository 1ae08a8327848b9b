"""The numbers an organization sends from: those that rest, and those that go on."""

from typing import Annotated

import strawberry

from actions.phone_numbers import pause_number, resume_number
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


PhoneNumberResult = Annotated[
    OwnPhoneNumber | Refused,
    strawberry.union("PhoneNumberResult", description="The number, or why nothing was changed."),
]
_NEEDS = "Needs INBOX_READ and CAMPAIGNS_WRITE."


@strawberry.type
class PhoneNumbersMutation:
    @strawberry.mutation(description=f"Lets a number rest: campaigns send nothing from it. {_NEEDS}")
    def pause_phone_number(self, input: Annotated[PhoneNumberInput, What]) -> PhoneNumberResult:
        id = read_id("phone_number", input.phone_number_id, "phoneNumberId")
        return making(PHONE_NUMBERS, lambda session: pause_number(session, id))

    @strawberry.mutation(description=f"Lets campaigns send from a number again. {_NEEDS}")
    def resume_phone_number(self, input: Annotated[PhoneNumberInput, What]) -> PhoneNumberResult:
        id = read_id("phone_number", input.phone_number_id, "phoneNumberId")
        return making(PHONE_NUMBERS, lambda session: resume_number(session, id))
