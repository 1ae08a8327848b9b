-- name: get_rule
-- What the campaign that wrote last to a lead says of leads who turn hot; one without a policy is as usual. Nothing where no
-- campaign has written.
select case when g.campaign_policy_id is null then true else p.notifies_of_hot_leads end as is_told,
       case when g.campaign_policy_id is null then 'MANUAL' else p.hot_lead_assignment end as assignment,
       l.owner_id is null and l.assignee_id is null as is_nobodys
from leads l
cross join lateral (
  select m.campaign_id from messages m
  where m.organization_id = $1 and m.lead_id = l.id and m.campaign_id is not null and m.status <> all ('{FAILED,CANCELED,EXPIRED}')
  order by m.created_at desc limit 1) written
join campaigns g on g.organization_id = $1 and g.id = written.campaign_id
left join campaign_policies p on p.organization_id = $1 and p.id = g.campaign_policy_id
where l.organization_id = $1 and l.id = $2

-- name: hold_turns
-- Of two leads who turn hot at once the second sees whom the first was given to.
select pg_advisory_xact_lock(hashtextextended('hot leads ' || $1::uuid::text, 0))

-- name: next_member
-- Whose turn it is: of those who may answer, and may see the lead, who was given one longest ago; where a territory is named, of
-- those who work it.
select m.id from memberships m
left join hot_lead_turns t on t.organization_id = $1 and t.id = m.id
where m.organization_id = $1 and m.status = 'ACTIVE' and m.role in ('OWNER', 'ADMIN', 'MANAGER', 'AGENT')
  and (not m.is_limited or exists (
    select from membership_datasets d join leads l on l.organization_id = $1 and l.id = $2
    where d.organization_id = $1 and d.member_id = m.id and d.dataset_id = any (l.dataset_ids)))
  and ($3::uuid is null or exists (
    select from territory_members w where w.organization_id = $1 and w.territory_id = $3 and w.member_id = m.id))
order by t.last_at nulls first, m.created_at, m.id limit 1

-- name: note_turn
insert into hot_lead_turns (organization_id, id, last_at) values ($1, $2, clock_timestamp())
on conflict (organization_id, id) do update set last_at = excluded.last_at
