"""The vocabularies of campaigns: their shapes, how they stand, and when a step is due."""

from domain import conversations
from domain.campaigns import drafts, message_templates, states, timing, windows
from schema.words import word

word(
    drafts.CampaignKind,
    "The shape of a campaign.",
    {
        drafts.CampaignKind.DRIP: "Begins for whoever is given a tag, and goes on over days.",
        drafts.CampaignKind.REACTIVATION: "Writes to the leads of a dataset, again and again until they reply.",
        drafts.CampaignKind.SEQUENCE: "Steps over several channels, for leads who are enrolled one by one.",
        drafts.CampaignKind.BROADCAST: "One message to many.",
    },
)
word(
    states.CampaignStatus,
    "How a campaign stands.",
    {
        states.CampaignStatus.DRAFT: "Nobody is in it yet, and everything of it may change.",
        states.CampaignStatus.ACTIVE: "Writes.",
        states.CampaignStatus.PAUSED: "Rests until it is resumed.",
        states.CampaignStatus.COMPLETED: "Is over.",
    },
)
word(
    drafts.StepChannel,
    "Where a step reaches a lead.",
    {
        drafts.StepChannel.SMS: "A text.",
        drafts.StepChannel.WHATSAPP: "A WhatsApp message.",
        drafts.StepChannel.EMAIL: "An e-mail.",
        drafts.StepChannel.LINKEDIN: "A LinkedIn message.",
        drafts.StepChannel.CALL: "A call, as a task for people.",
    },
)
word(
    message_templates.TemplateChannel,
    "On which channel a template is sent.",
    {
        message_templates.TemplateChannel.SMS: "A text.",
        message_templates.TemplateChannel.WHATSAPP: "A WhatsApp message.",
        message_templates.TemplateChannel.EMAIL: "An e-mail.",
    },
)
word(
    conversations.Encoding,
    "How a text travels, which says how many characters a part has.",
    {
        conversations.Encoding.GSM_7: "In seven bits a character: 160 in one part, 153 in each of several.",
        conversations.Encoding.UCS_2: "In sixteen, because of a character that has no place in seven: 70, or 67.",
    },
)
word(
    timing.StepAnchor,
    "What the delay of a step counts from.",
    {
        timing.StepAnchor.ENROLLED_AT: "The enrolment.",
        timing.StepAnchor.PREVIOUS_STEP: "The step before; of the first step the enrolment.",
        timing.StepAnchor.DATE: "The day of its number, where the enrolment is on day 1.",
    },
)
word(
    timing.DelayType,
    "Which clock a delay runs by.",
    {
        timing.DelayType.REAL_HOURS: "It runs always.",
        timing.DelayType.BUSINESS_HOURS: "It runs while leads may be written to.",
    },
)
word(
    drafts.HotLeadAssignment,
    "Who is given a lead who turns hot.",
    {
        drafts.HotLeadAssignment.MANUAL: "Nobody: people decide.",
        drafts.HotLeadAssignment.ROUND_ROBIN: "Of those who may answer and see the lead, whose turn it is. Of leads "
        "alone whom nobody owns or works.",
        drafts.HotLeadAssignment.TERRITORY: "Of those who work the territory that the lead is in, whose turn it is; "
        "in no territory, or where nobody of it may be given it, nobody. Of leads alone whom nobody owns or works.",
    },
)
word(windows.Weekday, "A day of the week.", {day: f"{day.capitalize()}." for day in windows.Weekday})
