-- name: find_candidates
-- Who would be enrolled in a campaign ($2) by its dataset ($3) or its tag ($4) among those whom the caller sees: the newest first,
-- behind one of them ($5, $6), and nobody who was in it. Whoever repeats another is the other, who stands in their place unless
-- they are listed themselves. Both lists are walked in order as far as is wanted, and each row looked up by itself: `limit 1`
-- keeps the planner from reading all leads at once.
(
  select p.at, p.id, who.lead_id
  from (select d.lead_created_at as at, d.lead_id as id from dataset_leads d
        where d.organization_id = $1 and d.dataset_id = $3 and (d.lead_created_at, d.lead_id) < ($5::timestamptz, $6::uuid)) p
  cross join lateral (
    select case when l.duplicate_of_id is null then l.id else l.duplicate_of_id end as id from leads l
    where l.organization_id = $1 and l.id = p.id and l.merged_into_id is null limit 1) one
  cross join lateral (
    select k.id as lead_id from leads k
    where k.organization_id = $1 and k.id = one.id
      and case when k.id = p.id then true else not k.tags && array[$4::text] and (
        select o.lead_id from dataset_leads o
        where o.organization_id = $1 and o.dataset_id = $3 and o.lead_id = k.id) is null end
      and (select e.id from enrollments e
           where e.organization_id = $1 and e.lead_id = k.id and e.campaign_id = $2 limit 1) is null
    limit 1) who
  order by p.at desc, p.id desc limit $7
)
union
(
  select p.at, p.id, who.lead_id
  from (select t.lead_created_at as at, t.lead_id as id from lead_tags t
        where t.organization_id = $1 and t.tag = $4 and (t.lead_created_at, t.lead_id) < ($5::timestamptz, $6::uuid)) p
  cross join lateral (
    select case when l.duplicate_of_id is null then l.id else l.duplicate_of_id end as id from leads l
    where l.organization_id = $1 and l.id = p.id and l.merged_into_id is null limit 1) one
  cross join lateral (
    select k.id as lead_id from leads k
    where k.organization_id = $1 and k.id = one.id
      and case when k.id = p.id then true else not k.tags && array[$4::text] and (
        select o.lead_id from dataset_leads o
        where o.organization_id = $1 and o.dataset_id = $3 and o.lead_id = k.id) is null end
      and (select e.id from enrollments e
           where e.organization_id = $1 and e.lead_id = k.id and e.campaign_id = $2 limit 1) is null
    limit 1) who
  order by p.at desc, p.id desc limit $7
)
order by at desc, id desc limit $7
