-- name: listen
-- Conversations in which a campaign has written; those that are listened to already are looked at no later.
insert into silences (organization_id, id, next_attempt_at)
select $1, given.id, $3 from unnest($2::uuid[]) as given (id)
on conflict (organization_id, id) do update set next_attempt_at = excluded.next_attempt_at
  where silences.next_attempt_at > excluded.next_attempt_at

-- name: begin_recall
-- From the first conversation on.
insert into silence_recalls (organization_id, after) values ($1, '00000000-0000-0000-0000-000000000000')
on conflict (organization_id) do update set after = excluded.after

-- name: claim_recall
select after from silence_recalls
where organization_id = $1 and after is not null
for no key update skip locked

-- name: lock_silences_after
-- Whoever looks at one by what was said before is waited for.
select id from silences where organization_id = $1 and id > $2 order by id limit $3 for no key update

-- name: recall
update silences set next_attempt_at = $3 where organization_id = $1 and id = any ($2::uuid[]) and next_attempt_at > $3

-- name: go_on_recalling
update silence_recalls set after = $2 where organization_id = $1

-- name: next_silences
-- Only looked at, because leads are locked before what belongs to them; with the campaign that wrote last.
select s.id, c.lead_id, written.campaign_id
from silences s
join conversations c on c.organization_id = $1 and c.id = s.id
left join lateral (
  select m.campaign_id from messages m
  where m.organization_id = $1 and m.lead_id = c.lead_id and m.conversation_id = c.id and m.campaign_id is not null
  order by m.created_at desc limit 1) written on true
where s.organization_id = $1 and s.next_attempt_at <= $2
order by s.next_attempt_at, s.id limit $3

-- name: lock_silences
-- Those whose leads are held, and that nobody else has looked at meanwhile.
select s.id from silences s
join conversations c on c.organization_id = $1 and c.id = s.id
where s.organization_id = $1 and s.id = any ($2::uuid[]) and c.lead_id = any ($3::uuid[]) and s.next_attempt_at <= $4
order by s.id
for update of s, c skip locked

-- name: get_silences
-- A campaign without a policy is as usual ($4). While more is planned for the lead, or it rests, nobody is nudged, nor
-- who is qualified, and what follows that.
select s.id, s.nudged_at, c.lead_id, c.channel, c.status, c.created_at,
       last.created_at as last_at, last.direction, last.subject,
       p.silence_nudge_days, p.silence_nudge_body,
       case when g.campaign_policy_id is null then $4 else p.silence_timeout_days end as silence_timeout_days,
       g.status <> 'ACTIVE' or l.lifecycle in ('QUALIFIED', 'CONVERTED', 'LOST') or exists (
         select from step_runs r where r.organization_id = $1 and r.lead_id = c.lead_id and r.status = 'SCHEDULED'
           and r.next_attempt_at is not null) as is_left_alone
from silences s
join conversations c on c.organization_id = $1 and c.id = s.id
join leads l on l.organization_id = $1 and l.id = c.lead_id
join campaigns g on g.organization_id = $1 and g.id = $3
left join campaign_policies p on p.organization_id = $1 and p.id = g.campaign_policy_id
left join lateral (
  select m.created_at, m.direction, m.subject from messages m
  where m.organization_id = $1 and m.conversation_id = c.id and m.status <> all ('{FAILED,CANCELED,EXPIRED}')
  order by m.created_at desc, m.id desc limit 1) last on true
where s.organization_id = $1 and s.id = any ($2::uuid[])
order by s.id

-- name: archive_silent
update conversations set status = 'ARCHIVED'
where organization_id = $1 and id = any ($2::uuid[]) and status <> 'ARCHIVED'
returning id

-- name: forget
-- What is archived is silent for good.
delete from silences where organization_id = $1 and id = any ($2::uuid[])

-- name: put_off
update silences s
set next_attempt_at = given.next_attempt_at,
    nudged_at = case when given.nudge_id is null then s.nudged_at else $3::timestamptz end,
    nudge_id = case when given.nudge_id is null then s.nudge_id else given.nudge_id end
from jsonb_to_recordset($2::jsonb) as given (id uuid, next_attempt_at timestamptz, nudge_id uuid)
where s.organization_id = $1 and s.id = given.id

-- name: nudge_again
-- A nudge that no carrier took is written anew, once the gate lets it.
update silences s set nudged_at = null, nudge_id = null, next_attempt_at = transaction_timestamp() + $3::interval
where s.organization_id = $1 and s.nudge_id = $2
  and s.id = (select m.conversation_id from messages m where m.organization_id = $1 and m.id = $2)
