"""The vocabularies of answering."""

from domain import answering, drafts
from schema.words import word

word(
    answering.Intent,
    "What a lead's texts are for.",
    {
        answering.Intent.QUESTION: "They ask something.",
        answering.Intent.INTERESTED: "They want to go on.",
        answering.Intent.NOT_INTERESTED: "They do not.",
        answering.Intent.OBJECTION: "Something holds them back.",
        answering.Intent.BOOKING: "They want to agree on a time.",
        answering.Intent.HUMAN: "They want a person.",
        answering.Intent.WRONG_PERSON: "Somebody else was meant.",
        answering.Intent.COMPLAINT: "They complain.",
        answering.Intent.STOP: "They want to be left alone.",
        answering.Intent.OTHER: "None of these.",
    },
)
word(
    drafts.AiMode,
    "Whether what leads write is answered.",
    {
        drafts.AiMode.OFF: "Not here: people answer, or programs of yours.",
        drafts.AiMode.COPILOT: "Sophie proposes, and people decide.",
        drafts.AiMode.AUTO: "Sophie answers, and asks people where she should.",
    },
)
word(
    drafts.DraftStatus,
    "How an answer of Sophie's stands.",
    {
        drafts.DraftStatus.WAITING: "It is written once it is due: the lead may write more.",
        drafts.DraftStatus.WRITING: "It is being written.",
        drafts.DraftStatus.PROPOSED: "People decide about it.",
        drafts.DraftStatus.SENT: "It was sent, by itself or by whoever accepted it.",
        drafts.DraftStatus.WITHHELD: "It was not sent, for the reason it has: people should answer.",
        drafts.DraftStatus.REJECTED: "Somebody decided against it.",
        drafts.DraftStatus.DISCARDED: "It was not needed any more.",
    },
)
word(
    drafts.DraftReason,
    "Why an answer of Sophie's was not sent by itself.",
    {
        drafts.DraftReason.COPILOT: "Answers are proposed to people here, or somebody asked for a proposal.",
        drafts.DraftReason.TOO_MANY_TURNS: "Sophie has written as often as she may without a colleague.",
        drafts.DraftReason.WANTS_HUMAN: "They want a person, or Sophie does not know.",
        drafts.DraftReason.OUTPUT_RULE: "It broke a rule that plain code holds answers to.",
        drafts.DraftReason.MAY_NOT_SEND: "Nothing may be sent to them, or nothing can.",
        drafts.DraftReason.NOTHING_TO_SAY: "There is nothing to say to it.",
        drafts.DraftReason.MODEL_REFUSED: "The model would not answer.",
        drafts.DraftReason.MODEL_MALFORMED: "What the model wrote is no answer.",
        drafts.DraftReason.MODEL_AWAY: "The model could not be reached, however often it was tried.",
        drafts.DraftReason.MANUAL_MODE: "A colleague has taken the lead over.",
        drafts.DraftReason.HUMAN_REPLIED: "A colleague has answered.",
        drafts.DraftReason.SWITCHED_OFF: "Answering was switched off.",
        drafts.DraftReason.OPTED_OUT: "They asked to be left alone.",
        drafts.DraftReason.REJECTED: "Somebody decided against it.",
    },
)
word(
    drafts.ModelPurpose,
    "What a model was asked for.",
    {
        drafts.ModelPurpose.ANSWER: "An answer to a lead.",
        drafts.ModelPurpose.REVIEW: "To read what was said.",
        drafts.ModelPurpose.REPLAY: "What a version would have said.",
    },
)
word(
    drafts.ModelOutcome,
    "What came of asking a model.",
    {
        drafts.ModelOutcome.ANSWERED: "A reply.",
        drafts.ModelOutcome.REFUSED: "It would not answer.",
        drafts.ModelOutcome.MALFORMED: "Something that is no reply.",
        drafts.ModelOutcome.AWAY: "Nothing: it could not be reached, or took too long.",
    },
)
