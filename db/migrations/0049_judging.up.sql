-- What a model thought of an answer of Sophie's, and who asks one just now. One that is older than a day is asked about no more.
alter table messages add column judged_at timestamptz;
alter table messages add column judging_until timestamptz;
select keep_out_of_audit('messages', 'judged_at');
select keep_out_of_audit('messages', 'judging_until');
create index messages_to_judge on messages (organization_id, created_at, id)
  where ai_generated and reviewed_at is not null and judged_at is null;
create index messages_to_judge_of_all on messages (created_at)
  where ai_generated and reviewed_at is not null and judged_at is null;
create function organizations_with_texts_to_judge() returns setof uuid
language sql stable security definer set search_path = public, pg_temp as $$
  select distinct m.organization_id from messages m
  where m.ai_generated and m.reviewed_at is not null and m.judged_at is null and m.created_at > now() - interval '1 day'
    and (m.judging_until is null or m.judging_until <= now())
$$;
select entrust('organizations_with_texts_to_judge()');
