"""Templates of messages: texts that are written once and used often, checked when they are written down."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from domain.campaigns.drafts import check_facts
from domain.campaigns.templates import Rendered, check_template, fields_of, render
from domain.conversations import Channel
from domain.refusals import bad_input

# Somebody made up, of whom everything is known: how long a text becomes is shown for them.
SAMPLE: Mapping[str, str] = {
    "first_name": "Alexandra",
    "last_name": "Montgomery",
    "name": "Alexandra Montgomery",
    "company": "Montgomery & Daughters",
    "title": "Head of Operations",
    "industry": "Home improvement",
    "location": "Southampton",
    "postcode": "SO14 2AQ",
    "assignee": "Christopher",
    "organization": "Northern Sunlight",
    "organization_phone": "+44 20 7946 0999",
    "website": "https://example.com",
    "booking_link": "https://cal.example.com/northern-sunlight/first-call",
}


class TemplateChannel(StrEnum):
    """What can be written by hand."""

    SMS = "SMS"
    WHATSAPP = "WHATSAPP"
    EMAIL = "EMAIL"


def check_message_template(facts: Mapping[str, Any]) -> dict[str, Any]:
    """A template as it is to be stored, whole; refuses what could not be sent."""
    body = check_template(facts["body"], "body", facts["channel"])
    whole = check_facts({name: value for name, value in facts.items() if name != "body"}) | {"body": body}
    if (whole["subject"] is None) != (whole["channel"] is not TemplateChannel.EMAIL):
        raise bad_input("A subject goes with EMAIL, and with no other channel.", "subject")
    if whole["subject"] is not None:
        check_template(whole["subject"], "subject")
    said = render_for(body, whole["channel"], SAMPLE)
    names = (*fields_of(whole["subject"] or ""), *fields_of(body))
    size = {"sample": said.body, "encoding": said.encoding, "segments": said.segments}
    return whole | size | {"fields": list(dict.fromkeys(names))}


def render_for(body: str, channel: str, facts: Mapping[str, str | None]) -> Rendered:
    """An e-mail counts as one, however long it is."""
    said = render(body, facts)
    return Rendered(said.body, said.encoding, 1, said.missing) if channel == Channel.EMAIL else said
