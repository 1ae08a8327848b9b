"""The answer to a mutation that was refused."""

import strawberry

from domain.refusals import Refusal, RefusalCode


@strawberry.type(description="The request was understood and refused. Nothing was changed.")
class Refused:
    code: RefusalCode = strawberry.field(description="The reason, from a closed set.")
    message: str = strawberry.field(description="What is wrong and what to do, in a sentence for a person.")
    field: str | None = strawberry.field(description="The input field to mend, where there is one.")

    @classmethod
    def of(cls, refusal: Refusal) -> "Refused":
        return cls(code=refusal.code, message=refusal.message, field=refusal.field)
