-- Whose files are to be deleted from the storage, because the organization is gone. Its id is all that
-- outlives it.
create table emptied_folders (
  id uuid primary key,
  deleted_at timestamptz not null default now()
);
alter table emptied_folders enable row level security;
alter table emptied_folders force row level security;
select open_to_lookups('emptied_folders', 'select, insert, delete');

-- Whoever deletes an organization cannot forget its files.
create function keep_folder_to_empty() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  insert into emptied_folders (id) values (old.id) on conflict do nothing;
  return null;
end $$;
create trigger keep_folder_to_empty after delete on organizations
  for each row execute function keep_folder_to_empty();
select entrust('keep_folder_to_empty()');

-- The storage is emptied by a worker, which belongs to no organization.
create function find_folders_to_empty() returns setof uuid
language sql stable security definer set search_path = public, pg_temp as $$
  select id from emptied_folders order by deleted_at limit 10
$$;
select entrust('find_folders_to_empty()');

-- Once they are deleted, nothing of the organization is left.
create function note_folder_emptied(organization uuid) returns integer
language sql volatile security definer set search_path = public, pg_temp as $$
  with gone as (delete from emptied_folders where id = organization returning 1) select count(*)::integer from gone
$$;
select entrust('note_folder_emptied(uuid)');
