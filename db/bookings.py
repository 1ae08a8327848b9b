"""Booked calls, as the API reads them."""

from db.entity import Column, Entity, One, identity, kept
from domain.bookings import BookingProvider, BookingStatus

BOOKINGS = Entity(
    "Booking",
    table="bookings",
    kind="booking",
    scoped=True,
    columns=(
        identity("booking"),
        Column("provider", enum=BookingProvider),
        Column("external_id"),
        Column("status", enum=BookingStatus, filter=True),
        Column("starts_at", "timestamptz", filter=True, order=True),
        Column("ends_at", "timestamptz"),
        Column("time_zone", nullable=True),
        Column("title", nullable=True),
        Column("notes", nullable=True),
        Column("meeting_url", nullable=True),
        Column("page_url", nullable=True),
        Column("attendee_name", nullable=True),
        Column("attendee_email", nullable=True),
        Column("attendee_phone", nullable=True),
        Column("booked_at", "timestamptz", nullable=True),
        Column("cancelled_at", "timestamptz", nullable=True),
        Column("cancel_reason", nullable=True),
        Column("lead_id", "uuid", refers="lead", filter=True),
        *kept(),
    ),
    relations=(
        One("lead", "Lead", on="{that}.id = {this}.lead_id"),
        One("booked_by", "Member", on="{that}.id = {this}.booked_by_id", nullable=True),
        One(
            "rescheduled_from",
            "Booking",
            on="{that}.provider = {this}.provider and {that}.external_id = {this}.rescheduled_from",
            nullable=True,
        ),
        One(
            "rescheduled_to",
            "Booking",
            on="{that}.provider = {this}.provider and {that}.rescheduled_from = {this}.external_id",
            nullable=True,
            latest="created_at desc, id desc",
        ),
    ),
    default_order=(("starts_at", "DESC"),),
)
