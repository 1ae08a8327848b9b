"""The data of `search`: one organization with leads and messages over three years, in words as common as words are."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from random import Random
from uuid import UUID

import asyncpg

from bench.fixtures import ISSUER, MEMBER, ORGANIZATION, filling
from domain.ids import new_id

_CONSONANTS, _VOWELS = "bcdfghjklmnprstvwz", "aeiou"
SYLLABLES = [a + b for a in _CONSONANTS for b in _VOWELS]
WORDS, NAMES, COMPANIES = 50_000, 8_000, 3_000  # the vocabularies; the first of each are the commonest
_NAMES = (
    "James Mary John Linda Robert Susan Michael Karen David Nancy William Lisa Richard Betty Joseph Helen Thomas Sandra"
    " Charles Donna Daniel Carol Matthew Ruth Anthony Sharon Mark Laura Donald Sarah Steven Kimberly Paul Deborah"
)
FIRST_NAMES = _NAMES.split(" ")
MEMBERS, DATASETS = 20, 10
_NOTES_OF = 4  # one lead of so many has a note
_FEW = 40  # leads in the smallest dataset

# Word number n of a vocabulary, in which number 1 is said most: of n numbers the k-th is chosen as often as words are.
_WORD = """
create function pg_temp.word(n integer, syllables text[]) returns text language sql immutable as $$
  select syllables[1 + n % 90] || syllables[1 + n / 90 % 90]
    || case when n < 8100 then '' else syllables[1 + n / 8100] end
$$;
create function pg_temp.some(most integer) returns integer language sql volatile as $$
  select ceil(power(most, random()))::integer
$$"""
_DATASETS_MADE = """
insert into datasets (organization_id, id, name)
select $1, md5($1::uuid::text || n)::uuid, 'Dataset ' || n from generate_series(0, $2::int) n"""
_LEADS = """
insert into leads (organization_id, id, first_name, last_name, company, email, phone, lifecycle, owner_id, assignee_id,
                   dataset_ids, created_at, pipeline_stage_id)
select $1, pg_temp.id_at(at, 'lead' || i), first, last, case when i % 3 = 0 then initcap(company) || ' Solar Ltd' end,
       case when i % 2 = 0 then lower(first || '.' || last) || i || '@' || company || '.example' end,
       '+447' || lpad(i::text, 9, '0'), 'ENGAGED', keeper, keeper,
       array[md5($1::uuid::text || case when i <= $7::int then 10 else i % 10 end)::uuid], at, $1
from (
  select i, timestamptz '2023-01-01' + interval '1095 days' * i / $2::int as at,
         ($3::text[])[pg_temp.some(cardinality($3::text[]))] as first,
         initcap(pg_temp.word(pg_temp.some($5::int), $4::text[])) || 'son' as last,
         pg_temp.word(pg_temp.some($6::int), $4::text[]) as company,
         case when i / 7 % 5 > 0 then ($8::uuid[])[1 + i / 10 % cardinality($8::uuid[])] end as keeper
  from generate_series(1, $2::int) i) l"""
_PLACES = """
insert into dataset_leads (organization_id, dataset_id, lead_id, lead_created_at, is_active, is_hot, is_converted)
select $1, dataset_ids[1], id, created_at, true, false, false from leads where organization_id = $1"""
_COUNTED = """
update datasets d set total_leads = p.total
from (select dataset_id, count(*) as total from dataset_leads where organization_id = $1 group by 1) p
where d.organization_id = $1 and d.id = p.dataset_id"""
_CONVERSATIONS = """
insert into conversations (organization_id, id, lead_id, channel, owner_id, assignee_id, dataset_ids, last_message_at,
                           created_at)
select $1, id, id, 'SMS', owner_id, assignee_id, dataset_ids, created_at, created_at
from leads where organization_id = $1"""
_SAID = "concat_ws(' ', " + ", ".join(["pg_temp.word(pg_temp.some($2::int), $3::text[])"] * 9) + ")"
_MESSAGES = f"""
insert into messages (organization_id, id, conversation_id, lead_id, owner_id, assignee_id, dataset_ids, direction,
                      status, body, sender, recipient, segments, sent_at, delivered_at, reviewed_at, created_at)
select $1, pg_temp.id_at(at, 'message' || l.id || j), l.id, l.id, l.owner_id, l.assignee_id, l.dataset_ids,
       case when j % 2 = 0 then 'OUTBOUND' else 'INBOUND' end, case when j % 2 = 0 then 'DELIVERED' else 'RECEIVED' end,
       {_SAID}, '', '', 1, at, at, at, at
from (select *, row_number() over (order by id) as i from leads where organization_id = $1) l,
     generate_series(1, $4::int + (l.i % 2)::int) j,
     lateral (select l.created_at + power(j, 2) * interval '19 hours' as at) t"""
_NOTES = f"""
insert into lead_notes (organization_id, id, lead_id, owner_id, assignee_id, dataset_ids, body, created_at)
select $1, id, id, owner_id, assignee_id, dataset_ids, {_SAID} || ' noted', created_at
from (select *, row_number() over (order by id) as i from leads where organization_id = $1) l
where i % {_NOTES_OF} = 0"""
# Filled at once, and indexed after that: row by row it would take several times as long.
_WORDS_KEPT = """
insert into lead_words (organization_id, lead_id, is_text, id, owner_id, assignee_id, dataset_ids, at, words)
select organization_id, id, false, id, owner_id, assignee_id, dataset_ids, created_at,
       words_of_lead(first_name, last_name, company, email, phone)
from leads where organization_id = $1
union all
select organization_id, lead_id, true, id, owner_id, assignee_id, dataset_ids, created_at, words_of_text(body)
from messages where organization_id = $1
union all
select organization_id, lead_id, true, id, owner_id, assignee_id, dataset_ids, created_at, words_of_text(body)
from lead_notes where organization_id = $1"""
_LIMITED = """
insert into membership_datasets (organization_id, member_id, dataset_id)
values ($1, $2, md5($1::uuid::text || $3::int)::uuid)"""
_SIGHT = "update memberships set lead_scope = $3, is_limited = $4 where organization_id = $1 and id = $2"


@dataclass(frozen=True, slots=True)
class Library:
    """The organization, and by what they see the subjects of the tokens of those who ask."""

    organization: UUID
    askers: dict[str, str]


# Who asks: the number of the member, the scope, and the dataset they are limited to.
_ASKERS = {
    "owner": (0, "ALL", None),
    "agent: a 25th, and the pool": (1, "ASSIGNED_AND_UNASSIGNED", None),
    "agent: a 25th": (2, "ASSIGNED", None),
    "limited to a tenth": (3, "ALL", 3),
    f"limited to {_FEW} leads": (4, "ALL", DATASETS),
}


def word(number: int) -> str:
    """As the database makes it."""
    third = "" if number < 8100 else SYLLABLES[number // 8100]
    return SYLLABLES[number % 90] + SYLLABLES[number // 90 % 90] + third


def some(random: Random, most: int) -> int:
    return max(1, round(float(most ** random.random())))


def _steps(
    leads: int, each: int, organization: UUID, members: list[UUID]
) -> Iterator[tuple[str, str, tuple[object, ...]]]:
    yield "datasets", _DATASETS_MADE, (DATASETS,)
    yield "leads", _LEADS, (leads, FIRST_NAMES, SYLLABLES, NAMES, COMPANIES, _FEW, members)
    yield "datasets", _PLACES, ()
    yield "datasets", _COUNTED, ()
    yield "conversations", _CONVERSATIONS, ()
    yield "messages", _MESSAGES, (WORDS, SYLLABLES, each)
    yield "notes", _NOTES, (WORDS, SYLLABLES)
    yield "words", _WORDS_KEPT, ()


async def stock(url: str, leads: int, each: int, tell: Callable[[str], AbstractContextManager[object]]) -> Library:
    """So many leads with so many messages each, and every second with one more."""
    async with filling(url) as connection:
        await connection.execute(_WORD)
        await connection.execute("select setseed(0.5); set maintenance_work_mem = '512MB'; set work_mem = '64MB'")
        index = await connection.fetchval("select pg_get_indexdef('lead_words_by_key'::regclass)")
        await connection.execute("drop index lead_words_by_key")
        organization, members = await _found(connection)
        for name, sql, values in _steps(leads, each, organization, members):
            with tell(name):
                await connection.execute(sql, organization, *values)
        with tell("index of words"):
            await connection.execute(index)
    return Library(organization, {name: _subject(number) for name, (number, *_) in _ASKERS.items()})


def _subject(number: int) -> str:
    return f"searcher-{number}"


async def _found(connection: asyncpg.Connection) -> tuple[UUID, list[UUID]]:
    """The organization and its members, each with their sight."""
    organization, members = new_id(), [new_id() for _ in range(MEMBERS)]
    await connection.execute(ORGANIZATION, organization, "library")
    for number, id in enumerate(members):
        await connection.execute(MEMBER, organization, id, ISSUER, _subject(number), f"Member {number}", "AGENT")
    for number, scope, dataset in _ASKERS.values():
        await connection.execute(_SIGHT, organization, members[number], scope, dataset is not None)
        if dataset is not None:
            await connection.execute(_LIMITED, organization, members[number], dataset)
    return organization, members
