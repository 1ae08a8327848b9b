"""The first wall: does a statement say `organization_id = $1` wherever it touches a tenant's table?

Two honest looks: at the text, because a planner derives conditions that nobody wrote, and at the plan, because a text
can be read wrongly.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import asyncpg

TENANT_COLUMNS = {
    "organizations": "id",
    **dict.fromkeys(
        (
            "memberships",
            "staff_invitations",
            "api_keys",
            "membership_datasets",
            "staff_invitation_datasets",
            "api_key_datasets",
            "credentials",
            "audit_logs",
            "suppressions",
            "leads",
            "lead_merges",
            "lead_tags",
            "lead_words",
            "lead_notes",
            "consents",
            "pipeline_stages",
            "territories",
            "territory_areas",
            "territory_members",
            "score_reasons",
            "scorings",
            "customers",
            "customer_invitations",
            "imports",
            "import_columns",
            "import_rows",
            "bulk_operations",
            "bulk_operation_rows",
            "exports",
            "campaign_policies",
            "campaigns",
            "message_templates",
            "silences",
            "silence_recalls",
            "hot_lead_turns",
            "campaign_steps",
            "campaign_turns",
            "campaign_tendings",
            "enrollments",
            "enrollment_requests",
            "step_runs",
            "tasks",
            "sent_segments",
            "words_due",
            "datasets",
            "dataset_leads",
            "bookings",
            "phone_numbers",
            "conversations",
            "messages",
            "inbound_webhooks",
            "insights",
            "lessons",
            "lesson_conflicts",
            "prompt_templates",
            "prompts",
            "prompt_versions",
            "prompt_sections",
            "prompt_deployments",
            "prompt_outcomes",
            "exposures",
            "drafts",
            "replays",
            "replay_rows",
            "model_uses",
            "insight_evidence",
            "event_counters",
            "events",
        ),
        "organization_id",
    ),
}
_NAMES = "|".join(TENANT_COLUMNS)
_NO_ALIAS = "set|where|on|order|group|join|left|cross|inner|limit|for|returning|values|using|select|union|default"
_REFERENCE = re.compile(
    rf"(?:\b(?:from|join|update)|,)\s+(?:only\s+)?({_NAMES})\b(?!\s*\()(?:\s+(?:as\s+)?(?!(?:{_NO_ALIAS})\b)(\w+))?"
)
_COUNT = "select cardinality(parameter_types) from pg_prepared_statements where name = 'probe'"
_INSERT = re.compile(r"\binsert into (\w+) \(\s*(\w+)[^)]*\)\s*(?:values\s*\(|select\s+)\s*([^\s,]+)")


def bare(sql: str) -> str:
    """Without comments and texts, in lower case, with single spaces."""
    return re.sub(r"\s+", " ", re.sub(r"--.*|E?'(?:[^']|'')*'", " ", sql)).lower()


def breaches_of_text(sql: str) -> list[str]:
    """References to tenants' tables that do not say whose rows they mean."""
    text, found = bare(sql), []
    references = [(table, alias) for table, alias in _REFERENCE.findall(text)]
    for table, alias in sorted(set(references)):
        condition = rf"{alias}\.{TENANT_COLUMNS[table]} = \$1(?!\d)"
        if not alias:
            condition = rf"(?:(?<![\w.])|\b{table}\.){TENANT_COLUMNS[table]} = \$1(?!\d)"
        if len(re.findall(condition, text)) < references.count((table, alias)):
            found.append(f"{table} {alias}".strip())
    for table, column, value in _INSERT.findall(text):
        if table in TENANT_COLUMNS and (column, value.rstrip(")")) != (TENANT_COLUMNS[table], "$1"):
            found.append(f"insert into {table}")
    if len(re.findall(r"\binsert into\b", text)) != len(_INSERT.findall(text)):
        found.append("an insert that cannot be read")
    return found


async def generic_plan(connection: asyncpg.Connection, sql: str) -> dict[str, Any]:
    """The plan that holds for any parameters; needs none."""
    await connection.execute("set plan_cache_mode = force_generic_plan")
    await connection.execute(f"prepare probe as {sql}")
    try:
        count = await connection.fetchval(_COUNT)
        given = f"({', '.join(['null'] * count)})" if count else ""
        plan = await connection.fetchval(f"explain (verbose, costs off, format json) execute probe{given}")
    finally:
        await connection.execute("deallocate probe")
    top: dict[str, Any] = json.loads(plan)[0]["Plan"]
    return top


def nodes(plan: dict[str, Any], once: str = "") -> Iterator[tuple[dict[str, Any], str]]:
    """Every node, with what was settled once above it."""
    once += plan.get("One-Time Filter", "")
    yield plan, once
    for part in plan.get("Plans", ()):
        yield from nodes(part, once)


def breaches_of_plan(plan: dict[str, Any]) -> list[str]:
    """Scans of tenants' tables that would look at the rows of others."""
    found = []
    for node, once in nodes(plan):
        table = node.get("Relation Name")
        if table not in TENANT_COLUMNS or node["Node Type"] == "ModifyTable":
            continue
        own = " ".join(str(node.get(kind, "")) for kind in ("Index Cond", "Recheck Cond", "Filter"))
        if f"{node['Alias']}.{TENANT_COLUMNS[table]}" not in _equal_to_the_first_parameter(own + once):
            found.append(f"{node['Node Type']} on {table} {node['Alias']}: {own}")
    return found


def _equal_to_the_first_parameter(conditions: str) -> set[str]:
    """Of three things that are equal, the planner writes down two equations."""
    equal, pairs = {"$1"}, [set(pair) for pair in re.findall(r"\(([\w.$]+) = ([\w.$]+)\)", conditions)]
    for _ in pairs:
        equal = equal.union(*(pair for pair in pairs if pair & equal))
    return equal
