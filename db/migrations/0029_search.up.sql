-- One word of a query, under any of these marks, whole or as a beginning. @ stands where a key begins.
create function sought(marks text[], word text, beginning boolean) returns text
language sql immutable parallel safe
return '(' || (
  select string_agg('''@' || mark || form || '''' || case when beginning then ':*' else '' end, ' | ')
  from unnest(marks) mark, unnest(array[word, nullif(without_written_umlauts(word), word)]) form
  where form is not null) || ')';

-- A name as somebody writes it: with signs in it, all of it as one word, or each part as a word.
create function sought_name(marks text[], chunk text, beginning boolean) returns text
language sql immutable parallel safe
return '(' || (
  select concat_ws(' | ', sought(marks, left(array_to_string(parts, ''), 40), beginning),
                   case when cardinality(parts) > 1 then '(' || (
                     select string_agg(sought(marks, part, beginning), ' & ') from unnest(parts) part) || ')' end)
  from string_to_array(spaced(replace(chunk, '''', ' ')), ' ') parts) || ')';

-- Digits, as somebody remembers a number: with its country or without, from the beginning or from the end. Of one or two only the
-- whole is looked for.
create function sought_number(marks text[], digits text, beginning boolean) returns text
language sql immutable parallel safe
return '(' || (
  select string_agg(distinct '''@' || mark || form || '''' || case when beginning and length(digits) > 2 then ':*' else '' end, ' | ')
  from unnest(marks) mark, unnest(array[
    digits,
    regexp_replace(digits, '^(00|0)', ''),
    case when beginning and length(digits) > 2 then '<' || reverse(digits) end]) form
  where form <> '') || ')';

-- A search as queries, the best first: all of it in the name as whole words, in what is known of the lead as whole words, in the
-- name as beginnings, in what is known as beginnings, and in one text. In texts a word of one or two letters is a whole word. None
-- where nothing can be looked for; at most eight words count.
create function sought_in(asked text) returns text[]
language plpgsql immutable parallel safe as $$
declare
  -- Digits with gaps between them are one number.
  folded text := regexp_replace(replace(fold(asked), '(0)', ''), '(?<=\d)[ ().+/-]+(?=\d)', '', 'g');
  chunk text;
  digits text;
  found text[][] := '{}';
begin
  for chunk in
    select part from regexp_split_to_table(folded, '[\s,;:!?"()|]+') with ordinality p (part, n)
    where part ~ '[a-z0-9\u0080-\U0010FFFF]' order by n limit 8
  loop
    digits := translate(chunk, '+.-/', '');
    if digits ~ '^\d+$' then
      found := found || array[array[
        sought_number('{n}', digits, false), sought_number('{n,o}', digits, false),
        sought_number('{n}', digits, true), sought_number('{n,o}', digits, true)]];
    elsif chunk like '%@%' then
      chunk := unsigned(chunk);
      found := found || array[array[
        sought('{n}', chunk, false), sought('{n,o}', chunk, false),
        sought('{n}', chunk, true), sought('{n,o}', chunk, true)]];
    else
      found := found || array[array[
        sought_name('{n}', chunk, false), sought_name('{n,o}', chunk, false),
        sought_name('{n}', chunk, true), sought_name('{n,o}', chunk, true)]];
    end if;
  end loop;
  if found = '{}' then
    return '{}';
  end if;
  return array(
    select (select string_agg(found[i][tier], ' & ') from generate_subscripts(found, 1) i) from generate_series(1, 4) tier
  ) || (
    select string_agg('''@t' || word || '''' || case when length(word) > 2 then ':*' else '' end, ' & ')
    from unnest((string_to_array(spaced(fold(asked)), ' '))[:8]) word);
end $$;

-- What was found: how well it fits, the instant and the id that decide among equals, and the row.
create type hit as (tier smallint, at timestamptz, id uuid, row_id uuid);

-- Under what a row must be besides its words, to be in the sight of whoever asks; # stands for a week. A scope nobody named shows
-- a member their own alone, and a limit nobody named shows nothing.
create function my_sight() returns text
language sql stable parallel safe
return concat(
  case when current_setting('rekindle.lead_scope', true) = 'ALL' then ''
       else concat(' & (''#M', right(current_setting('rekindle.member_id', true), 8), '''',
         case when current_setting('rekindle.lead_scope', true) = 'ASSIGNED_AND_UNASSIGNED'
              then concat(' | ''#P', right(current_setting('rekindle.organization_id', true), 8), '''') end, ')') end,
  case when current_setting('rekindle.dataset_ids', true) = 'ALL' then ''
       else concat(' & (''#D''', (
         select string_agg(concat(' | ''#D', right(dataset::text, 8), ''''), '') from unnest(allowed_datasets()) dataset),
         ')') end);

-- The weeks from one instant to another from the newest to the oldest, or the other way, in growing groups: who finds enough in the
-- first one looks no further, who finds nothing looks at many weeks at once.
create function weeks_between(oldest timestamptz, newest timestamptz, is_text boolean, ascending boolean)
returns setof integer[]
language sql immutable parallel safe as $$
  select array(
    select week * span.step
    from generate_series(case when ascending then span.first + g.begins else greatest(span.last - g.ends, span.first) end,
                         case when ascending then least(span.first + g.ends, span.last) else span.last - g.begins end) week)
  from (
    select step, week_of(oldest, is_text) / step as first, week_of(newest, is_text) / step as last
    from (select case when is_text then 1 else 4 end as step) s
  ) span
  cross join lateral (
    select case when n < 4 then (1 << n) - 1 else 8 * n - 17 end as begins,
           case when n < 3 then (2 << n) - 2 else 8 * n - 10 end as ends
    from generate_series(0, 3 + (span.last - span.first) / 8) n
  ) g
  where g.begins <= span.last - span.first
$$;

-- Leads, best first, as long as somebody fetches: PostgreSQL runs a function in a select list only as far as rows are asked for. It
-- looks only under the keys of whoever asks, so it knows nothing of what they do not see. From a place on means behind it. A lead
-- is found once, by what fits best: by itself, or by the newest of its texts; who was merged into it is looked at as itself.
create function find_leads(asked text, ascending boolean, tier_from smallint, at_from timestamptz, id_from uuid) returns setof hit
language sql stable security definer rows 100 set search_path = public, pg_temp set plan_cache_mode = force_generic_plan as $$
  with context as materialized (
    select nullif(current_setting('rekindle.organization_id', true), '')::uuid as id, my_sight() as sight
  ), tiers as materialized (
    select n::smallint - 1 as n, query,
           case n when 2 then sought[1] when 3 then sought[2] when 4 then concat('(', sought[2], ') | (', sought[3], ')') else sought[4] end as better
    from (select sought_in(asked) as sought) s, unnest(sought) with ordinality q (query, n)
  )
  select (tier.n, found.at, found.id, found.lead_id)::hit
  from context
  cross join lateral (
    select min(w.at) as oldest, max(w.at) as newest from lead_words w where w.organization_id = context.id
  ) span
  cross join lateral (
    select tiers.n, tiers.query, replace(tiers.query, '@', '')::tsquery as plain,
           case when tiers.n > 0 then replace(tiers.better, '@', '')::tsquery end as better,
           tiers.n is not distinct from tier_from as is_first
    from tiers
    where case when tier_from is null then true when ascending then tiers.n <= tier_from else tiers.n >= tier_from end
    order by case when ascending then -tiers.n else tiers.n end
    offset 0
  ) tier
  cross join lateral weeks_between(
    case when tier.is_first and ascending then greatest(span.oldest, at_from) else span.oldest end,
    case when tier.is_first and not ascending then least(span.newest, at_from) else span.newest end,
    tier.n = 4, ascending) weeks
  cross join lateral (
    select string_agg('(' || replace(tier.query, '@', key_of(week, context.id)) || ')'
                      || replace(context.sight, '#', key_of(week)), ' | ')::tsquery as keys
    from unnest(weeks) week
    offset 0
  ) wanted
  cross join lateral (
    select w.at, w.id, w.lead_id
    from lead_words w
    where keys_of(w.organization_id, w.owner_id, w.assignee_id, w.dataset_ids, w.at, w.is_text, w.words) @@ wanted.keys
      and w.organization_id = context.id
      and (tier.n in (0, 4) or not w.words @@ tier.better)
      and case when not tier.is_first then true
               when ascending then (w.at, w.id) > (at_from, id_from) else (w.at, w.id) < (at_from, id_from) end
    order by case when ascending then w.at end, case when ascending then w.id end, w.at desc, w.id desc
    offset 0
  ) found
  -- Said as cases, which are asked of one row after another; as conditions they would be joined, and all rows read for that.
  where not case when tier.n = 0 then false else exists (
    select from lead_words w
    where w.organization_id = context.id and w.lead_id = found.lead_id and not w.is_text and w.words @@ tier.better) end
  and not case when tier.n is null then false else exists (
    select from lead_words w
    where w.organization_id = context.id and w.lead_id = found.lead_id and w.is_text = (tier.n = 4)
      and (w.at, w.id) > (found.at, found.id) and w.words @@ tier.plain) end
$$;

-- Messages that say it, the newest first or the oldest, as long as somebody fetches.
create function find_messages(asked text, ascending boolean, tier_from smallint, at_from timestamptz, id_from uuid) returns setof hit
language sql stable security definer rows 100 set search_path = public, pg_temp set plan_cache_mode = force_generic_plan as $$
  with context as materialized (
    select nullif(current_setting('rekindle.organization_id', true), '')::uuid as id, my_sight() as sight,
           (sought_in(asked))[5] as query
  )
  select (4::smallint, found.at, found.id, found.id)::hit
  from context
  cross join lateral (
    select min(w.at) as oldest, max(w.at) as newest from lead_words w where w.organization_id = context.id
  ) span
  cross join lateral weeks_between(
    case when ascending then greatest(span.oldest, at_from) else span.oldest end,
    case when ascending then span.newest else least(span.newest, at_from) end,
    true, ascending) weeks
  cross join lateral (
    select string_agg('(' || replace(context.query, '@', key_of(week, context.id)) || ')'
                      || replace(context.sight, '#', key_of(week)), ' | ')::tsquery as keys
    from unnest(weeks) week
    offset 0
  ) wanted
  cross join lateral (
    select w.at, w.id
    from lead_words w
    where keys_of(w.organization_id, w.owner_id, w.assignee_id, w.dataset_ids, w.at, w.is_text, w.words) @@ wanted.keys
      and w.organization_id = context.id
      and case when at_from is null then true
               when ascending then (w.at, w.id) > (at_from, id_from) else (w.at, w.id) < (at_from, id_from) end
    order by case when ascending then w.at end, case when ascending then w.id end, w.at desc, w.id desc
    offset 0
  ) found
$$;
select entrust('find_leads(text, boolean, smallint, timestamptz, uuid)');
select entrust('find_messages(text, boolean, smallint, timestamptz, uuid)');

-- A search as queries over the words of one row.
create function queries_of(asked text) returns tsquery[]
language sql immutable parallel safe
return array(select replace(query, '@', '')::tsquery from unnest(sought_in(asked)) with ordinality q (query, n) order by n);

-- How a row fits that somebody has already, as the policies show it to them: a lead at its best, a message if it does.
create function match_lead(queries tsquery[], of_organization uuid, of_lead uuid) returns setof hit
language sql stable rows 1 as $$
  select fit.tier::smallint, fit.at, fit.id, of_lead
  from (
    select case when w.words @@ queries[1] then 0 when w.words @@ queries[2] then 1 when w.words @@ queries[3] then 2
                when w.words @@ queries[4] then 3 when w.words @@ queries[5] then 4 end as tier, w.at, w.id
    from lead_words w where w.organization_id = of_organization and w.lead_id = of_lead
  ) fit
  where fit.tier is not null order by fit.tier, fit.at desc, fit.id desc limit 1
$$;
create function match_message(queries tsquery[], of_organization uuid, of_lead uuid, of_message uuid) returns setof hit
language sql stable rows 1 as $$
  select 4::smallint, w.at, w.id, w.id from lead_words w
  where w.organization_id = of_organization and w.lead_id = of_lead and w.is_text and w.id = of_message and w.words @@ queries[5]
$$;
