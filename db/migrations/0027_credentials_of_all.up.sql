-- A connection that ended is of no lead and so of no dataset: whoever may see credentials hears of it, also who is limited to
-- datasets. The kind is named, because the other events that have a subject of their own, like those of imports, are of some.
-- Without a context nothing is heard: `allowed_datasets` answers null then.
drop policy allowed_datasets on events;
create policy allowed_datasets on events as restrictive to rekindle_app using (case
  when current_setting('rekindle.dataset_ids', true) = 'ALL' then true
  when strpos(current_setting('rekindle.dataset_ids', true), dataset_ids[1]::text) > 0 then true
  when dataset_ids[2] is not null and dataset_ids && allowed_datasets() then true
  when kind = 'CREDENTIAL_EXPIRED' and allowed_datasets() is not null then true
  end is not null);
