-- Leads that came in great number and are yet to be found by words: one row for all that one statement added. Whoever brings in
-- a long file leaves the words to others, who write them while the next leads are being added.
create table words_due (
  organization_id uuid not null constraint words_due_organization references organizations (id) on delete cascade,
  id uuid not null default gen_random_uuid(),
  lead_ids uuid[] not null default '{}',
  due_at timestamptz not null default now(),
  primary key (organization_id, id)
);
create index words_due_by_due on words_due (organization_id, due_at);
select isolate('words_due');
select open_to_lookups('words_due', 'select, insert');

-- Who brings in many says so for its unit of work; everybody else's leads are found at once.
create function put_off_words() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  insert into words_due (organization_id, lead_ids) select organization_id, array_agg(id) from became group by 1;
  return null;
end $$;
drop trigger find_added on leads;
create trigger find_added after insert on leads referencing new table as became for each statement
  when (current_setting('rekindle.words_later', true) is distinct from 'on') execute function keep_words_of_leads();
create trigger find_added_later after insert on leads referencing new table as became for each statement
  when (current_setting('rekindle.words_later', true) = 'on') execute function put_off_words();
select entrust('put_off_words()');

-- What words are made of.
select open_to_lookups('leads', 'select');

-- Writes the words of leads that the caller has locked, so that they are those of now. Who has been changed since they came has
-- words already, and who has gone needs none.
create function write_words(organization uuid, ids uuid[]) returns void
language sql volatile security definer set search_path = public, pg_temp as $$
  insert into lead_words (organization_id, lead_id, is_text, id, owner_id, assignee_id, dataset_ids, at, words)
  select l.organization_id, case when l.merged_into_id is null then l.id else l.merged_into_id end, false, l.id, l.owner_id,
         l.assignee_id, l.dataset_ids, l.created_at, words
  from leads l, words_of_lead(l.first_name, l.last_name, l.company, l.email, l.phone) words
  where l.organization_id = organization and l.id = any (ids) and words <> ''
  on conflict do nothing
$$;
select entrust('write_words(uuid, uuid[])');

-- Whose leads wait for their words.
create function organizations_with_words_due() returns setof uuid
language sql stable security definer set search_path = public, pg_temp as $$
  select distinct w.organization_id from words_due w where w.due_at <= now()
$$;
select entrust('organizations_with_words_due()');

-- What is strict and yet decides by a case cannot become part of the statement that calls it, and is begun anew for each row.
-- Nothing comes of nothing all the same.
alter function fold(text) called on null input;
alter function words_of_phone(text) called on null input;

-- Records and words are written of rows that hang on the organization, or on what does: asking for each of them again whether
-- it is there cost a sixteenth of the time of an import, and had two who write at once share its row. They go with it as before.
create function take_along() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  delete from lead_words where organization_id = old.id;
  delete from audit_logs where organization_id = old.id;
  return null;
end $$;
grant delete on audit_logs to rekindle_lookup;
select entrust('take_along()');
create trigger take_along after delete on organizations for each row execute function take_along();
alter table audit_logs drop constraint audit_logs_organization;
alter table lead_words drop constraint lead_words_organization;
