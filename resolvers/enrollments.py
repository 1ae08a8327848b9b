"""Enrolments: leads in campaigns, who are enrolled, rest, go on or are taken out."""

from typing import Annotated, Any
from uuid import UUID

import strawberry

from actions.enrolling import enroll_leads
from actions.enrollments import cancel_enrollment, pause_enrollment, resume_enrollment
from db.enrollments import ENROLLED, ENROLLMENTS
from db.selection import Own
from db.session import Session
from domain.ids import read_id
from resolvers.answers import What, Work, making, many, one
from schema.enrollments import Enrolled, Enrollment
from schema.paging import Connection
from schema.refusals import Refused


@strawberry.type
class EnrollmentsQuery:
    enrollments: Connection[Enrollment] = many(
        ENROLLMENTS, "Every enrolment of a lead in a campaign, the newest first. Needs INBOX_READ."
    )
    enrollment: Enrollment | None = one(
        ENROLLMENTS, "One enrolment; null when there is none with this id. Needs INBOX_READ."
    )


@strawberry.input(description="Leads to enroll in a campaign.")
class EnrollLeadsInput:
    campaign_id: strawberry.ID = strawberry.field(description="In which; it must be ACTIVE.")
    lead_ids: list[strawberry.ID] = strawberry.field(
        description="Whom, at most 100; for more, begin a bulk operation ENROLL. Who is in it already stays so."
    )


@strawberry.input(description="Which enrolment is meant.")
class EnrollmentInput:
    enrollment_id: strawberry.ID = strawberry.field(description="Which.")


EnrollmentResult = Annotated[
    Enrollment | Refused,
    strawberry.union("EnrollmentResult", description="The enrolment, or why nothing was changed."),
]
EnrolledResult = Annotated[
    Enrolled | Refused, strawberry.union("EnrolledResult", description="The enrolments, or why there are none.")
]
_NEEDS = "Needs INBOX_READ and CAMPAIGNS_WRITE."


@strawberry.type
class EnrollmentsMutation:
    @strawberry.mutation(
        description="Enrolls leads in a campaign that runs, with all its steps planned. Who may not be written to is "
        f"enrolled all the same, and rests with the reason told. {_NEEDS}"
    )
    def enroll_leads(self, input: Annotated[EnrollLeadsInput, What]) -> EnrolledResult:
        campaign_id = read_id("campaign", input.campaign_id, "campaignId")
        lead_ids = [read_id("lead", id, "leadIds") for id in input.lead_ids]

        async def run(session: Session) -> Own:
            return Own(ENROLLED, (await enroll_leads(session, campaign_id, lead_ids),))

        return Work(run, ENROLLED)  # type: ignore[return-value]

    @strawberry.mutation(description=f"Lets an enrolment rest: nothing of it is sent until it is resumed. {_NEEDS}")
    def pause_enrollment(self, input: Annotated[EnrollmentInput, What]) -> EnrollmentResult:
        return _turning(input, pause_enrollment)

    @strawberry.mutation(
        description="Lets an enrolment that rests go on, its steps as far off as they were when it began to rest. "
        f"{_NEEDS}"
    )
    def resume_enrollment(self, input: Annotated[EnrollmentInput, What]) -> EnrollmentResult:
        return _turning(input, resume_enrollment)

    @strawberry.mutation(description=f"Takes a lead out of a campaign: nothing more of it is sent. {_NEEDS}")
    def cancel_enrollment(self, input: Annotated[EnrollmentInput, What]) -> EnrollmentResult:
        return _turning(input, cancel_enrollment)


def _turning(input: EnrollmentInput, turn: Any) -> Any:
    id: UUID = read_id("enrollment", input.enrollment_id, "enrollmentId")
    return making(ENROLLMENTS, lambda session: turn(session, id))
