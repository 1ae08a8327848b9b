"""Lists written down as files: the exports, which lists there are, and the statement that reads a page of one."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from db.audit import AUDIT_LOGS
from db.bookings import BOOKINGS
from db.bulk import BULK_OPERATIONS
from db.campaigns import CAMPAIGN_POLICIES, CAMPAIGNS
from db.conversations import CONVERSATIONS, MESSAGES
from db.credentials import CREDENTIALS
from db.customers import CUSTOMER_INVITATIONS, CUSTOMERS
from db.datasets import DATASETS
from db.drafts import DRAFTS, MODEL_USES
from db.enrollments import ENROLLMENTS
from db.entity import ENTITIES, Column, Entity, One, camel, identity, kept
from db.filters import read_filter
from db.imports import IMPORTS
from db.leads import LEADS
from db.learning import INSIGHTS
from db.lessons import LESSONS
from db.message_templates import MESSAGE_TEMPLATES
from db.pages import Order, Page, read_cursor
from db.people import API_KEYS, MEMBERS, STAFF_INVITATIONS
from db.phone_numbers import PHONE_NUMBERS
from db.pipeline import PIPELINE_STAGES
from db.prompts import PROMPT_TEMPLATES, PROMPTS
from db.replays import REPLAYS
from db.selection import Listing, Statement, write_statement
from db.shapes import Child, Connection, Fields, PageInfo
from db.tasks import TASKS
from db.territories import TERRITORIES
from domain.exporting import ExportStatus
from domain.people import Permission, Sight
from domain.refusals import bad_input

EXPORTS = Entity(
    "Export",
    table="exports",
    kind="export",
    columns=(
        identity("export"),
        Column("list"),
        Column("filter", "jsonb"),
        Column("columns", "text[]"),
        Column("status", enum=ExportStatus, filter=True),
        Column("total_rows", "integer", nullable=True),
        Column("done_rows", "integer"),
        Column("size_bytes", "bigint", nullable=True),
        Column("problem", nullable=True),
        Column("completed_at", "timestamptz", nullable=True),
        Column("file_deleted_at", "timestamptz", nullable=True),
        *kept(),
    ),
    relations=(One("creator", "Member", on="{that}.id = {this}.creator_id", nullable=True),),
)

# Every list of the API by its name there.
LISTS: Mapping[str, Entity] = {
    "leads": LEADS,
    "conversations": CONVERSATIONS,
    "messages": MESSAGES,
    "insights": INSIGHTS,
    "customers": CUSTOMERS,
    "customerInvitations": CUSTOMER_INVITATIONS,
    "bookings": BOOKINGS,
    "datasets": DATASETS,
    "imports": IMPORTS,
    "pipelineStages": PIPELINE_STAGES,
    "territories": TERRITORIES,
    "members": MEMBERS,
    "staffInvitations": STAFF_INVITATIONS,
    "apiKeys": API_KEYS,
    "credentials": CREDENTIALS,
    "auditLogs": AUDIT_LOGS,
    "campaigns": CAMPAIGNS,
    "campaignPolicies": CAMPAIGN_POLICIES,
    "phoneNumbers": PHONE_NUMBERS,
    "messageTemplates": MESSAGE_TEMPLATES,
    "enrollments": ENROLLMENTS,
    "tasks": TASKS,
    "lessons": LESSONS,
    "promptTemplates": PROMPT_TEMPLATES,
    "prompts": PROMPTS,
    "drafts": DRAFTS,
    "modelUses": MODEL_USES,
    "bulkOperations": BULK_OPERATIONS,
    "exports": EXPORTS,
    "replays": REPLAYS,
}
_TELLING = ("name", "first_name", "last_name", "email", "phone")  # of what stands beside a row
_AT_ONCE = 1000


def columns_of(entity: Entity) -> list[str]:
    """Every column of a list, and of what stands beside it its id and what it is called."""
    own = [camel(column.name) for column in entity.columns if column.name in _readable(entity)]
    return [*own, *(path for relation in entity.relations if isinstance(relation, One) for path in _beside(relation))]


def _readable(entity: Entity) -> set[str]:
    """An id that points at another thing only filters: that thing stands beside it."""
    pointing = {column.name for column in entity.columns if column.refers and column.filter and not column.shown}
    return {column.name for column in entity.columns} - pointing


def _beside(relation: One) -> Iterator[str]:
    target = ENTITIES[relation.target]
    names = {camel(name) for name in _TELLING} & set(target.fields)
    for name in ("id", *(camel(name) for name in _TELLING if camel(name) in names)):
        yield f"{camel(relation.name)}.{name}"


def check_columns(entity: Entity, wanted: Sequence[str]) -> list[str]:
    """Refuses what is no column of the list."""
    known = columns_of(entity)
    for name in wanted:
        if name not in known:
            raise bad_input(f"There is no column {name[:60]}: there are {', '.join(known)}.", "columns")
    return list(dict.fromkeys(wanted)) or known


def permissions_for(entity: Entity, columns: Sequence[str]) -> set[Permission | None]:
    """What one needs to read these columns of a list."""
    beside = {column.partition(".")[0] for column in columns if "." in column}
    targets = {ENTITIES[relation.target].permission for name in beside if (relation := _one(entity, name))}
    return {entity.permission, *targets}


def _one(entity: Entity, name: str) -> One:
    found = entity.fields[name]
    assert isinstance(found, One)
    return found


def write_export_page(
    entity: Entity,
    columns: Sequence[str],
    filter: Mapping[str, Any],
    after: str | None,
    sight: Sight,
) -> tuple[Statement, list[Any]]:
    """The next rows of a list, the oldest first where it can be, and where they end; at first also how many."""
    order, values = _order(entity), list[Any]()
    structure = read_filter(entity, filter, values) if filter else None
    if after:
        values.extend(read_cursor(entity, order, after, "after"))
    page = Page(_AT_ONCE, False, after is not None, order, structure)
    place = ("pageInfo", PageInfo((("endCursor", "endCursor"), ("hasNextPage", "hasNextPage"))))
    counted = () if after else (("totalCount", "totalCount"),)
    shape = Connection(entity, None, 0, (("nodes", _fields(entity, columns)), place, *counted))
    return write_statement(Listing(entity), shape, (page,), in_session=False, sight=sight), values


def _order(entity: Entity) -> Order:
    """By their birth, which never changes, so that nothing moves while it is read."""
    born = any(column.name == "created_at" for column in entity.orders)
    order: Order = (("created_at", "ASC"),) if born else entity.default_order
    return (*order, ("id", order[-1][1]))


def _fields(entity: Entity, columns: Sequence[str]) -> Fields:
    items: list[tuple[str, Column | str | Child | Connection]] = []
    beside: dict[str, list[str]] = {}
    for name in columns:
        relation, _, inner = name.rpartition(".")
        if relation:
            beside.setdefault(relation, []).append(inner)
            continue
        found = entity.fields[name]
        assert isinstance(found, Column)
        items.append((name, found))
    for name, inner_names in beside.items():
        one = _one(entity, name)
        items.append((name, Child(one, _fields(ENTITIES[one.target], inner_names))))
    return Fields(entity, tuple(items))
