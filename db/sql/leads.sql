-- name: get_country
select country from organizations where id = $1

-- name: add_lead
-- Whose stage nobody names stands where new leads do.
insert into leads (organization_id, id, tags, lifecycle, owner_id, assignee_id, pipeline_stage_id, dataset_ids,
                   first_name, last_name, company, title, industry, location, postcode, country, time_zone, phone,
                   raw_phone, email, linkedin_url, source, utm_source, utm_medium, utm_campaign, utm_term,
                   utm_content, inquiry_date, install_date, temperature, sentiment, ai_score, source_details,
                   custom_fields, enrichment)
values ($1, $2, $3, $4, $5, $5, case when $6::uuid is null then default_stage() else $6::uuid end, $7,
        $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28,
        $29, $30, $31, $32::jsonb, $33::jsonb, $34::jsonb)

-- name: add_lead_by_phone
insert into leads (organization_id, id, phone, source) values ($1, $2, $3, 'INBOUND')
on conflict (organization_id, phone) where duplicate_of_id is null do nothing
returning id

-- name: change_lead
update leads
set first_name = $3, last_name = $4, company = $5, title = $6, industry = $7, location = $8, postcode = $9, country = $10,
    time_zone = $11, phone = $12, raw_phone = $13, email = $14, linkedin_url = $15, source = $16, utm_source = $17,
    utm_medium = $18, utm_campaign = $19, utm_term = $20, utm_content = $21, inquiry_date = $22, install_date = $23,
    temperature = $24, sentiment = $25, ai_score = $26, source_details = $27::jsonb, custom_fields = $28::jsonb,
    enrichment = $29::jsonb
where organization_id = $1 and id = $2

-- name: lock_lead
-- An id that was absorbed leads to the lead it became part of.
select l.* from leads l
where l.organization_id = $1 and l.id = (
  select case when a.merged_into_id is null then a.id else a.merged_into_id end from leads a
  where a.organization_id = $1 and a.id = $2)
for no key update of l

-- name: resolve_leads
select id, case when merged_into_id is null then id else merged_into_id end as leads_to from leads
where organization_id = $1 and id = any ($2::uuid[])

-- name: lock_leads
-- In the order of their ids, as everybody locks several, so that of two one waits.
select * from leads where organization_id = $1 and id = any ($2::uuid[]) order by id for no key update

-- name: archive_leads
update leads set archived_at = transaction_timestamp() where organization_id = $1 and id = any ($2::uuid[])

-- name: restore_leads
update leads set archived_at = null where organization_id = $1 and id = any ($2::uuid[])

-- name: take_over_leads
update leads set manual_mode_at = transaction_timestamp() where organization_id = $1 and id = any ($2::uuid[])

-- name: hand_back_leads
update leads set manual_mode_at = null where organization_id = $1 and id = any ($2::uuid[])

-- name: turn_lead
update leads set lifecycle = $3 where organization_id = $1 and id = $2

-- name: has_replied
select exists (select from messages where organization_id = $1 and lead_id = $2 and direction = 'INBOUND')

-- name: note_contacts
-- The leads of texts that the carrier took, locked before those; whether that moved them on. What must be answered is no
-- contact. A carrier's clock shows seconds: of two texts in one the second changes nothing.
with contacts as materialized (
  select m.lead_id, max(coalesce(taken.at, transaction_timestamp())) as at
  from unnest($2::uuid[], $3::timestamptz[]) as taken (id, at)
  join messages m on m.organization_id = $1 and m.id = taken.id and m.purpose = 'CONVERSATION'
  group by m.lead_id
), held as materialized (
  select l.id, l.lifecycle, contacts.at from leads l join contacts on contacts.lead_id = l.id
  where l.organization_id = $1 order by l.id
  for no key update of l
)
update leads l
set last_contacted_at = greatest(l.last_contacted_at, held.at),
    lifecycle = case l.lifecycle when 'NEW' then 'CONTACTED' else l.lifecycle end
from held
where l.organization_id = $1 and l.id = held.id and l.last_contacted_at is distinct from greatest(l.last_contacted_at, held.at)
returning l.id, held.lifecycle = 'NEW' as is_moved

-- name: tag_leads
-- What they lack, behind what they have; those who lack nothing stay as they are.
update leads l set tags = l.tags || array(select tag from unnest($3::text[]) tag where tag <> all (l.tags))
where l.organization_id = $1 and l.id = any ($2::uuid[]) and not l.tags @> $3
returning l.id

-- name: untag_leads
update leads l
set tags = array(select tag from unnest(l.tags) with ordinality as had (tag, place) where tag <> all ($3::text[])
                 order by place)
where l.organization_id = $1 and l.id = any ($2::uuid[]) and l.tags && $3
returning l.id

-- name: add_lead_note
-- A note is part of its lead, so the lead counts it as a change.
with lead as (
  update leads set updated_at = transaction_timestamp() where organization_id = $1 and id = $3
  returning id, owner_id, assignee_id, dataset_ids
)
insert into lead_notes (organization_id, id, lead_id, owner_id, assignee_id, dataset_ids, author_id, body)
select $1, $2, lead.id, lead.owner_id, lead.assignee_id, lead.dataset_ids, $4, $5 from lead
returning id

-- name: get_lead_by_phone
-- The canonical one; a number that was absorbed leads to who was kept.
select case when merged_into_id is null then id else merged_into_id end from leads
where organization_id = $1 and phone = $2 and duplicate_of_id is null

-- name: lock_keepers
-- First the lead, then all that belongs to it: every writer locks in this order.
select owner_id, assignee_id, dataset_ids from leads where organization_id = $1 and id = $2 for no key update

-- name: keep_in_sight
-- What is handed over leaves the sight of whoever hands it over only when the unit of work is done.
select set_config('rekindle.handed_over', $2::uuid::text, true) where $1::uuid is not null

-- name: hand_over_lead
update leads set owner_id = $3, assignee_id = $4 where organization_id = $1 and id = $2

-- name: hand_over_conversations
update conversations set owner_id = $3, assignee_id = $4 where organization_id = $1 and lead_id = $2
returning id

-- name: hand_over_messages
update messages set owner_id = $3, assignee_id = $4 where organization_id = $1 and lead_id = $2

-- name: hand_over_insights
-- What goes out of the sight it was found in takes no more evidence: found there again, it is raised again.
update insights set owner_id = $3, assignee_id = $4, fingerprint = id::text where organization_id = $1 and lead_id = $2

-- name: hand_over_insight_evidence
update insight_evidence set owner_id = $3, assignee_id = $4 where organization_id = $1 and lead_id = $2

-- name: hand_over_lead_merges
update lead_merges set owner_id = $3, assignee_id = $4 where organization_id = $1 and lead_id = $2

-- name: hand_over_absorbed
update leads set owner_id = $3, assignee_id = $4 where organization_id = $1 and merged_into_id = $2

-- name: hand_over_customers
update customers set owner_id = $3, assignee_id = $4 where organization_id = $1 and lead_id = $2

-- name: hand_over_customer_invitations
update customer_invitations set owner_id = $3, assignee_id = $4 where organization_id = $1 and lead_id = $2

-- name: hand_over_bookings
update bookings set owner_id = $3, assignee_id = $4 where organization_id = $1 and lead_id = $2

-- name: hand_over_consents
update consents set owner_id = $3, assignee_id = $4 where organization_id = $1 and lead_id = $2

-- name: hand_over_enrollments
update enrollments set owner_id = $3, assignee_id = $4 where organization_id = $1 and lead_id = $2

-- name: hand_over_step_runs
update step_runs r set owner_id = $3, assignee_id = $4
from enrollments e
where r.organization_id = $1 and e.organization_id = $1 and e.id = r.enrollment_id and e.lead_id = $2

-- name: hand_over_tasks
update tasks set owner_id = $3, assignee_id = $4 where organization_id = $1 and lead_id = $2

-- name: hand_over_exposures
update exposures set owner_id = $3, assignee_id = $4 where organization_id = $1 and lead_id = $2

-- name: hand_over_notes
update lead_notes set owner_id = $3, assignee_id = $4 where organization_id = $1 and lead_id = $2

-- name: lock_leads_of
-- In the order of their ids, as everybody locks several, so that of two one waits.
select id as lead_id, owner_id, assignee_id, dataset_ids from leads
where organization_id = $1 and (owner_id = $2 or assignee_id = $2)
order by id
for no key update

-- name: abandon_leads
update leads set owner_id = nullif(owner_id, $2), assignee_id = nullif(assignee_id, $2)
where organization_id = $1 and (owner_id = $2 or assignee_id = $2)

-- name: abandon_conversations
update conversations set owner_id = nullif(owner_id, $2), assignee_id = nullif(assignee_id, $2)
where organization_id = $1 and (owner_id = $2 or assignee_id = $2)

-- name: abandon_messages
update messages set owner_id = nullif(owner_id, $2), assignee_id = nullif(assignee_id, $2)
where organization_id = $1 and (owner_id = $2 or assignee_id = $2)

-- name: abandon_insights
update insights
set owner_id = nullif(owner_id, $2), assignee_id = nullif(assignee_id, $2), fingerprint = id::text
where organization_id = $1 and (owner_id = $2 or assignee_id = $2)

-- name: abandon_insight_evidence
update insight_evidence set owner_id = nullif(owner_id, $2), assignee_id = nullif(assignee_id, $2)
where organization_id = $1 and (owner_id = $2 or assignee_id = $2)

-- name: abandon_lead_merges
update lead_merges set owner_id = nullif(owner_id, $2), assignee_id = nullif(assignee_id, $2)
where organization_id = $1 and (owner_id = $2 or assignee_id = $2)

-- name: abandon_customers
update customers set owner_id = nullif(owner_id, $2), assignee_id = nullif(assignee_id, $2)
where organization_id = $1 and (owner_id = $2 or assignee_id = $2)

-- name: abandon_customer_invitations
update customer_invitations set owner_id = nullif(owner_id, $2), assignee_id = nullif(assignee_id, $2)
where organization_id = $1 and (owner_id = $2 or assignee_id = $2)

-- name: abandon_bookings
update bookings set owner_id = nullif(owner_id, $2), assignee_id = nullif(assignee_id, $2)
where organization_id = $1 and (owner_id = $2 or assignee_id = $2)

-- name: abandon_enrollments
update enrollments set owner_id = nullif(owner_id, $2), assignee_id = nullif(assignee_id, $2)
where organization_id = $1 and (owner_id = $2 or assignee_id = $2)

-- name: abandon_step_runs
update step_runs set owner_id = nullif(owner_id, $2), assignee_id = nullif(assignee_id, $2)
where organization_id = $1 and (owner_id = $2 or assignee_id = $2)

-- name: abandon_tasks
update tasks set owner_id = nullif(owner_id, $2), assignee_id = nullif(assignee_id, $2)
where organization_id = $1 and (owner_id = $2 or assignee_id = $2)

-- name: abandon_exposures
update exposures set owner_id = nullif(owner_id, $2), assignee_id = nullif(assignee_id, $2)
where organization_id = $1 and (owner_id = $2 or assignee_id = $2)

-- name: abandon_consents
-- Found by their leads, which are abandoned after them.
update consents c set owner_id = nullif(c.owner_id, $2), assignee_id = nullif(c.assignee_id, $2)
from leads l
where c.organization_id = $1 and l.organization_id = $1 and l.id = c.lead_id
  and (l.owner_id = $2 or l.assignee_id = $2)

-- name: abandon_notes
-- Found by their leads, which are abandoned after them.
update lead_notes n set owner_id = nullif(n.owner_id, $2), assignee_id = nullif(n.assignee_id, $2)
from leads l
where n.organization_id = $1 and l.organization_id = $1 and l.id = n.lead_id
  and (l.owner_id = $2 or l.assignee_id = $2)

-- name: lock_person
-- A lead, whom they repeat, who repeats them, and who was merged into any of these.
with known as (
  select case when merged_into_id is null then id else merged_into_id end as id from leads
  where organization_id = $1 and id = $2
), canonical as (
  select case when l.duplicate_of_id is null then l.id else l.duplicate_of_id end as id
  from known join leads l on l.organization_id = $1 and l.id = known.id
)
select l.id, l.phone, l.email from leads l, canonical
where l.organization_id = $1 and (l.id = canonical.id or l.duplicate_of_id = canonical.id or l.merged_into_id = canonical.id
  or l.merged_into_id in (select d.id from leads d where d.organization_id = $1 and d.duplicate_of_id = canonical.id))
order by l.id
for no key update of l

-- name: opt_out
-- Nothing where they have opted out already.
insert into suppressions (organization_id, id, channel, address_hash, reason) values ($1, $2, $3, $4, $5)
on conflict (organization_id, channel, address_hash)
do update set lifted_at = null, lifted_reason = null, reason = excluded.reason where suppressions.lifted_at is not null
returning id

-- name: opt_in
update suppressions set lifted_at = transaction_timestamp(), lifted_reason = $4
where organization_id = $1 and channel = $2 and address_hash = $3 and lifted_at is null
returning id

-- name: call_back_messages
-- Texts of a locked lead that wait to be sent.
update messages m set status = 'CANCELED', error_message = 'The lead has opted out.'
from conversations c
where m.organization_id = $1 and m.lead_id = $2 and m.status = 'QUEUED' and m.purpose = 'CONVERSATION'
  and c.organization_id = $1 and c.id = m.conversation_id and c.channel = any ($3::text[])
returning m.id, m.conversation_id

-- name: suppress
-- Who had opted out and come back is left alone again.
insert into suppressions (organization_id, id, channel, address_hash, reason) values ($1, $2, $3, $4, $5)
on conflict (organization_id, channel, address_hash)
do update set lifted_at = null, lifted_reason = null, reason = excluded.reason where suppressions.lifted_at is not null
returning id

-- name: erase_webhooks
-- What came raw is found by the carrier's id of the message it became, or reports on.
with gone as (
  delete from inbound_webhooks w using messages m
  where w.organization_id = $1 and m.organization_id = $1 and m.lead_id = any ($2::uuid[]) and m.external_id is not null
    and w.provider = 'twilio' and w.settled_at is not null
    and w.provider_id = any (array[m.external_id, m.external_id || ':queued', m.external_id || ':sending',
      m.external_id || ':sent', m.external_id || ':delivered', m.external_id || ':read', m.external_id || ':failed',
      m.external_id || ':undelivered', m.external_id || ':accepted', m.external_id || ':scheduled',
      m.external_id || ':canceled'])
  returning w.id
)
select count(*) from gone

-- name: erase_messages
-- What an e-mail is called says where it came from.
update messages
set subject = null, body = '', media_urls = '{}', sender = '', recipient = '', error_message = null,
    external_id = case when carriage = 'MAIL' and direction = 'INBOUND' then null else external_id end
where organization_id = $1 and lead_id = any ($2::uuid[]) and (body <> '' or sender <> '')
returning id

-- name: erase_summaries
update conversations set summary = null where organization_id = $1 and lead_id = any ($2::uuid[])

-- name: erase_insights
-- With the fingerprint: what is found again is raised again, and says more than that something was erased.
update insights
set title = 'Erased', description = '', suggestion = null, original_text = null, suggested_text = null, feedback = null,
    fingerprint = id::text
where organization_id = $1 and lead_id = any ($2::uuid[]) and title <> 'Erased'
returning id

-- name: erase_examples
-- What was said with them, where a lesson shows it.
update lessons l set example_conversation = null
from messages m
where l.organization_id = $1 and m.organization_id = $1 and m.id = l.source_message_id and m.lead_id = any ($2::uuid[])
  and l.example_conversation is not null
returning l.id

-- name: erase_merges
-- What a merge did cannot be undone without what is gone.
delete from lead_merges where organization_id = $1 and lead_id = any ($2::uuid[]) returning id

-- name: erase_notes
delete from lead_notes where organization_id = $1 and lead_id = any ($2::uuid[]) returning id

-- name: erase_consents
-- What was said about being written to stays as evidence; the words go.
update consents set words = null where organization_id = $1 and lead_id = any ($2::uuid[]) and words is not null returning id

-- name: erase_leads
-- When somebody was written to, in which stage they stood and where they came from stays, for the counts.
update leads
set first_name = null, last_name = null, company = null, title = null, industry = null, location = null,
    postcode = null, country = null, time_zone = null, phone = null, raw_phone = null, email = null,
    linkedin_url = null, source_details = '{}', utm_source = null, utm_medium = null, utm_campaign = null,
    utm_term = null, utm_content = null, custom_fields = '{}', enrichment = '{}', inquiry_date = null,
    install_date = null, ai_score = null, manual_mode_at = null, tags = '{}',
    archived_at = coalesce(archived_at, transaction_timestamp()),
    erased_at = coalesce(erased_at, transaction_timestamp())
where organization_id = $1 and id = any ($2::uuid[])

-- name: blot_records
-- Not a table of the tenant's own to change: the function blots what belongs to the organization of the request alone.
select blot_audit($2) where $1::uuid is not null

-- name: hand_over_drafts
update drafts set owner_id = $3, assignee_id = $4 where organization_id = $1 and lead_id = $2

-- name: abandon_drafts
update drafts set owner_id = nullif(owner_id, $2), assignee_id = nullif(assignee_id, $2)
where organization_id = $1 and (owner_id = $2 or assignee_id = $2)

-- name: erase_drafts
update drafts
set body = null, original_body = null, problem = null
where organization_id = $1 and lead_id = any ($2::uuid[])
returning id

-- name: hand_over_replay_rows
update replay_rows set owner_id = $3, assignee_id = $4 where organization_id = $1 and lead_id = $2

-- name: abandon_replay_rows
update replay_rows set owner_id = nullif(owner_id, $2), assignee_id = nullif(assignee_id, $2)
where organization_id = $1 and (owner_id = $2 or assignee_id = $2)
