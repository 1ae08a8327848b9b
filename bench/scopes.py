"""`reads --as agent` and `--as limited`: the inbox page for who sees some leads, beside the owner's in the same run."""

import asyncio
import secrets
from dataclasses import dataclass
from statistics import median

import asyncpg
from rich.console import Console
from rich.table import Table

from bench.contenders import Name, Server, start
from bench.cpu import places, postmaster_of
from bench.fixtures import ISSUER, Data, database, fill
from bench.load import press, write_request
from bench.questions import PAGE, Job
from bench.reads import Effort, play
from bench.report import FACETS, Measured
from web.tokens import TokenRules

MOST_RATIO = 1.5
_TOKEN_SECONDS = 24 * 3600
_WARM_SECONDS = 1.0
# One lead of twenty is Ada's, one of five is nobody's, forty are Ben's; Cleo has none.
_SHARE = """
with members as (select name, id from memberships where organization_id = $1),
     shared as (
       select l.id, case when i <= 40 then (select id from members where name = 'Ben Baker')
                         when i % 20 = 0 then (select id from members where name = 'Ada Agent')
                         when i % 5 > 0 then (select id from members where name = 'Olivia Owner') end as keeper
       from (select id, row_number() over (order by md5(id::text)) as i from leads where organization_id = $1) l)
update leads l set owner_id = null, assignee_id = s.keeper from shared s where l.organization_id = $1 and l.id = s.id"""
_COPY = """
update {} t set owner_id = l.owner_id, assignee_id = l.assignee_id
from leads l where l.organization_id = $1 and t.organization_id = $1 and l.id = t.lead_id"""
_SCOPES = """
update memberships set lead_scope = case name when 'Olivia Owner' then 'ALL' when 'Cleo Clark' then 'ASSIGNED'
                                    else 'ASSIGNED_AND_UNASSIGNED' end where organization_id = $1"""
_SUBJECTS = "select m.name, u.subject from memberships m join users u on u.id = m.user_id where m.organization_id = $1"
_AGENTS = {
    "owner: everything": "Olivia Owner",
    "agent: a twentieth, and the pool": "Ada Agent",
    "agent: forty leads, and the pool": "Ben Baker",
    "agent: no lead at all": "Cleo Clark",
}
# A tenth of all leads is in each of ten datasets, forty in one more. Ada and Ben are limited to one, and see all in it.
_DATASETS = """
with made as (
  insert into datasets (organization_id, id, name)
  select $1, gen_random_uuid(), 'Dataset ' || n from generate_series(0, 10) n
  returning id, name
)
insert into dataset_leads (organization_id, dataset_id, lead_id, lead_created_at, is_active, is_hot, is_converted)
select $1, made.id, l.id, l.created_at, true, false, false
from (select id, created_at, row_number() over (order by md5(id::text)) as i from leads where organization_id = $1) l
join made on made.name = 'Dataset ' || l.i % 10 or made.name = 'Dataset 10' and l.i <= 40"""
_PLACES = """
update leads l set dataset_ids = p.ids
from (select lead_id, array_agg(dataset_id) as ids from dataset_leads where organization_id = $1 group by 1) p
where l.organization_id = $1 and l.id = p.lead_id"""
_CARRY = """
update {} t set dataset_ids = l.dataset_ids
from leads l where l.organization_id = $1 and t.organization_id = $1 and l.id = t.lead_id"""
_COUNTED = """
update datasets d set total_leads = p.total
from (select dataset_id, count(*) as total from dataset_leads where organization_id = $1 group by 1) p
where d.organization_id = $1 and d.id = p.dataset_id"""
_LIMITS = """
with limited as (
  update memberships set is_limited = true where organization_id = $1 and name <> 'Olivia Owner' returning id, name
)
insert into membership_datasets (organization_id, member_id, dataset_id)
select $1, l.id, d.id from limited l join datasets d on d.organization_id = $1
  and d.name = case l.name when 'Ada Agent' then 'Dataset 3' when 'Ben Baker' then 'Dataset 10' end"""
_ALL = "update memberships set lead_scope = 'ALL' where organization_id = $1"
_LIMITED = {
    "owner: everything": "Olivia Owner",
    "limited: a tenth of all": "Ada Agent",
    "limited: forty leads": "Ben Baker",
    "limited: no lead at all": "Cleo Clark",
}
_TABLES = ("conversations", "messages")


@dataclass(frozen=True, slots=True)
class Share:
    """Who is measured, and what makes them see what they see."""

    views: dict[str, str]
    statements: tuple[str, ...]


AGENTS = Share(_AGENTS, (_SHARE, *map(_COPY.format, _TABLES), _SCOPES))
LIMITED = Share(_LIMITED, (_DATASETS, _PLACES, *map(_CARRY.format, _TABLES), _COUNTED, _LIMITS, _ALL))


def run(effort: Effort, conversations: int, console: Console, share: Share) -> None:
    for_servers, _ = places()
    with database() as url:
        data = asyncio.run(fill(url, conversations))
        subjects, postmaster = asyncio.run(_share(data, share.statements))
        job = Job(url, secrets.token_urlsafe(48), str(data.organization), str(data.owner), {})
        rules = TokenRules(job.secret, ISSUER, ISSUER)
        tokens = {view: rules.mint(subjects[name], _TOKEN_SECONDS) for view, name in share.views.items()}
        requests = {view: [write_request(PAGE, {}, token)] for view, token in tokens.items()}
        with start(Name.REKINDLE, job, for_servers) as server:
            _show(_measure(effort, server, requests, postmaster, console), console)


async def _share(data: Data, statements: tuple[str, ...]) -> tuple[dict[str, str], int]:
    """Gives leads or datasets to members; answers who they are to the server, and the database's first process."""
    connection = await asyncpg.connect(data.url)
    try:
        await connection.execute("set session_replication_role = replica")
        for statement in statements:
            await connection.execute(statement, data.organization)
        await connection.execute("vacuum analyze")
        rows = await connection.fetch(_SUBJECTS, data.organization)
        postmaster = postmaster_of(await connection.fetchval("select pg_backend_pid()"))
        return {row["name"]: row["subject"] for row in rows}, postmaster
    finally:
        await connection.close()


def _measure(
    effort: Effort, server: Server, requests: dict[str, list[bytes]], postmaster: int, console: Console
) -> dict[str, list[Measured]]:
    results: dict[str, list[Measured]] = {view: [] for view in requests}
    for asked in requests.values():
        press(server.port, asked, effort.connections, _WARM_SECONDS, effort.most)
    for number in range(effort.rounds):
        with console.status(f"Round {number + 1} of {effort.rounds} …"):
            for view, asked in requests.items():
                results[view].append(play(effort, server, asked, postmaster))
    return results


def _show(results: dict[str, list[Measured]], console: Console) -> None:
    first = next(iter(results))
    table = Table(title="inbox page by who asks: medians", title_justify="left")
    for heading in ("who", *FACETS, "cost × owner"):
        table.add_column(heading, justify="right", no_wrap=True)
    for view, rounds in results.items():
        ratio = _cost(rounds) / _cost(results[first])
        measures = [f"{median(facet(one) for one in rounds):,.0f}" for facet in FACETS.values()]
        table.add_row(view, *measures, f"{ratio:.2f} {'met' if ratio <= MOST_RATIO else 'missed'}")
    console.print(table)
    console.print(f"Cost is processor time of server and database. Goal: at most {MOST_RATIO} of the owner's.")


def _cost(rounds: list[Measured]) -> float:
    return median(one.server + one.database for one in rounds)
