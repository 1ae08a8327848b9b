-- What finds, and what reads a query.
drop function match_message(tsquery[], uuid, uuid, uuid), match_lead(tsquery[], uuid, uuid), queries_of(text);
drop function find_messages(text, boolean, smallint, timestamptz, uuid), find_leads(text, boolean, smallint, timestamptz, uuid);
drop function weeks_between(timestamptz, timestamptz, boolean, boolean), my_sight();
drop type hit;
drop function sought_in(text), sought_number(text[], text, boolean), sought_name(text[], text, boolean),
  sought(text[], text, boolean);
