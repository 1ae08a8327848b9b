-- name: add_tasks
-- For leads who are locked, each theirs whose the lead is. A step becomes one task, however often it is looked at.
insert into tasks (organization_id, id, kind, campaign_id, step_run_id, lead_id, owner_id, assignee_id, dataset_ids, title,
                   body, due_at)
select $1, given.id, 'CALL', $2, given.step_run_id, l.id, l.owner_id, l.assignee_id, l.dataset_ids, given.title, given.body, $4
from jsonb_to_recordset($3::jsonb) as given (id uuid, step_run_id uuid, lead_id uuid, title text, body text)
join leads l on l.organization_id = $1 and l.id = given.lead_id
on conflict (organization_id, step_run_id) do nothing
returning id, lead_id

-- name: cancel_after_reply
-- Of a lead, who is locked: those of steps that are only for the silent.
update tasks t set status = 'CANCELLED', cancelled_at = transaction_timestamp(), cancel_reason = $3
from step_runs r, campaign_steps s
where t.organization_id = $1 and t.lead_id = any ($2::uuid[]) and t.status = 'OPEN'
  and r.organization_id = $1 and r.id = t.step_run_id
  and s.organization_id = $1 and s.id = r.campaign_step_id and s.only_without_reply
returning t.id, t.lead_id

-- name: cancel_of_leads
update tasks set status = 'CANCELLED', cancelled_at = transaction_timestamp(), cancel_reason = $3
where organization_id = $1 and lead_id = any ($2::uuid[]) and status = 'OPEN'
returning id, lead_id

-- name: cancel_of_enrollments
update tasks t set status = 'CANCELLED', cancelled_at = transaction_timestamp(), cancel_reason = $3
from step_runs r
where t.organization_id = $1 and t.status = 'OPEN'
  and r.organization_id = $1 and r.id = t.step_run_id and r.enrollment_id = any ($2::uuid[])
returning t.id, t.lead_id

-- name: cancel_of_campaign
update tasks set status = 'CANCELLED', cancelled_at = transaction_timestamp(), cancel_reason = $3
where organization_id = $1 and campaign_id = any ($2::uuid[]) and status = 'OPEN'
returning id, lead_id

-- name: get_lead_of
select lead_id from tasks where organization_id = $1 and id = $2

-- name: lock_task
-- Its lead is locked already.
select id, lead_id, status, outcome, note from tasks where organization_id = $1 and id = $2 for no key update

-- name: complete_task
update tasks set status = 'DONE', outcome = $3, note = $4, done_by_id = $5, done_at = transaction_timestamp()
where organization_id = $1 and id = $2

-- name: reopen_task
update tasks set status = 'OPEN', outcome = null, done_by_id = null, done_at = null where organization_id = $1 and id = $2

-- name: note_contact
-- Of a lead who is locked; whether that moved them on.
update leads
set last_contacted_at = greatest(last_contacted_at, transaction_timestamp()),
    lifecycle = case lifecycle when 'NEW' then 'CONTACTED' else lifecycle end
where organization_id = $1 and id = $2

-- name: erase_tasks
-- That there was something to do stays, for the counts.
update tasks set title = '', body = '', note = null where organization_id = $1 and lead_id = any ($2::uuid[])
returning id
