"""The terms a campaign is sent on: what its policy, its organization and its leads say, as the rules want it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.campaigns.drafts import window_of
from domain.campaigns.rates import FrequencyCap, Rates
from domain.campaigns.schedules import Schedule
from domain.campaigns.sendings import Recipient, Sender
from domain.campaigns.windows import USUAL_WINDOW, Window, settle_window
from domain.campaigns.zones import whereabouts
from domain.conversations import Channel, can_be_reached
from domain.datasets import LawfulBasis
from domain.people import OrganizationStatus

_ADDRESSES = {Channel.EMAIL: "email", Channel.LINKEDIN: "linkedin_url"}


@dataclass(frozen=True, slots=True)
class Terms:
    """Of one campaign; without a policy those that are usual. Its rates are shared by all campaigns of `scope_id`."""

    scope_id: UUID
    sender: Sender
    window: Window
    keeps_holidays: bool
    rates: Rates
    frequency_cap: FrequencyCap | None
    time_zone: str
    blacklisted_words: tuple[str, ...]
    starts_at: datetime | None = None

    def begins(self, at: datetime) -> datetime:
        """For whom is enrolled at that time: later, where the campaign has not started by then."""
        return max(at, self.starts_at) if self.starts_at else at


def terms_of(row: Mapping[str, Any]) -> Terms:
    """Of a campaign's row with its policy and its organization, as `get_terms` reads it."""
    status = OrganizationStatus.PAUSED if row["has_trial_ended"] else OrganizationStatus(row["organization_status"])
    shared = {
        "time_zone": row["organization_time_zone"],
        "blacklisted_words": tuple(row["blacklisted_words"]),
        "starts_at": row["starts_at"],
    }
    if row["campaign_policy_id"] is None:
        sender = Sender(status=status, country=row["organization_country"])
        return Terms(row["id"], sender, USUAL_WINDOW, True, Rates(), None, **shared)
    sender = Sender(
        status=status,
        country=row["organization_country"],
        sending_enabled=row["sending_enabled"],
        allow_international=row["allow_international"],
    )
    rates = Rates(row["messages_per_minute"], row["messages_per_hour"], row["messages_per_day"])
    cap = FrequencyCap(row["messages_per_person"], row["person_days"]) if row["messages_per_person"] else None
    window = settle_window(window_of(row))
    return Terms(row["campaign_policy_id"], sender, window, row["keeps_holidays"], rates, cap, **shared)


def schedule_for(terms: Terms, person: Mapping[str, Any]) -> Schedule:
    """When somebody may be written to."""
    where = whereabouts(
        person["time_zone"],
        person["phone"],
        person["country"],
        organization_time_zone=terms.time_zone,
        organization_country=terms.sender.country,
    )
    return Schedule(where, terms.window, terms.keeps_holidays)


def address_on(person: Mapping[str, Any], channel: Channel) -> str | None:
    address: str | None = person[_ADDRESSES.get(channel, "phone")]
    return address


def recipient_on(person: Mapping[str, Any], channel: Channel) -> Recipient:
    """Somebody on one channel, as `get_people` reads them."""
    suppressed: Collection[str] = person["suppressed"]
    is_invalid = channel not in _ADDRESSES and not can_be_reached(person["phone_problem"], channel)
    is_bounced = channel is Channel.EMAIL and person["email_problem"] is not None
    return Recipient(
        address=address_on(person, channel),
        archived_at=person["archived_at"],
        manual_mode_at=person["manual_mode_at"],
        is_suppressed=channel in suppressed,
        is_address_invalid=is_invalid or is_bounced,
        lawful_basis=LawfulBasis(person["lawful_basis"]) if person["lawful_basis"] else None,
        last_replied_at=person["last_replied_at"],
    )
