-- name: add_dataset
insert into datasets (organization_id, id, name, description, source, column_mapping, duplicate_policy, lawful_basis,
                      auto_archive_after_days)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)

-- name: find_dataset
select archived_at from datasets where organization_id = $1 and id = $2

-- name: lock_dataset
select name, description, source, column_mapping, duplicate_policy, lawful_basis, auto_archive_after_days, started_at,
       archived_at, version
from datasets where organization_id = $1 and id = $2 for no key update

-- name: change_dataset
-- Other days move the end of one that was started by as much; one that was never to end, ends so many days from now.
update datasets
set name = $3, description = $4, source = $5, column_mapping = $6, duplicate_policy = $7, lawful_basis = $8,
    auto_archive_after_days = $9,
    archives_at = case
      when $9::int is null or started_at is null then null
      else case when archives_at is null then transaction_timestamp() + $9::int * interval '1 day'
           else archives_at + ($9::int - auto_archive_after_days) * interval '1 day' end
    end
where organization_id = $1 and id = $2

-- name: start_dataset
update datasets
set started_at = transaction_timestamp(),
    archives_at = transaction_timestamp() + auto_archive_after_days * interval '1 day'
where organization_id = $1 and id = $2

-- name: archive_dataset
update datasets set archived_at = transaction_timestamp() where organization_id = $1 and id = $2

-- name: restore_dataset
-- Its time begins anew: otherwise the clock would put it away again at once.
update datasets
set archived_at = null,
    archives_at = case when archives_at is not null
                  then transaction_timestamp() + auto_archive_after_days * interval '1 day' end
where organization_id = $1 and id = $2

-- name: archive_due
update datasets set archived_at = transaction_timestamp()
where organization_id = $1 and archived_at is null and archives_at <= now()
returning id

-- name: find_open_datasets
select id from datasets where organization_id = $1 and id = any ($2::uuid[]) and archived_at is null

-- name: find_datasets
select id from datasets where organization_id = $1 and id = any ($2::uuid[])

-- name: add_leads
-- With what is counted of each. The leads are locked, so that none changes beside this.
insert into dataset_leads (organization_id, dataset_id, lead_id, lead_created_at, is_active, is_hot, is_converted)
select $1, dataset_id, l.id, l.created_at, l.archived_at is null, l.temperature = 'HOT' and l.archived_at is null,
       l.lifecycle = 'CONVERTED'
from leads l, unnest($2::uuid[]) as dataset_id where l.organization_id = $1 and l.id = any ($3::uuid[])
on conflict (organization_id, dataset_id, lead_id) do nothing
returning lead_id

-- name: remove_leads
delete from dataset_leads where organization_id = $1 and dataset_id = $2 and lead_id = any ($3::uuid[])
returning lead_id

-- name: put_leads
update leads set dataset_ids = array_append(dataset_ids, $2) where organization_id = $1 and id = any ($3::uuid[])

-- name: take_leads
update leads set dataset_ids = nullif(array_remove(dataset_ids, $2), '{}')
where organization_id = $1 and id = any ($3::uuid[])

-- name: carry_to_conversations
update conversations c set dataset_ids = l.dataset_ids
from leads l where l.organization_id = $1 and l.id = c.lead_id and c.organization_id = $1 and c.lead_id = any ($2::uuid[])

-- name: carry_to_messages
update messages m set dataset_ids = l.dataset_ids
from leads l where l.organization_id = $1 and l.id = m.lead_id and m.organization_id = $1 and m.lead_id = any ($2::uuid[])

-- name: carry_to_insights
update insights i
set dataset_ids = l.dataset_ids,
    fingerprint = case when i.dataset_ids is distinct from l.dataset_ids then i.id::text else i.fingerprint end
from leads l where l.organization_id = $1 and l.id = i.lead_id and i.organization_id = $1 and i.lead_id = any ($2::uuid[])

-- name: carry_to_insight_evidence
update insight_evidence e set dataset_ids = l.dataset_ids
from leads l where l.organization_id = $1 and l.id = e.lead_id and e.organization_id = $1 and e.lead_id = any ($2::uuid[])

-- name: carry_to_customers
update customers c set dataset_ids = l.dataset_ids
from leads l where l.organization_id = $1 and l.id = c.lead_id and c.organization_id = $1 and c.lead_id = any ($2::uuid[])

-- name: carry_to_customer_invitations
update customer_invitations c set dataset_ids = l.dataset_ids
from leads l where l.organization_id = $1 and l.id = c.lead_id and c.organization_id = $1 and c.lead_id = any ($2::uuid[])

-- name: carry_to_lead_merges
update lead_merges m set dataset_ids = l.dataset_ids
from leads l where l.organization_id = $1 and l.id = m.lead_id and m.organization_id = $1 and m.lead_id = any ($2::uuid[])

-- name: carry_to_bookings
update bookings b set dataset_ids = l.dataset_ids
from leads l where l.organization_id = $1 and l.id = b.lead_id and b.organization_id = $1 and b.lead_id = any ($2::uuid[])

-- name: carry_to_lead_notes
update lead_notes n set dataset_ids = l.dataset_ids
from leads l where l.organization_id = $1 and l.id = n.lead_id and n.organization_id = $1 and n.lead_id = any ($2::uuid[])

-- name: carry_to_consents
update consents c set dataset_ids = l.dataset_ids
from leads l where l.organization_id = $1 and l.id = c.lead_id and c.organization_id = $1 and c.lead_id = any ($2::uuid[])

-- name: carry_to_enrollments
update enrollments e set dataset_ids = l.dataset_ids
from leads l where l.organization_id = $1 and l.id = e.lead_id and e.organization_id = $1 and e.lead_id = any ($2::uuid[])

-- name: carry_to_step_runs
update step_runs r set dataset_ids = e.dataset_ids
from enrollments e
where e.organization_id = $1 and e.id = r.enrollment_id and r.organization_id = $1 and e.lead_id = any ($2::uuid[])

-- name: carry_to_tasks
update tasks t set dataset_ids = l.dataset_ids
from leads l where l.organization_id = $1 and l.id = t.lead_id and t.organization_id = $1 and t.lead_id = any ($2::uuid[])

-- name: carry_to_exposures
update exposures e set dataset_ids = l.dataset_ids
from leads l where l.organization_id = $1 and l.id = e.lead_id and e.organization_id = $1 and e.lead_id = any ($2::uuid[])

-- name: carry_to_absorbed
-- Who was merged into a lead is in no dataset, and in the sight of whoever sees that lead.
update leads a set dataset_ids = l.dataset_ids
from leads l
where l.organization_id = $1 and l.id = a.merged_into_id and a.organization_id = $1 and a.merged_into_id = any ($2::uuid[])

-- name: place_lead
-- In these datasets and in no other.
update leads set dataset_ids = nullif($3::uuid[], '{}') where organization_id = $1 and id = $2

-- name: leave_others
delete from dataset_leads where organization_id = $1 and lead_id = $2 and dataset_id <> all ($3::uuid[])

-- name: put_new_leads
-- Those who are not in it.
update leads set dataset_ids = array_append(dataset_ids, $2)
where organization_id = $1 and id = any ($3::uuid[]) and (dataset_ids is null or not dataset_ids @> array[$2::uuid])
returning id

-- name: carry_to_drafts
update drafts d set dataset_ids = l.dataset_ids
from leads l where l.organization_id = $1 and l.id = d.lead_id and d.organization_id = $1 and d.lead_id = any ($2::uuid[])

-- name: carry_to_replay_rows
update replay_rows r set dataset_ids = l.dataset_ids
from leads l where l.organization_id = $1 and l.id = r.lead_id and r.organization_id = $1 and r.lead_id = any ($2::uuid[])
