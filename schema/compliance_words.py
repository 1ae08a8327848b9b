"""The closed vocabularies of being left alone, each value with its description."""

from domain import compliance, conversations, mail
from schema.words import word

word(
    conversations.MessagePurpose,
    "Why a message was written.",
    {
        conversations.MessagePurpose.CONVERSATION: "Somebody has something to say.",
        conversations.MessagePurpose.COMPLIANCE: "It answers a STOP, a START or a HELP, which must be answered.",
    },
)
word(
    conversations.PhoneProblem,
    "Why a number cannot be texted.",
    {
        conversations.PhoneProblem.INVALID: "Nobody has it, or no text reaches it.",
        conversations.PhoneProblem.LANDLINE: "It belongs to a phone that takes no texts.",
    },
)
word(
    conversations.PauseReason,
    "Why a number of the organization's own rests.",
    {
        conversations.PauseReason.FILTERED: "Carriers took many of its texts for spam.",
        conversations.PauseReason.BY_HAND: "Somebody let it rest.",
    },
)
word(
    mail.EmailProblem,
    "Why nothing is sent to an e-mail address.",
    {mail.EmailProblem.BOUNCED: "No e-mail arrives there."},
)
word(
    compliance.ConsentKind,
    "Whether somebody may be written to.",
    {
        compliance.ConsentKind.GIVEN: "They want to be.",
        compliance.ConsentKind.WITHDRAWN: "They want to be left alone.",
    },
)
word(
    compliance.ConsentSource,
    "How that became known.",
    {
        compliance.ConsentSource.KEYWORD: "They wrote a keyword, like STOP.",
        compliance.ConsentSource.FREE_TEXT: "They wrote so in words of their own.",
        compliance.ConsentSource.REQUESTED: "A colleague or a program was told.",
        compliance.ConsentSource.CARRIER: "They told the carrier, which told us.",
        compliance.ConsentSource.LINK: "They used the link in an e-mail.",
        compliance.ConsentSource.COMPLAINT: "They told their mail provider that an e-mail was unwanted.",
    },
)
