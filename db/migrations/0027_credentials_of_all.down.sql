-- Who is limited to datasets hears of no connection that ended.
drop policy allowed_datasets on events;
select narrow_to_datasets('events');
