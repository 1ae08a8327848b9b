"""Whether something can be sent to a lead by hand on each channel, in the words of the gate, as the API reads it.

What `domain/campaigns/by_hand.py` says of one lead who is written to is said here of every lead that is read, in the
statement that reads them; a test compares the two.
"""

from db.entity import Column, Entity
from domain.campaigns.reasons import ASKED, SENTENCES, GateReason
from domain.campaigns.sendings import Purpose
from domain.conversations import TEXT_CHANNELS, WRITTEN_ON, Channel, PhoneProblem, can_be_reached
from domain.mail import DOMAIN, LOCAL, LONGEST_ADDRESS, LONGEST_DOMAIN, LONGEST_LOCAL

WAYS = len(WRITTEN_ON)


def suppressed(channel: str, address: str) -> str:
    """Whether nothing may be sent there. Addresses are known by their hash alone: see `domain/addresses.py`."""
    hash = f"sha256(convert_to({{t}}.organization_id || ':' || {channel} || ':' || {address}, 'UTF8'))"
    return (
        "exists (select from suppressions s where s.organization_id = $1 and s.lifted_at is null"
        f" and s.channel = {channel} and s.address_hash = {hash})"
    )


def _text(text: str) -> str:
    """A text in a template of SQL."""
    quoted = text.replace("'", "''").replace("{", "{{").replace("}", "}}")
    return f"'{quoted}'"


def _half(number: int, pattern: str, longest: int) -> str:
    half = f"split_part({{t}}.email, '@', {number})"
    return f"{half} ~ {_text(f'^(?:{pattern})$')} and length({half}) <= {longest}"


# Of a domain in other letters than the internet's only the shape is looked at: whether it has a name there, none but
# Python knows.
_FOREIGN = "split_part({t}.email, '@', 2)"
_IS_FOREIGN = f"octet_length({_FOREIGN}) > length({_FOREIGN}) and {_FOREIGN} ~ '^[^.]+([.][^.]+)+$'"
_HAS_MAIL = f"""({{t}}.email_problem is null and length({{t}}.email) <= {LONGEST_ADDRESS}
  and {_half(1, LOCAL, LONGEST_LOCAL)} and ({_half(2, DOMAIN, LONGEST_DOMAIN)} or {_IS_FOREIGN}))"""


def _is_textable(channel: Channel) -> str:
    fine = ", ".join(f"'{problem}'" for problem in PhoneProblem if can_be_reached(problem, channel))
    return f"({{t}}.phone_problem is null{f' or {{t}}.phone_problem in ({fine})' if fine else ''})"


def _way(place: int, channel: Channel) -> str:
    """Where somebody is written to on a channel, and whether anything arrives there."""
    if channel in TEXT_CHANNELS:
        return f"({place}, '{channel}', {{t}}.phone, {_is_textable(channel)})"
    return f"({place}, '{channel}', {{t}}.email, {_HAS_MAIL})"


# What the conversation on the channel is sent from, or the one that would be begun.
_HAS_SENDER = """case w.channel when 'EMAIL' then o.mail_address is not null
  else exists (select from phone_numbers p where p.organization_id = $1)
    or exists (select from conversations c where c.organization_id = $1 and c.lead_id = {t}.id and c.channel = w.channel
               and c.status <> 'ARCHIVED' and c.sender is not null) end"""

# In the order in which the gate asks.
_REASON = f"""case
  when {suppressed("w.channel", "w.address")} then '{GateReason.SUPPRESSED}'
  when {{t}}.archived_at is not null then '{GateReason.LEAD_ARCHIVED}'
  when w.address is null or not w.is_working then '{GateReason.INVALID_ADDRESS}'
  when o.status <> 'ACTIVE' or o.trial_ends_at <= now() then '{GateReason.ORGANIZATION_INACTIVE}'
  when not ({_HAS_SENDER}) then '{GateReason.NO_SENDER}' end"""
_WAYS = ", ".join(_way(place, channel) for place, channel in enumerate(WRITTEN_ON))
_SENTENCES = " ".join(f"when '{one}' then {_text(SENTENCES[one])}" for one in sorted(ASKED[Purpose.BY_HAND]))

MESSAGEABILITY = Entity(
    "Messageability",
    table="leads",
    kind="lead",
    scoped=True,
    columns=(
        Column("channel", sql="{t}_way.channel", enum=Channel),
        Column("can_send", "boolean", sql="({t}_way.reason is null)"),
        Column("reason", nullable=True, sql="{t}_way.reason", enum=GateReason),
        Column("message", nullable=True, sql=f"(case {{t}}_way.reason {_SENTENCES} end)"),
        # Nothing that keeps what people write passes by itself: there are no hours and no rates for it.
        Column("retry_at", "timestamptz", nullable=True, sql="null::timestamptz"),
    ),
    beside=f""" cross join lateral (
  select w.place, w.channel, {_REASON} as reason
  from (values {_WAYS}) w (place, channel, address, is_working) join organizations o on o.id = $1) {{t}}_way""",
)
