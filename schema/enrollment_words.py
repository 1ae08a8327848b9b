"""The vocabularies of enrolments: how they stand, what is planned, and why something is not sent."""

from domain.campaigns import enrolling, reasons, states
from schema.words import word

word(
    enrolling.EnrollmentSource,
    "What enrolled a lead.",
    {
        enrolling.EnrollmentSource.BY_HAND: "Somebody did, or a program.",
        enrolling.EnrollmentSource.TAG: "They were given the campaign's tag.",
        enrolling.EnrollmentSource.DATASET: "They were in the campaign's dataset when it began.",
    },
)
word(
    states.EnrollmentStatus,
    "How an enrolment stands.",
    {
        states.EnrollmentStatus.ACTIVE: "Its steps are sent when they are due.",
        states.EnrollmentStatus.PAUSED: "It rests until it is resumed.",
        states.EnrollmentStatus.COMPLETED: "It is over.",
        states.EnrollmentStatus.QUALIFIED: "It is over, because it has brought what was hoped for.",
        states.EnrollmentStatus.CANCELLED: "It was called off.",
    },
)
word(
    states.EnrollmentReason,
    "Why an enrolment rests, or is over.",
    {
        states.EnrollmentReason.REPLIED: "They have replied.",
        states.EnrollmentReason.CADENCE_FINISHED: "Its last step is over.",
        states.EnrollmentReason.OPTED_OUT: "They asked to be left alone.",
        states.EnrollmentReason.MANUAL: "Somebody decided so.",
        states.EnrollmentReason.BOOKED: "They have booked a call.",
        states.EnrollmentReason.MERGED: "They are one with somebody who is in the campaign already.",
        states.EnrollmentReason.INVALID_ADDRESS: "They have no address that works.",
        states.EnrollmentReason.CAMPAIGN_ENDED: "The campaign was completed.",
    },
)
word(
    reasons.Verdict,
    "What becomes of something that is about to be sent.",
    {
        reasons.Verdict.SEND: "It is sent.",
        reasons.Verdict.WAIT: "It waits for a time that is known.",
        reasons.Verdict.HOLD: "It waits until somebody changes something.",
        reasons.Verdict.END: "It is never sent.",
    },
)
word(
    states.StepRunStatus,
    "How a step that is planned for somebody stands.",
    {
        states.StepRunStatus.SCHEDULED: "It waits for its time.",
        states.StepRunStatus.SENT: "It was handed over to be sent; its message tells more.",
        states.StepRunStatus.FAILED: "The carrier refused it.",
        states.StepRunStatus.SKIPPED: "It was left out, for the reason it has.",
        states.StepRunStatus.EXPIRED: "It came to be too late.",
        states.StepRunStatus.CANCELED: "It was called off.",
    },
)
word(
    reasons.GateReason,
    "Why something is not sent, or not yet.",
    {reason: sentence for reason, sentence in reasons.SENTENCES.items()},
)
