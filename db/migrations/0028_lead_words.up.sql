-- One spelling of a text: small letters without accents, one kind of apostrophe, a space for every other sign beyond ASCII.
-- It says the same on every server, whatever its locale, and needs no extension.
create function fold(said text) returns text
language sql immutable strict parallel safe
return case
  when octet_length(said) = char_length(said) then lower(said collate "C")
  else lower(translate(
    replace(replace(replace(replace(replace(replace(replace(replace(
      regexp_replace(
        regexp_replace(normalize(said, NFKD), U&'[\0300-\036F]+', '', 'g'),
        U&'[\0080-\00BF×÷\2000-\2018\201A-\2BFF\3000-\303F\FE00-\FE0F\+01F000-\+01FAFF]+', ' ', 'g'),
      'ß', 'ss'), 'ẞ', 'ss'), 'æ', 'ae'), 'Æ', 'ae'), 'œ', 'oe'), 'Œ', 'oe'), 'þ', 'th'), 'Þ', 'th'),
    U&'\2019\02BCøØłŁđĐðÐħĦŧŦıАБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯЄІЅЈЉЊЋЏҐΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩς',
    '''''oollddddhhttiабвгдежзийклмнопрстуфхцчшщъыьэюяєіѕјљњћџґαβγδεζηθικλμνξοπρστυφχψωσ') collate "C")
end;

-- The words of a folded text, a space between each two: letters and digits, nothing else, so that nothing in them means anything
-- to a query. What follows the fortieth character of a word is cut off, and an apostrophe vanishes.
create function spaced(folded text) returns text
language plpgsql immutable strict parallel safe as $$
begin
  if length(folded) > 40 and folded ~ '[^ ]{41}' then
    folded := regexp_replace(translate(folded, '''', ''), '([a-z0-9\u0080-\U0010FFFF]{40})[a-z0-9\u0080-\U0010FFFF]+', '\1', 'g');
  end if;
  return btrim(regexp_replace(translate(folded, '''', ''), '[^a-z0-9\u0080-\U0010FFFF]+', ' ', 'g'));
end $$;

-- The letters and digits of a folded text as one word.
create function unsigned(folded text) returns text
language sql immutable strict parallel safe
return left(regexp_replace(folded, '[^a-z0-9\u0080-\U0010FFFF]+', '', 'g'), 40);

-- The words of a text. Umlauts are written both ways: Müller is muller and mueller.
create function words_of(said text) returns text
language plpgsql immutable strict parallel safe as $$
declare
  composed text;
begin
  if octet_length(said) > char_length(said) then
    composed := normalize(said, NFC);
    if composed ~ '[äöüÄÖÜåÅøØ]' then
      return spaced(fold(said)) || ' ' || spaced(fold(
        replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(composed,
          'ä', 'ae'), 'ö', 'oe'), 'ü', 'ue'), 'Ä', 'ae'), 'Ö', 'oe'), 'Ü', 'ue'), 'å', 'aa'), 'Å', 'aa'), 'ø', 'oe'), 'Ø', 'oe')));
    end if;
  end if;
  return spaced(fold(said));
end $$;

-- Mueller without its e: an umlaut that was written out stands between consonants.
create function without_written_umlauts(folded text) returns text
language sql immutable strict parallel safe
return regexp_replace(folded, '([b-df-hj-np-tv-z][aou])e(?=[b-df-hj-np-tv-z])', '\1', 'g');

-- The words a name is found by: its own, those of Smith-Jones together, what follows the apostrophe of O'Neil, and muller for Mueller.
create function words_of_name(said text) returns text
language plpgsql immutable strict parallel safe as $$
declare
  folded text := fold(said);
  words text := words_of(said);
begin
  if folded ~ '[-.'']' then
    words := words || ' ' || spaced(translate(folded, '-.', '')) || ' ' || spaced(regexp_replace(folded, '''(?=\w\w\w)', ' ', 'g'));
  end if;
  if folded ~ '[b-df-hj-np-tv-z][aou]e[b-df-hj-np-tv-z]' then
    words := words || ' ' || spaced(without_written_umlauts(folded));
  end if;
  return words;
end $$;

-- What is looked for, as words: of each lead what it is found by, and of each text what it says. A word begins with a mark: n for
-- a name, o for what else is known of a lead, t for a text. Who was merged into another lead is a row of that one.
create table lead_words (
  organization_id uuid not null constraint lead_words_organization references organizations (id) on delete cascade,
  lead_id uuid not null,
  is_text boolean not null,
  id uuid not null,
  owner_id uuid,
  assignee_id uuid,
  dataset_ids uuid[],
  at timestamptz not null,
  words tsvector not null,
  primary key (organization_id, lead_id, is_text, id)
);
select isolate('lead_words');
select narrow_to_sight('lead_words');
select open_to_lookups('lead_words', 'select, insert, update, delete');
revoke insert, update, delete on lead_words from rekindle_app;

-- The week since 1970 that a text is found under; a lead is found under the first of four, because there are fewer of them.
create function week_of(at timestamptz, is_text boolean) returns integer
language sql immutable strict parallel safe
return case when is_text then floor(extract(epoch from at) / 604800)::integer
            else floor(extract(epoch from at) / 2419200)::integer * 4 end;

-- The beginning of a key: a week, and for words an organization.
create function key_of(week integer) returns text
language sql immutable strict parallel safe
return lpad(to_hex(week), 4, '0');
create function key_of(week integer, organization_id uuid) returns text
language sql immutable strict parallel safe
return lpad(to_hex(week), 4, '0') || right(organization_id::text, 8);

-- A row's words under the week and the organization it is of; and under that week who sees it: M members who have it, P whoever
-- sees what nobody has, D whoever is limited to this dataset. So an index that knows no tenants keeps each by itself, and each
-- stretch of time by itself: a search looks at what its asker may see and, newest first, at no more time than it needs; and what is
-- written now goes to one corner of the index. It calls nothing of ours, because an index is made where nothing of ours is known.
create function keys_of(
  organization_id uuid, owner_id uuid, assignee_id uuid, dataset_ids uuid[], at timestamptz, is_text boolean, words tsvector
) returns tsvector
language plpgsql immutable parallel safe as $$
declare
  week text := lpad(to_hex(case when is_text then floor(extract(epoch from at) / 604800)::integer
                           else floor(extract(epoch from at) / 2419200)::integer * 4 end), 4, '0');
  word text := week || right(organization_id::text, 8);
  keys text[] := string_to_array(word || replace(array_to_string(tsvector_to_array(words), ' '), ' ', ' ' || word), ' ');
  dataset uuid;
begin
  if owner_id is not null then
    keys := keys || (week || 'M' || right(owner_id::text, 8));
  end if;
  if assignee_id is not null then
    keys := keys || (week || 'M' || right(assignee_id::text, 8));
  elsif owner_id is null then
    keys := keys || (week || 'P' || right(organization_id::text, 8));
  end if;
  if dataset_ids is not null then
    foreach dataset in array dataset_ids loop
      keys := keys || (week || 'D' || right(dataset::text, 8));
    end loop;
  end if;
  return array_to_tsvector(keys);
end $$;

-- Words with a mark before each; a mark alone where there are none.
create function marked(mark text, words text) returns text
language sql immutable parallel safe
return mark || replace(coalesce(words, ''), ' ', ' ' || mark);

-- The words of an address: all of it without its signs, and what follows the @.
create function words_of_email(email text) returns text
language sql immutable strict parallel safe
return unsigned(fold(email)) || ' ' || unsigned(fold(split_part(email, '@', 2)));

-- A number is found by its digits with the country's and without, and from the end, backwards. What is no number is a text.
create function words_of_phone(phone text) returns text
language sql immutable strict parallel safe
return case when phone ~ '^\+\d+$' then substr(phone, 2) || ' ' || regexp_replace(phone,
    '^\+(1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|2[1-689]\d|3[578]\d|42\d|5[09]\d|6[7-9]\d|8[035789]\d|9[679]\d)', '')
    || ' <' || reverse(substr(phone, 2))
  else words_of(phone) end;

-- What a lead is found by. Whoever has no name is called by their address.
create function words_of_lead(first_name text, last_name text, company text, email text, phone text) returns tsvector
language plpgsql immutable parallel safe as $$
declare
  words text[] := string_to_array(
    marked('n', words_of_name(coalesce(nullif(concat_ws(' ', first_name, last_name), ''), split_part(email, '@', 1))))
    || ' ' || marked('o', words_of_name(company))
    || ' ' || marked('o', words_of_email(email))
    || ' ' || marked('o', words_of_phone(phone)), ' ');
begin
  return array_to_tsvector(array_remove(array_remove(words, 'n'), 'o'));
end $$;

-- The marked words of a text.
create function words_of_text(said text) returns tsvector
language sql immutable parallel safe
return array_to_tsvector(array_remove(string_to_array(marked('t', words_of(said)), ' '), 't'));

-- Makes rows findable by words, a statement at a time, whoever writes them: what is found is always what is there. `@` stands for
-- a row; `facts` are the columns that its words and its lead come from. An update of anything else ends with a look.
create function make_findable(target name, lead text, is_text boolean, words text, facts text) returns void
language plpgsql as $make$
declare
  kept text := '@.owner_id, @.assignee_id, @.dataset_ids, @.created_at, ' || facts;
begin
  execute replace(replace(replace(replace(replace($function$
    create function keep_words_of_{target}() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as $body$
    begin
      if tg_op = 'UPDATE' then
        if not exists (select from was join became using (organization_id, id) where {changed}) then
          return null;
        end if;
      end if;
      if tg_op <> 'INSERT' then
        delete from lead_words w using was r
        where w.organization_id = r.organization_id and w.lead_id = {lead} and w.is_text = {is_text} and w.id = r.id;
      end if;
      if tg_op <> 'DELETE' then
        insert into lead_words (organization_id, lead_id, is_text, id, owner_id, assignee_id, dataset_ids, at, words)
        select r.organization_id, {lead}, {is_text}, r.id, r.owner_id, r.assignee_id, r.dataset_ids, r.created_at, words
        from became r, {words} words where words <> '';
      end if;
      return null;
    end $body$ $function$,
    '{target}', target), '{lead}', replace(lead, '@', 'r')), '{is_text}', is_text::text),
    '{words}', replace(words, '@', 'r')),
    '{changed}', format('(%s) is distinct from (%s)', replace(kept, '@', 'was'), replace(kept, '@', 'became')));
  perform entrust(format('keep_words_of_%s()', target)::regprocedure);
  execute format('create trigger find_added after insert on %1$I
    referencing new table as became for each statement execute function keep_words_of_%1$s()', target);
  execute format('create trigger find_changed after update on %1$I
    referencing old table as was new table as became for each statement execute function keep_words_of_%1$s()', target);
  execute format('create trigger find_removed after delete on %1$I
    referencing old table as was for each statement execute function keep_words_of_%1$s()', target);
  -- What is there already. Whoever migrates owns the tables, and sees all rows only while the policies are not forced on owners.
  execute format('alter table %I no force row level security', target);
  alter table lead_words no force row level security;
  execute format('insert into lead_words (organization_id, lead_id, is_text, id, owner_id, assignee_id, dataset_ids, at, words)
    select r.organization_id, %2$s, %3$L, r.id, r.owner_id, r.assignee_id, r.dataset_ids, r.created_at, words
    from %1$I r, %4$s words where words <> '''' on conflict do nothing',
    target, replace(lead, '@', 'r'), is_text, replace(words, '@', 'r'));
  alter table lead_words force row level security;
  execute format('alter table %I force row level security', target);
end $make$;

-- A lead is found by itself and by whoever was merged into it; a text and a note as a part of their lead.
select make_findable('leads', 'case when @.merged_into_id is null then @.id else @.merged_into_id end', false,
  'words_of_lead(@.first_name, @.last_name, @.company, @.email, @.phone)',
  '@.merged_into_id, @.first_name, @.last_name, @.company, @.email, @.phone');
select make_findable('messages', '@.lead_id', true, 'words_of_text(@.body)', '@.lead_id, @.body');
select make_findable('lead_notes', '@.lead_id', true, 'words_of_text(@.body)', '@.lead_id, @.body');

-- How far back a search has to look, and the words by their keys. No list of what is pending: every lookup would read all of it.
create index lead_words_by_at on lead_words (organization_id, at);
create index lead_words_by_key on lead_words
  using gin (keys_of(organization_id, owner_id, assignee_id, dataset_ids, at, is_text, words)) with (fastupdate = off);
