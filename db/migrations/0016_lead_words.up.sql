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
  if folded ~ '[^ ]{41}' then
    folded := regexp_replace(translate(folded, '''', ''), '([a-z0-9\u0080-\U0010FFFF]{40})[a-z0-9\u0080-\U0010FFFF]+', '\1', 'g');
  end if;
  return btrim(regexp_replace(translate(folded, '''', ''), '[^a-z0-9\u0080-\U0010FFFF]+', ' ', 'g'));
end $$;

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
-- a name, o for what else is known of a lead, t for a text. A row with the lead's own id is the lead.
create table lead_words (
  organization_id uuid not null constraint lead_words_organization references organizations (id) on delete cascade,
  lead_id uuid not null,
  id uuid not null,
  owner_id uuid,
  assignee_id uuid,
  at timestamptz not null,
  words tsvector not null,
  primary key (organization_id, lead_id, id)
);
select isolate('lead_words');
select narrow_to_scope('lead_words');
select open_to_lookups('lead_words', 'select, insert, update, delete');
revoke insert, update, delete on lead_words from rekindle_app;

-- Weeks since 1970.
create function week_of(at timestamptz) returns integer
language sql immutable strict parallel safe
return floor(extract(epoch from at) / 604800)::integer;

-- Whose sight a row is in. a: all of an organization, p: what nobody has, m: what a member has.
create function sight_of(kind text, whose uuid) returns text
language sql immutable strict parallel safe
return kind || right(whose::text, 8);

-- The beginning of a key: a week and a sight.
create function key_of(week integer, sight text) returns text
language sql immutable strict parallel safe
return lpad(to_hex(week), 4, '0') || sight;

-- Words under one key.
create function under_key(key text, words tsvector) returns text
language sql immutable strict parallel safe
return key || replace(array_to_string(tsvector_to_array(words), ' '), ' ', ' ' || key);

-- A row's words under every key it is found by. So an index that knows no tenants keeps each sight of each tenant by itself, and each
-- week by itself: a search looks at what its asker may see and, newest first, at no more weeks than it needs; and what is written
-- now goes to one corner of the index.
create function keys_of(organization_id uuid, owner_id uuid, assignee_id uuid, at timestamptz, words tsvector) returns tsvector
language sql immutable parallel safe
return array_to_tsvector(string_to_array(
  under_key(key_of(week_of(at), sight_of('a', organization_id)), words)
  || case when assignee_id is not null then ' ' || under_key(key_of(week_of(at), sight_of('m', assignee_id)), words)
          when owner_id is null then ' ' || under_key(key_of(week_of(at), sight_of('p', organization_id)), words)
          else '' end
  || case when owner_id <> assignee_id or owner_id is not null and assignee_id is null
          then ' ' || under_key(key_of(week_of(at), sight_of('m', owner_id)), words) else '' end, ' '));

-- Words with a mark before each; a mark alone where there are none.
create function marked(mark text, words text) returns text
language sql immutable parallel safe
return mark || replace(coalesce(words, ''), ' ', ' ' || mark);

-- The words of an address: all of it without its signs, and what follows the @.
create function words_of_email(email text) returns text
language sql immutable strict parallel safe
return replace(spaced(fold(email)), ' ', '') || ' ' || replace(spaced(fold(split_part(email, '@', 2))), ' ', '');

-- A number is found by its digits with the country's and without, and from the end, backwards. What is no number is a text.
create function words_of_phone(phone text) returns text
language sql immutable strict parallel safe
return case when phone ~ '^\+\d+$' then substr(phone, 2) || ' ' || regexp_replace(phone,
    '^\+(1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|2[1-689]\d|3[578]\d|42\d|5[09]\d|6[7-9]\d|8[035789]\d|9[679]\d)', '')
    || ' <' || reverse(substr(phone, 2))
  else words_of(phone) end;

-- What a lead is found by: a line for each. Whoever has no name is called by their address.
create function words_of_lead(lead leads) returns tsvector
language plpgsql immutable parallel safe as $$
declare
  words text[] := string_to_array(
    marked('n', words_of_name(coalesce(nullif(concat_ws(' ', lead.first_name, lead.last_name), ''), split_part(lead.email, '@', 1))))
    || ' ' || marked('o', words_of_name(lead.company))
    || ' ' || marked('o', words_of_email(lead.email))
    || ' ' || marked('o', words_of_phone(lead.phone)), ' ');
begin
  return array_to_tsvector(array_remove(array_remove(words, 'n'), 'o'));
end $$;

-- The marked words of a text.
create function words_of_text(said text) returns tsvector
language sql immutable parallel safe
return array_to_tsvector(array_remove(string_to_array(marked('t', words_of(said)), ' '), 't'));

-- Keeps what is looked for true, in the transaction that changes it: for leads, and for texts, whose column is the argument.
create function keep_lead_words() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if tg_op <> 'INSERT' then
    delete from lead_words w
    where w.organization_id = old.organization_id and w.lead_id = old.id and w.id = old.id;
  end if;
  if tg_op <> 'DELETE' then
    insert into lead_words (organization_id, lead_id, id, owner_id, assignee_id, at, words)
    select new.organization_id, new.id, new.id, new.owner_id, new.assignee_id, new.created_at, words
    from words_of_lead(new) words where words <> '';
  end if;
  return null;
end $$;
create function keep_text_words() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if tg_op <> 'INSERT' then
    delete from lead_words w
    where w.organization_id = old.organization_id and w.lead_id = old.lead_id and w.id = old.id;
  end if;
  if tg_op <> 'DELETE' then
    insert into lead_words (organization_id, lead_id, id, owner_id, assignee_id, at, words)
    select new.organization_id, new.lead_id, new.id, new.owner_id, new.assignee_id, new.created_at, words
    from words_of_text(to_jsonb(new) ->> tg_argv[0]) words where words <> '';
  end if;
  return null;
end $$;
select entrust('keep_lead_words()');
select entrust('keep_text_words()');

-- Makes a text of leads findable: once per table whose rows belong to a lead, with the column that says something.
create function make_findable(target regclass, said text) returns void
language plpgsql as $$
begin
  execute format(
    'create trigger find after insert or delete or update of organization_id, lead_id, id, owner_id, assignee_id, created_at, %2$I
       on %1$s for each row execute function keep_text_words(%2$L)', target, said);
end $$;
select make_findable('messages', 'body');
create trigger find after insert or delete on leads for each row execute function keep_lead_words();
create trigger find_anew after update on leads for each row
  when ((old.owner_id, old.assignee_id, old.created_at, words_of_lead(old)) is distinct from
        (new.owner_id, new.assignee_id, new.created_at, words_of_lead(new)))
  execute function keep_lead_words();

-- What is there already. Whoever migrates owns the tables, and sees all rows only while the policies are not forced on owners.
alter table leads no force row level security;
alter table messages no force row level security;
alter table lead_words no force row level security;
insert into lead_words (organization_id, lead_id, id, owner_id, assignee_id, at, words)
  select l.organization_id, l.id, l.id, l.owner_id, l.assignee_id, l.created_at, words
  from leads l, words_of_lead(l) words where words <> '';
insert into lead_words (organization_id, lead_id, id, owner_id, assignee_id, at, words)
  select m.organization_id, m.lead_id, m.id, m.owner_id, m.assignee_id, m.created_at, words
  from messages m, words_of_text(m.body) words where words <> '';
alter table leads force row level security;
alter table messages force row level security;
alter table lead_words force row level security;
create index lead_words_by_at on lead_words (organization_id, at);
create index lead_words_by_key on lead_words using gin (keys_of(organization_id, owner_id, assignee_id, at, words))
  with (fastupdate = off);
