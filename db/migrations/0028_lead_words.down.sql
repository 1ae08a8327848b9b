-- Triggers first, then what they call.
drop trigger find_added on lead_notes;
drop trigger find_changed on lead_notes;
drop trigger find_removed on lead_notes;
drop trigger find_added on messages;
drop trigger find_changed on messages;
drop trigger find_removed on messages;
drop trigger find_added on leads;
drop trigger find_changed on leads;
drop trigger find_removed on leads;
drop function keep_words_of_lead_notes(), keep_words_of_messages(), keep_words_of_leads();

-- The table, and what its words are made by.
drop table lead_words;
drop function make_findable(name, text, boolean, text, text);
drop function words_of_text(text), words_of_lead(text, text, text, text, text), words_of_phone(text), words_of_email(text),
  marked(text, text);
drop function keys_of(uuid, uuid, uuid, uuid[], timestamptz, boolean, tsvector), key_of(integer, uuid), key_of(integer),
  week_of(timestamptz, boolean);
drop function words_of_name(text), without_written_umlauts(text), words_of(text), unsigned(text), spaced(text), fold(text);
