"""A second, tiny read engine: plain rows read by the owner, and plain Python. What the real one is compared with."""

import json
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
from graphql import GraphQLObjectType, get_named_type, is_leaf_type
from hypothesis import strategies as st

from domain.addresses import address_hash
from domain.campaigns.by_hand import ask_by_hand
from domain.conversations import WRITTEN_ON, Channel
from tests.play.reference_learning import (
    FEW_LEARNED,
    KEYS_LEARNED,
    LATEST_LEARNED,
    LEARNED,
    MANY_LEARNED,
    ONE_LEARNED,
    PARTS,
    feedback,
    feedback_status,
)
from tests.play.served import KINDS, TABLES, object_type, snake

Row = dict[str, Any]
Wanted = dict[str, Any]  # field → None for a value, or what is wanted of the related rows

ONE = {
    "Conversation": {"lead": ("Lead", "lead_id"), "assignee": ("Member", "assignee_id")},
    "Message": {
        "conversation": ("Conversation", "conversation_id"),
        "lead": ("Lead", "lead_id"),
        "author": ("Member", "author_id"),
        "campaign": ("Campaign", "campaign_id"),
    },
    "Lead": {
        "owner": ("Member", "owner_id"),
        "assignee": ("Member", "assignee_id"),
        "pipelineStage": ("PipelineStage", "pipeline_stage_id"),
        "duplicateOf": ("Lead", "duplicate_of_id"),
    },
    "LeadNote": {"lead": ("Lead", "lead_id"), "author": ("Member", "author_id")},
    "Consent": {
        "lead": ("Lead", "lead_id"),
        "message": ("Message", "message_id"),
        "recordedBy": ("Member", "recorded_by_id"),
    },
    "LeadMerge": {"lead": ("Lead", "lead_id"), "mergedBy": ("Member", "merged_by_id")},
    "Booking": {
        "lead": ("Lead", "lead_id"),
        "bookedBy": ("Member", "booked_by_id"),
        "rescheduledFrom": ("Booking", "rescheduled_from"),
    },
    "PipelineStage": {"successor": ("PipelineStage", "successor_id")},
    "Customer": {"lead": ("Lead", "lead_id")},
    "Insight": {
        "message": ("Message", "message_id"),
        "conversation": ("Conversation", "conversation_id"),
        "reviewer": ("Member", "reviewer_id"),
        "lesson": ("Lesson", "lesson_id"),
        "appliedVersion": ("PromptVersion", "applied_version_id"),
        "lead": ("Lead", "lead_id"),
        "campaign": ("Campaign", "campaign_id"),
        "dataset": ("Dataset", "dataset_id"),
    },
    "Dataset": {},
    "Member": {},
    "Enrollment": {
        "campaign": ("Campaign", "campaign_id"),
        "lead": ("Lead", "lead_id"),
        "enrolledBy": ("Member", "enrolled_by_id"),
    },
    "Task": {
        "lead": ("Lead", "lead_id"),
        "campaign": ("Campaign", "campaign_id"),
        "doneBy": ("Member", "done_by_id"),
        "assignee": ("Member", "person_id"),
    },
    "StepRun": {"step": ("CampaignStep", "campaign_step_id"), "message": ("Message", "message_id")},
    "Campaign": {
        "dataset": ("Dataset", "dataset_id"),
        "policy": ("CampaignPolicy", "campaign_policy_id"),
        "messageTemplate": ("MessageTemplate", "message_template_id"),
        "creator": ("Member", "creator_id"),
    },
    "CampaignStep": {},
    "CampaignPolicy": {},
    "OwnPhoneNumber": {},
    "MessageTemplate": {"creator": ("Member", "creator_id")},
    **ONE_LEARNED,
}
# The newest of those that point back.
LATEST = {
    ("Conversation", "lastMessage"): ("Message", "conversation_id", {}),
    ("Lead", "latestReply"): ("Message", "lead_id", {"direction": "INBOUND"}),
    ("Lead", "customer"): ("Customer", "lead_id", {}),
    ("Lead", "nextBooking"): ("Booking", "lead_id", {"status": "BOOKED"}),
    ("MessageTemplate", "campaign"): ("Campaign", "message_template_id", {}),
    ("StepRun", "task"): ("Task", "step_run_id", {}),
    ("Booking", "rescheduledTo"): ("Booking", "rescheduled_from", {}),
    **LATEST_LEARNED,
}
MANY: dict[str, dict[str, tuple[str, str]]] = {name: {} for name in ONE} | {
    "Conversation": {"messages": ("Message", "conversation_id"), "insights": ("Insight", "conversation_id")},
    "Message": {"insights": ("Insight", "message_id")},
    "Insight": {"evidence": ("InsightEvidence", "insight_id")},
    "Lead": {
        "conversations": ("Conversation", "lead_id"),
        "notes": ("LeadNote", "lead_id"),
        "consents": ("Consent", "lead_id"),
        "bookings": ("Booking", "lead_id"),
        "duplicates": ("Lead", "duplicate_of_id"),
        "merges": ("LeadMerge", "lead_id"),
        "datasets": ("Dataset", "lead_id"),
        "enrollments": ("Enrollment", "lead_id"),
        "tasks": ("Task", "lead_id"),
    },
    "Campaign": {"enrollments": ("Enrollment", "campaign_id")},
    "Member": {"allowedDatasets": ("Dataset", "member_id")},
    "Territory": {"members": ("Member", "territory_id")},
    "PipelineStage": {"leads": ("Lead", "pipeline_stage_id")},
    "Dataset": {"leads": ("Lead", "dataset_id")},
    **MANY_LEARNED,
}
LINKED = {
    ("Insight", "message_id"): ("insight_evidence", "insight_id"),
    ("Insight", "conversation_id"): ("insight_evidence", "insight_id"),
    ("Dataset", "lead_id"): ("dataset_leads", "dataset_id"),
    ("Lead", "dataset_id"): ("dataset_leads", "lead_id"),
    ("Dataset", "member_id"): ("membership_datasets", "dataset_id"),
    ("Member", "territory_id"): ("territory_members", "member_id"),
}
FEW = {
    ("Lead", "scoreReasons"): ("ScoreReason", ""),
    ("Lead", "messageability"): ("Messageability", ""),
    ("Enrollment", "stepRuns"): ("StepRun", "enrollment_id"),
    ("Campaign", "steps"): ("CampaignStep", "campaign_id"),
    **FEW_LEARNED,
}
_KEYS = {"Conversation": "last_message_at", "Booking": "starts_at", "Task": "due_at"} | KEYS_LEARNED
_NAMED = {"rescheduled_from": "external_id"}  # by what a column names a row, where not by its id


def selections(type_name: str, depth: int) -> st.SearchStrategy[Wanted]:
    """Some fields of a type, and of the rows related to it, so many levels deep."""
    leaves, related = [], {}
    for name, field in object_type(type_name).fields.items():
        named = get_named_type(field.type)
        if is_leaf_type(named):
            leaves.append(name)
        elif depth:
            assert isinstance(named, GraphQLObjectType)
            related[name] = selections(named.name.removesuffix("Connection"), depth - 1)
    values = st.lists(st.sampled_from(leaves), min_size=1, unique=True).map(dict.fromkeys)
    deeper = st.fixed_dictionaries({}, optional=related)
    return st.tuples(values, deeper).map(lambda pair: pair[0] | pair[1])


def text_of(type_name: str, wanted: Wanted) -> str:
    parts = []
    for name, inner in wanted.items():
        if inner is None:
            parts.append(name)
        elif name in MANY.get(type_name, ()):
            parts.append(f"{name}(first: 3) {{ totalCount nodes {text_of(MANY[type_name][name][0], inner)} }}")
        else:
            parts.append(f"{name} {text_of(_target(type_name, name), inner)}")
    return f"{{ {' '.join(parts)} }}"


def _target(type_name: str, name: str) -> str:
    if (type_name, name) in FEW:
        return FEW[type_name, name][0]
    return LATEST[type_name, name][0] if (type_name, name) in LATEST else ONE[type_name][name][0]


class Reference:
    """Everything of one organization, read once."""

    def __init__(self, organization_id: UUID, tables: dict[str, list[Row]], more: dict[str, Any]) -> None:
        self._organization_id = organization_id
        self._tables = tables
        self._links, self._suppressions, self._reasons, self._organization, self._numbers = more.values()

    @classmethod
    async def read(cls, sql: asyncpg.Connection, organization_id: UUID) -> "Reference":
        async def rows(table: str, order: str = "1") -> list[Row]:
            of = f"select * from {table} where organization_id = $1 order by {order}"
            return [dict(row) for row in await sql.fetch(of, organization_id)]

        tables = {type_name: await rows((TABLES | PARTS)[type_name]) for type_name in ONE}
        for conflict in tables["LessonConflict"]:
            conflict["id"] = conflict["position"] = conflict["other_lesson_id"]
        for task in tables["Task"]:  # theirs who works the lead, else the owner's
            task["person_id"] = task["assignee_id"] or task["owner_id"]
        links = {name: await rows(name) for name in (*(name for name, _ in LINKED.values()), "territory_areas")}
        more = {"links": links, "suppressions": await rows("suppressions")}
        own = await sql.fetchrow("select *, now() as now from organizations where id = $1", organization_id)
        more |= {"score_reasons": await rows("score_reasons", "position"), "organization": dict(own or {})}
        return cls(organization_id, tables, more | {"numbers": await rows("phone_numbers")})

    def ids(self, type_name: str) -> list[str]:
        """Without those that lead to another."""
        rows = [row for row in self._tables[type_name] if not row.get("merged_into_id")]
        return [f"{KINDS[type_name]}_{row['id']}" for row in rows]

    def answer(self, type_name: str, id: UUID, wanted: Wanted) -> Row:
        [row] = [row for row in self._tables[type_name] if row["id"] == id]
        return self._object(type_name, row, wanted)

    def _object(self, type_name: str, row: Row, wanted: Wanted) -> Row:
        return {name: self._value(type_name, row, name, inner) for name, inner in wanted.items()}

    def _value(self, type_name: str, row: Row, name: str, inner: Wanted | None) -> Any:
        if inner is None:
            if (type_name, name) in LEARNED:
                return _shown(type_name, name, LEARNED[type_name, name](self.find, row))
            computed = COMPUTED.get((type_name, name))
            return _shown(type_name, name, computed(self, row) if computed else row[snake(name)])
        if (type_name, name) in FEW:
            target, column = FEW[type_name, name]
            if target == "Messageability":
                return [self._object(target, one, inner) for one in self.messageability(row)]
            met = [reason for reason in self._reasons if _meets(reason, row)] if not column else []
            few = sorted(self.find(target, column, row["id"]), key=lambda one: one["position"]) if column else met
            return [self._object(target, one, inner) for one in few]
        if name in MANY[type_name]:
            target, column = MANY[type_name][name]
            found = self._list(type_name, target, column, row["id"])
            return {"totalCount": len(found), "nodes": [self._object(target, item, inner) for item in found[:3]]}
        found = self._one(type_name, row, name)
        return self._object(_target(type_name, name), found[0], inner) if found else None

    def _one(self, type_name: str, row: Row, name: str) -> list[Row]:
        if (type_name, name) in LATEST:
            target, column, only = LATEST[type_name, name]
            found = self.find(target, column, row[_NAMED.get(column, "id")])
            told = [row for row in found if only.items() <= row.items()]
            return told[::-1] if name.startswith("next") else told
        target, column = ONE[type_name][name]
        return self.find(target, _NAMED.get(column, "id"), row[column])

    def _list(self, of: str, type_name: str, column: str, value: object) -> list[Row]:
        """A board shows those at hand, who came last first; no list shows who was merged into somebody."""
        found = [row for row in self.find(type_name, column, value) if not row.get("merged_into_id")]
        if of != "PipelineStage":
            return found[::-1] if type_name == "ReplayRow" else found  # of a replay those of lessons come first
        return sorted(
            (row for row in found if not row["archived_at"]), key=lambda row: (row["moved_at"], row["id"]), reverse=True
        )

    def find(self, type_name: str, column: str, value: object) -> list[Row]:
        """In the order of the list: newest first."""
        key = _KEYS.get(type_name, "created_at")
        if (type_name, column) in LINKED:
            table, far = LINKED[type_name, column]
            ids = {link[far] for link in self._links[table] if link[column] == value}
            found = [row for row in self._tables[type_name] if row["id"] in ids]
        else:
            found = [row for row in self._tables[type_name] if row[column] == value]
        return sorted(found, key=lambda row: (row[key] is not None, row[key], row["id"]), reverse=True)

    def replies(self, lead: Row) -> list[Row]:
        return [row for row in self.find("Message", "lead_id", lead["id"]) if row["direction"] == "INBOUND"]

    def areas(self, territory: Row, kind: str) -> list[str]:
        found = [area for area in self._links["territory_areas"] if area["territory_id"] == territory["id"]]
        return sorted(area["code"] for area in found if area["kind"] == kind)

    def has_call(self, lead: Row) -> bool:
        return any(row["status"] == "BOOKED" for row in self.find("Booking", "lead_id", lead["id"]))

    def opted_out_of(self, lead: Row) -> list[str]:
        addresses = dict.fromkeys((Channel.SMS, Channel.WHATSAPP, Channel.CALL), lead["phone"])
        addresses[Channel.EMAIL] = lead["email"]
        addresses[Channel.LINKEDIN] = lead["linkedin_url"]
        kept = {row["address_hash"] for row in self._suppressions if not row["lifted_at"]}
        of = self._organization_id
        return [
            channel for channel, address in addresses.items() if address and address_hash(of, channel, address) in kept
        ]

    def messageability(self, lead: Row) -> list[Row]:
        """What the gate says, whose rules the database has in words of its own."""
        opted_out, own, found = self.opted_out_of(lead), self._organization, []
        for channel in WRITTEN_ON:
            theirs, ours = ("email", own["mail_address"]) if channel is Channel.EMAIL else ("phone", self._numbers)
            threads = self.find("Conversation", "lead_id", lead["id"])
            begun = [one["sender"] for one in threads if one["channel"] == channel and one["status"] != "ARCHIVED"]
            thread = lead | {
                "channel": channel,
                "recipient": lead[theirs],
                "is_suppressed": channel in opted_out,
                "sender": ours or (channel is not Channel.EMAIL and any(begun)),
                "organization_status": own["status"],
                "has_trial_ended": own["trial_ends_at"] is not None and own["trial_ends_at"] <= own["now"],
            }
            said = ask_by_hand(thread, own["now"])
            answer = {"channel": channel, "can_send": said.may_send, "reason": said.reason, "retry_at": said.retry_at}
            found.append(answer | {"message": said.message if said.reason else None})
        return found

    def contact_status(self, lead: Row) -> str:
        if lead["archived_at"]:
            return "ARCHIVED"
        if set(self.opted_out_of(lead)) - {Channel.CALL, Channel.LINKEDIN}:
            return "REMOVED"
        if lead["lifecycle"] != "CONVERTED" and self.has_call(lead):
            return "CALL_BOOKED"
        if lead["lifecycle"] == "CONVERTED" or lead["temperature"] == "UNKNOWN":
            named = {"CONVERTED": "CONVERTED", "LOST": "COLD", "NEW": "READY"}
            return named.get(lead["lifecycle"]) or f"CONTACTED_{self._steps_sent(lead)}"
        return str(lead["temperature"])

    def _steps_sent(self, lead: Row) -> str:
        said = [one for one in self.find("Message", "lead_id", lead["id"]) if one["campaign_id"] and one["sent_at"]]
        return max((one["kind"][1] for one in said if one["kind"] in ("M1", "M2", "M3")), default="1")


def _enrolled(all: Reference, row: Row, **wanted: object) -> list[Row]:
    found = all.find("Enrollment", "campaign_id", row["id"])
    return [one for one in found if wanted.items() <= one.items()]


def _sent(all: Reference, row: Row, *statuses: str) -> list[Row]:
    taken = statuses or ("SENT", "DELIVERED", "READ", "UNDELIVERED")
    return [one for one in all.find("Message", "campaign_id", row["id"]) if one["status"] in taken]


def _replied(all: Reference, row: Row) -> list[Row]:
    return [one for one in _enrolled(all, row) if one["replied_at"]]


def _positive(all: Reference, row: Row) -> int:
    leads = [all.find("Lead", "id", one["lead_id"])[0] for one in _replied(all, row)]
    return sum(lead["sentiment"] == "POSITIVE" for lead in leads)


_OF_CAMPAIGNS: dict[tuple[str, str], Callable[[Reference, Row], Any]] = {
    ("Campaign", "enrolledCount"): lambda all, row: len(_enrolled(all, row)),
    ("Campaign", "activeCount"): lambda all, row: len(_enrolled(all, row, status="ACTIVE")),
    ("Campaign", "optedOutCount"): lambda all, row: sum(bool(one["opted_out_at"]) for one in _enrolled(all, row)),
    ("Campaign", "bookedCount"): lambda all, row: len(_enrolled(all, row, reason="BOOKED")),
    ("Campaign", "repliedCount"): lambda all, row: len(_replied(all, row)),
    ("Campaign", "positiveCount"): _positive,
    ("Campaign", "sentCount"): lambda all, row: len(_sent(all, row)),
    ("Campaign", "deliveredCount"): lambda all, row: len(_sent(all, row, "DELIVERED", "READ")),
    ("Campaign", "segmentsCount"): lambda all, row: sum(one["segments"] for one in _sent(all, row)),
}
COMPUTED: dict[tuple[str, str], Callable[[Reference, Row], Any]] = _OF_CAMPAIGNS | {
    ("Territory", "postcodePrefixes"): lambda all, row: all.areas(row, "POSTCODE"),
    ("Territory", "countries"): lambda all, row: all.areas(row, "COUNTRY"),
    ("Message", "feedback"): feedback,
    ("Message", "feedbackStatus"): feedback_status,
    ("Conversation", "isUnread"): lambda _, row: row["unread_count"] > 0,
    ("Customer", "hasPassword"): lambda _, row: row["password_set_at"] is not None,
    ("LeadMerge", "absorbedId"): lambda _, row: f"lead_{row['absorbed_id']}",
    ("Lead", "isArchived"): lambda _, row: row["archived_at"] is not None,
    ("Lead", "contactStatus"): Reference.contact_status,
    ("Lead", "optedOutOf"): Reference.opted_out_of,
    ("Lead", "callBooked"): Reference.has_call,
    ("Lead", "bookingLink"): lambda _, row: None,  # the organization has given none
    ("Lead", "messageCount"): lambda all, row: len(all.find("Message", "lead_id", row["id"])),
    ("Lead", "replyReceivedAt"): lambda all, row: next((reply["created_at"] for reply in all.replies(row)), None),
}


def _meets(reason: Row, lead: Row) -> bool:
    """The reasons an organization begins with look whether a field has a value."""
    return bool(lead[reason["field"].lower()])


_JSON = {"custom_fields", "enrichment", "source_details", "column_mapping", "example_conversation", "wizard_answers"}
_JSON |= {"performance_before", "sections"}


def _shown(type_name: str, name: str, value: object) -> object:
    if name == "id":
        return f"{KINDS[type_name]}_{value}"
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, str) and snake(name) in _JSON:
        return json.loads(value)
    return value.isoformat() if isinstance(value, date | datetime) else value


def same_instants(value: Any) -> Any:
    """The answer with its instants in one spelling; a text that is none stays as it is."""
    if isinstance(value, dict):
        return {key: _instant(item) if key.endswith("At") else same_instants(item) for key, item in value.items()}
    return [same_instants(item) for item in value] if isinstance(value, list) else value


def _instant(text: str | None) -> str | None:
    return datetime.fromisoformat(text).isoformat() if text else None
