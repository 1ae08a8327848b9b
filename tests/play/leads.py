"""Short words for what tests do to leads through the API."""

from typing import Any

from tests.play.callers import Caller

FACTS = """id version name firstName lastName company title industry location postcode country timeZone phone rawPhone
  email linkedinUrl contactStatus lifecycle temperature sentiment tags source sourceDetails utmSource utmMedium
  utmCampaign utmTerm utmContent inquiryDate installDate customFields enrichment score aiScore movedAt lastContactedAt
  replyReceivedAt messageCount manualModeAt isArchived archivedAt erasedAt owner { id } assignee { id }
  pipelineStage { id name } scoreReasons { label points } latestReply { body }"""
_REFUSED = "... on Refused { code field message }"
# Every verb with one lead, and its input.
_INPUTS = {"addLead": "AddLeadInput", "changeLead": "ChangeLeadInput", "moveLead": "MoveLeadInput"}
_MANY = {"tagLeads": "TagLeadsInput", "untagLeads": "TagLeadsInput", "assignLeads": "AssignLeadsInput"}


async def do(caller: Caller, verb: str, **given: Any) -> dict[str, Any]:
    """The lead as it became, or `{code, field, message}`; of several, those that whoever acted still sees."""
    made = f"... on ChangedLeads {{ leads {{ {FACTS} }} }}" if verb in _MANY else f"... on Lead {{ {FACTS} }}"
    input = _MANY.get(verb) or _INPUTS.get(verb, "LeadInput")
    document = f"mutation ($i: {input}!) {{ a: {verb}(input: $i) {{ {made} {_REFUSED} }} }}"
    answer: dict[str, Any] = (await caller.ask(document, i=given))["a"]
    return answer


async def look(caller: Caller, lead: str) -> dict[str, Any]:
    found: dict[str, Any] = (await caller.ask(f"query ($l: ID!) {{ lead(id: $l) {{ {FACTS} }} }}", l=lead))["lead"]
    return found


async def note(caller: Caller, lead: str, body: str) -> dict[str, Any]:
    document = f"""mutation ($l: ID!, $b: String!) {{ a: addLeadNote(input: {{leadId: $l, body: $b}}) {{
      ... on LeadNote {{ id body author {{ name }} lead {{ id version }} }} {_REFUSED} }} }}"""
    answer: dict[str, Any] = (await caller.ask(document, l=lead, b=body))["a"]
    return answer


async def board(caller: Caller, first: int = 20) -> list[dict[str, Any]]:
    document = f"""{{ pipelineStages {{ nodes {{ id name position color isDefault version
      leads(first: {first}) {{ totalCount nodes {{ id name }} }} }} }} }}"""
    stages: list[dict[str, Any]] = (await caller.ask(document))["pipelineStages"]["nodes"]
    return stages


async def stages(caller: Caller) -> dict[str, str]:
    """The id of each stage by its name, in their order."""
    return {stage["name"]: stage["id"] for stage in await board(caller, 1)}


async def arrange(caller: Caller, verb: str, **given: Any) -> dict[str, Any]:
    """A verb of the pipeline; the answer, or the refusal."""
    input = {"makeStageDefault": "StageInput"}.get(verb, f"{verb[0].upper()}{verb[1:]}Input")
    made = {
        "reorderStages": "... on Pipeline { stages { id name position } }",
        "deleteStage": "... on DeletedPipelineStage { id isGone }",
        "setScoreReasons": "... on Organization { scoreReasons { label points condition field value } }",
    }.get(verb, "... on PipelineStage { id version name position color isDefault successor { id } }")
    document = f"mutation ($i: {input}!) {{ a: {verb}(input: $i) {{ {made} {_REFUSED} }} }}"
    answer: dict[str, Any] = (await caller.ask(document, i=given))["a"]
    return answer
