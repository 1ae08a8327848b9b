-- name: add_territory
insert into territories (organization_id, id, name) values ($1, $2, $3)

-- name: lock_territory
select name, archived_at, version from territories where organization_id = $1 and id = $2 for no key update

-- name: change_territory
-- Also where only its areas or its members change, because that is a change of it.
update territories set name = $3 where organization_id = $1 and id = $2

-- name: archive_territory
update territories set archived_at = transaction_timestamp() where organization_id = $1 and id = $2

-- name: find_holders
-- Which other territories have these areas.
select a.code, t.name
from unnest($4::text[]) as wanted (code)
join territory_areas a on a.organization_id = $1 and a.kind = $3 and a.code = wanted.code
join territories t on t.organization_id = $1 and t.id = a.territory_id
where a.territory_id <> $2 order by a.code

-- name: leave_areas
-- All of a kind but these.
delete from territory_areas where organization_id = $1 and territory_id = $2 and kind = $3 and code <> all ($4::text[])

-- name: add_areas
-- Those that it has not yet.
insert into territory_areas (organization_id, territory_id, kind, code)
select $1, $2, $3, wanted.code from unnest($4::text[]) as wanted (code)
where not exists (
  select from territory_areas a
  where a.organization_id = $1 and a.kind = $3 and a.code = wanted.code and a.territory_id = $2)
returning code

-- name: find_members
select id from memberships where organization_id = $1 and id = any ($2::uuid[]) and status <> 'REMOVED'

-- name: release_members
-- All but these.
delete from territory_members where organization_id = $1 and territory_id = $2 and member_id <> all ($3::uuid[])

-- name: add_members
insert into territory_members (organization_id, territory_id, member_id)
select $1, $2, wanted.id from unnest($3::uuid[]) as wanted (id)
on conflict (organization_id, territory_id, member_id) do nothing

-- name: leave_territories
delete from territory_members where organization_id = $1 and member_id = $2

-- name: get_place
select l.postcode, l.country, l.phone, o.country as home
from leads l join organizations o on o.id = $1 where l.organization_id = $1 and l.id = $2

-- name: find_territory
-- Of areas in this order the first that a territory has.
select a.territory_id
from unnest($2::text[], $3::text[]) with ordinality as wanted (kind, code, place)
join territory_areas a on a.organization_id = $1 and a.kind = wanted.kind and a.code = wanted.code
order by wanted.place limit 1
