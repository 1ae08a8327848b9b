"""The search box as a client has it."""

from typing import Any

from tests.play.callers import Caller

_LEADS = """query ($search: String, $filter: LeadFilter) {
  found: leads(search: $search, filter: $filter, first: 100) { totalCount nodes { id name } } }"""
_MESSAGES = """query ($search: String, $filter: MessageFilter, $order: [MessageOrder!]) {
  found: messages(search: $search, filter: $filter, order: $order, first: 100) { totalCount nodes { id body } } }"""


async def names(caller: Caller, search: str, **filter: Any) -> list[str]:
    """Of the leads that are found, in order; as many as are counted."""
    return [node["name"] for node in await _found(caller, _LEADS, search=search, filter=filter)]


async def lead_ids(caller: Caller, search: str, **filter: Any) -> list[str]:
    return [node["id"] for node in await _found(caller, _LEADS, search=search, filter=filter)]


async def bodies(caller: Caller, search: str, order: str = "DESC", **filter: Any) -> list[str]:
    """Of the messages that are found, in order; as many as are counted."""
    by = [{"createdAt": order}]
    return [node["body"] for node in await _found(caller, _MESSAGES, search=search, filter=filter, order=by)]


async def _found(caller: Caller, document: str, **given: Any) -> list[dict[str, Any]]:
    found = (await caller.ask(document, **given))["found"]
    assert found["totalCount"] == len(found["nodes"])
    nodes: list[dict[str, Any]] = found["nodes"]
    return nodes
