"""The closed vocabularies of the API: the domain's enums, each value with its description."""

from collections.abc import Mapping
from enum import Enum
from typing import Any

import strawberry

from db.pages import Direction
from domain import (
    bookings,
    conversations,
    credentials,
    customers,
    datasets,
    leads,
    learning,
    people,
    refreshing,
    refusals,
    scoring,
)
from domain.analytics import EventKind


def word(enum: type[Enum], description: str, values: Mapping[Any, str]) -> None:
    strawberry.enum(enum, description=description)
    for value in enum.__strawberry_definition__.values:  # type: ignore[attr-defined]
        value.description = values[enum[value.name]]


word(
    conversations.Encoding,
    "How a text travels, which decides how much fits into one.",
    {
        conversations.Encoding.GSM_7: "Seven bits a character: 160 in one part, 153 in each of several.",
        conversations.Encoding.UCS_2: "Sixteen bits a character, because of one that has no place in seven: 70, or 67.",
    },
)
word(
    people.Role,
    "What a member is, and so may do.",
    {
        people.Role.OWNER: "Owns the organization; may do everything.",
        people.Role.ADMIN: "Runs the organization; may do everything but remove its last owner.",
        people.Role.MANAGER: "Leads agents.",
        people.Role.AGENT: "Works in the inbox.",
        people.Role.VIEWER: "Reads, and changes nothing.",
    },
)
word(
    people.MemberStatus,
    "Whether a member may act.",
    {
        people.MemberStatus.ACTIVE: "May act.",
        people.MemberStatus.SUSPENDED: "May not act until reinstated.",
        people.MemberStatus.REMOVED: "Has gone; what they wrote stays.",
    },
)
word(
    people.Permission,
    "What somebody may do.",
    {
        people.Permission.INBOX_READ: "Read leads, conversations, messages and insights, within scope and datasets.",
        people.Permission.MESSAGES_SEND: "Answer leads.",
        people.Permission.CONVERSATIONS_ASSIGN: "Hand leads over.",
        people.Permission.INSIGHTS_REVIEW: "Decide about what Sophie noticed.",
        people.Permission.CUSTOMERS_WRITE: "Convert leads, change customers, and ask them into the portal.",
        people.Permission.LEADS_WRITE: "Add, change, tag, move, note, merge, archive and restore leads.",
        people.Permission.DATASETS_WRITE: "Make, change, start and archive datasets, and say which leads are in them.",
        people.Permission.BOOKINGS_WRITE: "Book, move and cancel calls.",
        people.Permission.LEADS_IMPORT: "Bring files of leads in, and see what became of each row.",
        people.Permission.CAMPAIGNS_WRITE: "Draft, change and lead campaigns, and say what they keep to.",
        people.Permission.LEADS_ERASE: "Erase a person's data.",
        people.Permission.LESSONS_WRITE: "Teach Sophie: lessons, and what is learned from insights.",
        people.Permission.PROMPTS_WRITE: "Write prompts, and say what is live of them.",
        people.Permission.PIPELINE_WRITE: "Arrange the stages of the pipeline, and what leads score points for.",
        people.Permission.MEMBERS_WRITE: "Ask colleagues in, change what they may do, and remove them.",
        people.Permission.ORGANIZATION_WRITE: "Change, pause and cancel the organization.",
        people.Permission.KEYS_WRITE: "See, make and revoke API keys.",
        people.Permission.AUDIT_READ: "Read who changed what.",
        people.Permission.CREDENTIALS_WRITE: "See, store, switch and delete what opens other services.",
    },
)
word(
    customers.MembershipStatus,
    "How a customer's membership stands.",
    {
        customers.MembershipStatus.ACTIVE: "It runs.",
        customers.MembershipStatus.PAUSED: "It rests.",
        customers.MembershipStatus.CANCELLED: "It was ended.",
        customers.MembershipStatus.EXPIRED: "Its time is over.",
    },
)
word(
    people.AuditVerb,
    "What was done to a thing.",
    {
        people.AuditVerb.INSERT: "It was made.",
        people.AuditVerb.UPDATE: "It was changed.",
        people.AuditVerb.DELETE: "It was deleted.",
    },
)
word(
    people.Industry,
    "What an organization works in.",
    {
        people.Industry.SOLAR: "Solar power.",
        people.Industry.HOME_IMPROVEMENT: "Home improvement.",
        people.Industry.OTHER: "Anything else.",
    },
)
word(
    people.Plan,
    "What an organization pays for.",
    {
        people.Plan.STARTER: "The smallest plan.",
        people.Plan.PROFESSIONAL: "The usual plan.",
        people.Plan.ENTERPRISE: "The largest plan.",
    },
)
word(
    people.LeadScope,
    "Which leads a member sees, with all that belongs to them.",
    {
        people.LeadScope.ALL: "Every lead.",
        people.LeadScope.ASSIGNED_AND_UNASSIGNED: "Those they own or work, and those nobody owns or works.",
        people.LeadScope.ASSIGNED: "Those they own or work.",
    },
)
word(
    people.OrganizationStatus,
    "Whether an organization is at work.",
    {
        people.OrganizationStatus.ACTIVE: "Sends and receives.",
        people.OrganizationStatus.PAUSED: "Receives, and sends nothing.",
        people.OrganizationStatus.CANCELLED: "Has ended; sends nothing.",
    },
)
word(
    credentials.CredentialKind,
    "What a credential is for.",
    {
        credentials.CredentialKind.INTEGRATION: "A service the product works with.",
        credentials.CredentialKind.SOCIAL: "A connection to a social network: refreshed before its time is up, or else "
        "switched off when it is.",
        credentials.CredentialKind.SECRET: "Any one text that is to be kept secret.",
    },
)
word(
    credentials.CredentialProvider,
    "Where a credential opens something.",
    {provider: f"{provider.capitalize()}." for provider in credentials.CredentialProvider}
    | {
        credentials.CredentialProvider.LINKEDIN: "LinkedIn, as an integration or as a social connection.",
        credentials.CredentialProvider.PHANTOMBUSTER: "PhantomBuster.",
        credentials.CredentialProvider.ZOOMINFO: "ZoomInfo.",
        credentials.CredentialProvider.SMTP: "A mail server.",
        credentials.CredentialProvider.CAL: "Cal.com.",
        credentials.CredentialProvider.OTHER: "Anything else: a SECRET.",
    },
)
word(
    refreshing.RefreshFailure,
    "Why a social connection could not be refreshed.",
    {
        refreshing.RefreshFailure.UNREACHABLE: "The network did not answer, or is in trouble; it is asked again.",
        refreshing.RefreshFailure.UNCLEAR: "The network answered something unexpected; it is asked again.",
        refreshing.RefreshFailure.APP_REFUSED: "The network refuses this server's app: tell whoever runs the server. "
        "It is asked again.",
        refreshing.RefreshFailure.LACKS_TOKEN: "Its secrets lack what its network refreshes by (refresh_token for "
        "TWITTER and LINKEDIN, access_token for FACEBOOK and INSTAGRAM): store it anew, or it ends in its time.",
        refreshing.RefreshFailure.UNOPENABLE: "Its secrets do not open: tell whoever runs the server. It is "
        "tried again.",
        refreshing.RefreshFailure.REFUSED: "The network has ended the connection; it is switched off: connect anew.",
    },
)
word(
    leads.Lifecycle,
    "How far a lead has come.",
    {
        leads.Lifecycle.NEW: "Nobody has written yet.",
        leads.Lifecycle.CONTACTED: "Was written to and has not answered.",
        leads.Lifecycle.ENGAGED: "Has answered.",
        leads.Lifecycle.QUALIFIED: "Is worth a call.",
        leads.Lifecycle.CONVERTED: "Became a customer.",
        leads.Lifecycle.LOST: "Will not buy; may be reopened.",
    },
)
word(
    leads.Temperature,
    "How interested a lead is.",
    {
        leads.Temperature.UNKNOWN: "Not known.",
        leads.Temperature.COLD: "Not interested.",
        leads.Temperature.WARM: "Interested.",
        leads.Temperature.HOT: "Wants to buy now.",
    },
)
word(
    leads.Sentiment,
    "The tone of what a lead writes.",
    {
        leads.Sentiment.UNKNOWN: "Not known.",
        leads.Sentiment.POSITIVE: "Friendly.",
        leads.Sentiment.NEUTRAL: "Neither.",
        leads.Sentiment.NEGATIVE: "Annoyed.",
        leads.Sentiment.UNCLEAR: "Read, and not clear.",
    },
)
word(
    datasets.DuplicatePolicy,
    "What happens to somebody who comes with a dataset and is there already.",
    {
        datasets.DuplicatePolicy.FLAG: "The lead that is there is put into the dataset, and marked as known before.",
        datasets.DuplicatePolicy.SKIP: "They are left out.",
        datasets.DuplicatePolicy.MERGE: "The lead that is there gets what it lacked, and is put into the dataset.",
        datasets.DuplicatePolicy.KEEP_BOTH: "A second lead is made, which points to the first.",
    },
)
word(
    datasets.LawfulBasis,
    "On what ground leads may be written to.",
    {
        datasets.LawfulBasis.CONSENT: "They agreed to it.",
        datasets.LawfulBasis.LEGITIMATE_INTEREST: "The organization has an interest that outweighs theirs.",
        datasets.LawfulBasis.SOFT_OPT_IN: "They bought or asked about something similar, and did not object.",
        datasets.LawfulBasis.CONTRACT: "A contract with them needs it.",
    },
)
word(
    leads.ContactStatus,
    "Where a lead stands, in one word: of what holds, what stands first here.",
    {
        leads.ContactStatus.ARCHIVED: "Was put away.",
        leads.ContactStatus.REMOVED: "Asked not to be written to any more.",
        leads.ContactStatus.CONVERTED: "Became a customer.",
        leads.ContactStatus.CALL_BOOKED: "Has booked a call.",
        leads.ContactStatus.HOT: "Wants to buy now.",
        leads.ContactStatus.WARM: "Is interested.",
        leads.ContactStatus.COLD: "Is not interested, or lost.",
        leads.ContactStatus.CONTACTED_3: "Was sent the third text of a reactivation.",
        leads.ContactStatus.CONTACTED_2: "Was sent the second.",
        leads.ContactStatus.CONTACTED_1: "Was written to.",
        leads.ContactStatus.READY: "Nobody has written yet.",
    },
)
word(
    scoring.ScoreCondition,
    "What a lead must meet to score.",
    {
        scoring.ScoreCondition.FIELD_PRESENT: "The field has a value.",
        scoring.ScoreCondition.FIELD_EQUALS: "The field has this value, in whatever case it is written.",
        scoring.ScoreCondition.TAG_PRESENT: "The lead has this tag.",
        scoring.ScoreCondition.REPLIED: "The lead has ever written to us.",
    },
)
word(
    scoring.LeadField,
    "A fact of a lead that scores can depend on: the field of the same name.",
    {field: f"{field.replace('_', ' ').capitalize()}." for field in scoring.LeadField},
)
word(
    conversations.Channel,
    "How one talks to a lead.",
    {channel: f"By {channel.name.lower()}." for channel in conversations.Channel}
    | {conversations.Channel.SMS: "By text message.", conversations.Channel.OTHER: "In any other way."},
)
word(
    conversations.ConversationStatus,
    "Where a conversation stands.",
    {
        conversations.ConversationStatus.ACTIVE: "Open.",
        conversations.ConversationStatus.CLOSED: "Done; a new message opens it again.",
        conversations.ConversationStatus.ARCHIVED: "Put away; a new message starts another.",
    },
)
word(
    conversations.MessageDirection,
    "Who wrote a message.",
    {
        conversations.MessageDirection.INBOUND: "The lead.",
        conversations.MessageDirection.OUTBOUND: "The organization.",
    },
)
word(
    conversations.MessageKind,
    "What a message is for.",
    {
        conversations.MessageKind.M1: "The first text of a reactivation.",
        conversations.MessageKind.M2: "The second, without an answer to the first.",
        conversations.MessageKind.M3: "The third, without an answer to the second.",
        conversations.MessageKind.REPLY: "Part of a conversation.",
        conversations.MessageKind.NURTURE: "Keeps the contact.",
    },
)
word(
    conversations.MessageStatus,
    "Where a message is. Late or repeated reports never move it back.",
    {
        conversations.MessageStatus.QUEUED: "Waits to be sent.",
        conversations.MessageStatus.SENDING: "Is being handed to the carrier.",
        conversations.MessageStatus.SENT: "The carrier has it.",
        conversations.MessageStatus.DELIVERED: "The lead's device has it.",
        conversations.MessageStatus.READ: "The lead has opened it.",
        conversations.MessageStatus.FAILED: "Never left.",
        conversations.MessageStatus.UNDELIVERED: "The carrier could not deliver it.",
        conversations.MessageStatus.EXPIRED: "Was not sent in time.",
        conversations.MessageStatus.CANCELED: "Was called back before it was sent.",
        conversations.MessageStatus.RECEIVED: "Came from the lead.",
    },
)
word(
    bookings.BookingStatus,
    "How a booked call stands. It goes down this list, never up.",
    {
        bookings.BookingStatus.REQUESTED: "Waits for the host to confirm it.",
        bookings.BookingStatus.BOOKED: "Stands.",
        bookings.BookingStatus.CANCELLED: "Was called off, or not confirmed.",
        bookings.BookingStatus.RESCHEDULED: "Was moved: another booking has taken its place.",
    },
)
word(
    bookings.BookingProvider,
    "Where a call was booked.",
    {
        bookings.BookingProvider.CAL: "On Cal.com, which alone can move or cancel it.",
        bookings.BookingProvider.MANUAL: "Here.",
    },
)
word(
    learning.InsightType,
    "What an insight is about.",
    {
        learning.InsightType.MESSAGE: "One message.",
        learning.InsightType.CONVERSATION: "One conversation.",
        learning.InsightType.CAMPAIGN: "One campaign.",
        learning.InsightType.PATTERN: "Something seen in many conversations.",
    },
)
word(
    learning.FeedbackStatus,
    "What became of what was noticed in a message.",
    {
        learning.FeedbackStatus.PENDING: "Nobody has decided yet.",
        learning.FeedbackStatus.APPROVED: "It was right, and learned from.",
        learning.FeedbackStatus.DISMISSED: "It was wrong, or did not matter.",
        learning.FeedbackStatus.IMPROVED: "Somebody taught Sophie better.",
    },
)
word(
    learning.InsightSeverity,
    "How much an insight matters.",
    {
        learning.InsightSeverity.INFO: "Good to know.",
        learning.InsightSeverity.SUGGESTION: "Could be better.",
        learning.InsightSeverity.WARNING: "Should be mended.",
        learning.InsightSeverity.CRITICAL: "Must be mended now.",
    },
)
word(
    learning.InsightCategory,
    "What kind of thing was noticed.",
    {
        learning.InsightCategory.TONE: "How it sounds.",
        learning.InsightCategory.GRAMMAR: "How it is written.",
        learning.InsightCategory.OBJECTION: "How an objection was met.",
        learning.InsightCategory.TIMING: "When, and how long.",
        learning.InsightCategory.SUCCESS_PATTERN: "What worked.",
    },
)
word(
    learning.InsightStatus,
    "What became of an insight.",
    {
        learning.InsightStatus.PENDING: "Nobody has looked yet.",
        learning.InsightStatus.VIEWED: "Somebody has looked.",
        learning.InsightStatus.APPROVED_AND_LEARNED: "Approved, and learned from.",
        learning.InsightStatus.DISMISSED: "Dismissed.",
        learning.InsightStatus.TAUGHT_SOPHIE: "Somebody taught Sophie better.",
        learning.InsightStatus.ROLLED_BACK: "What was learned from it was taken back.",
    },
)
word(
    refusals.RefusalCode,
    "Why something was refused, and what to do about it.",
    {code: code.value for code in refusals.RefusalCode},
)
word(
    EventKind,
    "What an event tells of: the type of the same name.",
    {kind: f"{kind.replace('_', ' ').capitalize()}." for kind in EventKind},
)
word(
    Direction,
    "Which end of an order comes first.",
    {Direction.ASC: "Smallest, oldest or A first.", Direction.DESC: "Largest, newest or Z first."},
)
