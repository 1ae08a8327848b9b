"""Leads, as the API reads them."""

from db.entity import Column, Entity, Few, Link, Linked, Many, One, Search, identity, kept
from db.messageability import WAYS, suppressed
from domain.compliance import ConsentKind, ConsentSource
from domain.conversations import Channel, PhoneProblem
from domain.leads import ContactStatus, Lifecycle, Sentiment, Temperature
from domain.mail import EmailProblem
from domain.scoring import MOST_REASONS

_ADDRESSES = (
    "(values ('SMS', {t}.phone), ('WHATSAPP', {t}.phone), ('CALL', {t}.phone), ('EMAIL', {t}.email),"
    " ('LINKEDIN', {t}.linkedin_url))"
)
_OPTED_OUT_OF = (
    f"array(select c.channel from {_ADDRESSES} c (channel, address) where {suppressed('c.channel', 'c.address')})"
)

_WRITTEN_TO = (("SMS", "phone"), ("WHATSAPP", "phone"), ("EMAIL", "email"))
# A call that was held stays booked: what changes by the clock alone, no event could tell of.
_CALL_BOOKED = (
    "exists (select from bookings b where b.organization_id = $1 and b.lead_id = {t}.id and b.status = 'BOOKED')"
)
_OF = "from messages m where m.organization_id = $1 and m.lead_id = {t}.id"
_NUMBERED = f"{_OF} and m.campaign_id is not null and m.sent_at is not null and m.kind in ('M1', 'M2', 'M3')"
# S1.5 in one word, which is kept nowhere; the texts of reactivations tell how often somebody was contacted (S1.4).
_CONTACT_STATUS = f"""(case
  when {{t}}.archived_at is not null then 'ARCHIVED'
  when {" or ".join(suppressed(f"'{channel}'", f"{{t}}.{address}") for channel, address in _WRITTEN_TO)}
    then 'REMOVED'
  when {{t}}.lifecycle = 'CONVERTED' then 'CONVERTED'
  when {_CALL_BOOKED} then 'CALL_BOOKED'
  when {{t}}.temperature <> 'UNKNOWN' then {{t}}.temperature
  when {{t}}.lifecycle = 'LOST' then 'COLD'
  when {{t}}.lifecycle <> 'NEW' then 'CONTACTED_' || coalesce((select max(right(m.kind, 1)) {_NUMBERED}), '1')
  else 'READY' end)"""
_REPLIED_AT = f"(select m.created_at {_OF} and m.direction = 'INBOUND' order by m.created_at desc, m.id desc limit 1)"
_HAS_REPLIED = (
    "exists (select from messages m where m.organization_id = $1 and m.lead_id = {this}.id and m.direction = 'INBOUND')"
)
# Why a lead has the score it has: what `score_leads` (scoring.sql) adds up.
_SCORES = (
    "{this}.erased_at is null and meets_condition({that}.condition, {that}.field, {that}.value, to_jsonb({this}),"
    f" case {{that}}.condition when 'REPLIED' then {_HAS_REPLIED} end)"
)

# The leads with a tag in the order of their list. `besides` is what the table's key is asked with; it also keeps the
# planner from walking through all leads in the hope of soon meeting some with a tag that hardly any has.
TAGGED = Linked(
    "tag",
    None,
    Link("lead_tags", carries=(("created_at", "lead_created_at"), ("id", "lead_id"))),
    on="{link}.lead_id = {this}.id",
    besides="{link}.lead_created_at = {this}.created_at",
    sql_type="text",
)

# The leads of a dataset in the order of their list, without a look at anybody else's.
IN_DATASETS = Link("dataset_leads", carries=(("created_at", "lead_created_at"), ("id", "lead_id")))
# The organization's, with what makes Cal.com tell us whose booking it is.
_BOOKING_LINK = """(select o.cal_booking_link || case when strpos(o.cal_booking_link, '?') > 0 then '&' else '?' end
  || 'metadata%5BrekindleLead%5D=lead_' || {t}.id from organizations o where o.id = $1)"""

LEADS = Entity(
    "Lead",
    table="leads",
    kind="lead",
    scoped=True,
    hidden="{t}.merged_into_id is null",
    leads_to="merged_into_id",
    columns=(
        identity("lead"),
        Column("name", order=True),
        Column("first_name", nullable=True),
        Column("last_name", nullable=True),
        Column("company", nullable=True),
        Column("title", nullable=True),
        Column("industry", nullable=True),
        Column("location", nullable=True),
        Column("postcode", nullable=True),
        Column("country", nullable=True),
        Column("time_zone", nullable=True),
        Column("phone", nullable=True, filter=True, unique=True),
        Column("raw_phone", nullable=True),
        Column("phone_problem", nullable=True, enum=PhoneProblem),
        Column("email", nullable=True, filter=True, unique=True),
        Column("email_problem", nullable=True, enum=EmailProblem),
        Column("linkedin_url", nullable=True),
        Column("contact_status", sql=_CONTACT_STATUS, enum=ContactStatus),
        Column("opted_out_of", "text[]", sql=_OPTED_OUT_OF),
        Column("lifecycle", enum=Lifecycle, filter=True),
        Column("temperature", enum=Temperature, filter=True),
        Column("sentiment", enum=Sentiment),
        Column("tags", "text[]"),
        Column("source", filter=True),
        Column("source_details", "jsonb"),
        Column("utm_source", nullable=True),
        Column("utm_medium", nullable=True),
        Column("utm_campaign", nullable=True),
        Column("utm_term", nullable=True),
        Column("utm_content", nullable=True),
        Column("inquiry_date", "date", nullable=True),
        Column("install_date", "date", nullable=True),
        Column("custom_fields", "jsonb"),
        Column("enrichment", "jsonb"),
        Column("score", "integer", filter=True, order=True),
        Column("ai_score", "numeric", nullable=True),
        Column("pipeline_stage_id", "uuid", refers="pipeline_stage", filter=True),
        Column("moved_at", "timestamptz"),
        Column("owner_id", "uuid", nullable=True, refers="member", filter=True),
        Column("assignee_id", "uuid", nullable=True, refers="member", filter=True),
        Column("last_contacted_at", "timestamptz", nullable=True, filter=True, order=True, lowest="-infinity"),
        Column("reply_received_at", "timestamptz", nullable=True, sql=_REPLIED_AT),
        Column("message_count", "integer", sql=f"(select count(*)::integer {_OF})"),
        Column("manual_mode_at", "timestamptz", nullable=True),
        Column("converted_at", "timestamptz", nullable=True),
        Column("call_booked", "boolean", sql=_CALL_BOOKED),
        Column("booking_link", nullable=True, sql=_BOOKING_LINK),
        Column(
            "is_archived",
            "boolean",
            sql="(case when {t}.archived_at is null then false else true end)",
            filter=True,
        ),
        Column("archived_at", "timestamptz", nullable=True),
        Column("duplicate_of_id", "uuid", nullable=True, refers="lead", filter=True),
        Column("erased_at", "timestamptz", nullable=True),
        *kept(),
    ),
    relations=(
        One("pipeline_stage", "PipelineStage", on="{that}.id = {this}.pipeline_stage_id"),
        One("owner", "Member", on="{that}.id = {this}.owner_id", nullable=True),
        One("assignee", "Member", on="{that}.id = {this}.assignee_id", nullable=True),
        One("duplicate_of", "Lead", on="{that}.id = {this}.duplicate_of_id", nullable=True),
        Many("duplicates", "Lead", on="{that}.duplicate_of_id = {this}.id"),
        Many("merges", "LeadMerge", on="{that}.lead_id = {this}.id"),
        One("customer", "Customer", on="{that}.lead_id = {this}.id", nullable=True),
        One(
            "next_booking",
            "Booking",
            on="{that}.lead_id = {this}.id and {that}.status = 'BOOKED' and {that}.ends_at > now()",
            nullable=True,
            latest="starts_at, id",
        ),
        Many("bookings", "Booking", on="{that}.lead_id = {this}.id"),
        One(
            "latest_reply",
            "Message",
            on="{that}.lead_id = {this}.id and {that}.direction = 'INBOUND'",
            nullable=True,
            latest="created_at desc, id desc",
        ),
        Few("score_reasons", "ScoreReason", on=_SCORES, order="{that}.position", most=MOST_REASONS),
        Few("messageability", "Messageability", on="{that}.id = {this}.id", order="{that}_way.place", most=WAYS),
        Many("conversations", "Conversation", on="{that}.lead_id = {this}.id"),
        Many("notes", "LeadNote", on="{that}.lead_id = {this}.id"),
        Many("consents", "Consent", on="{that}.lead_id = {this}.id"),
        Many("enrollments", "Enrollment", on="{that}.lead_id = {this}.id"),
        Many("tasks", "Task", on="{that}.lead_id = {this}.id"),
        Many(
            "datasets",
            "Dataset",
            on="{link}.lead_id = {this}.id and {link}.dataset_id = {that}.id",
            link=Link("dataset_leads"),
        ),
    ),
    linked=(Linked("dataset_id", "dataset", IN_DATASETS, on="{link}.lead_id = {this}.id"), TAGGED),
    search=Search(
        find="find_leads",
        match="match_lead(asked.q, $1, {t}.id)",
        keys=(
            (Column("hit_tier", "smallint"), "ASC"),
            (Column("hit_at", "timestamptz"), "DESC"),
            (Column("hit_id", "uuid"), "DESC"),
        ),
    ),
)

LEAD_MERGES = Entity(
    "LeadMerge",
    table="lead_merges",
    kind="lead_merge",
    scoped=True,
    columns=(
        identity("lead_merge"),
        Column("absorbed_id", "uuid", shown="'lead_' || {t}.absorbed_id"),
        Column("undone_at", "timestamptz", nullable=True),
        *kept(),
    ),
    relations=(
        One("lead", "Lead", on="{that}.id = {this}.lead_id"),
        One("merged_by", "Member", on="{that}.id = {this}.merged_by_id", nullable=True),
    ),
)

LEAD_NOTES = Entity(
    "LeadNote",
    table="lead_notes",
    kind="lead_note",
    scoped=True,
    columns=(identity("lead_note"), Column("body"), *kept()),
    relations=(
        One("lead", "Lead", on="{that}.id = {this}.lead_id"),
        One("author", "Member", on="{that}.id = {this}.author_id", nullable=True),
    ),
)

CONSENTS = Entity(
    "Consent",
    table="consents",
    kind="consent",
    scoped=True,
    columns=(
        identity("consent"),
        Column("channel", enum=Channel),
        Column("kind", enum=ConsentKind),
        Column("source", enum=ConsentSource),
        Column("words", nullable=True),
        *kept(),
    ),
    relations=(
        One("lead", "Lead", on="{that}.id = {this}.lead_id"),
        One("message", "Message", on="{that}.id = {this}.message_id", nullable=True),
        One("recorded_by", "Member", on="{that}.id = {this}.recorded_by_id", nullable=True),
    ),
)

# Leads that something was done to together: those of them that whoever did it still sees, in the order they were named.
CHANGED_LEADS = Entity(
    "ChangedLeads",
    table="organizations",
    kind="changed_leads",
    tenant="id",
    columns=(),
    relations=(
        Few(
            "leads", "Lead", on="{that}.id = any ($2::uuid[])", order="array_position($2::uuid[], {that}.id)", most=100
        ),
    ),
)
