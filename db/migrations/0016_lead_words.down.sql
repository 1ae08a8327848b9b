-- Triggers first, then what they call.
drop trigger find on messages;
drop trigger find_anew on leads;
drop trigger find on leads;

-- The table, and what its words are made by.
drop table lead_words;
drop function make_findable(regclass, text), keep_text_words(), keep_lead_words();
drop function words_of_text(text), words_of_lead(leads), words_of_phone(text), words_of_email(text), marked(text, text);
drop function keys_of(uuid, uuid, uuid, timestamptz, tsvector), under_key(text, tsvector), key_of(integer, text);
drop function sight_of(text, uuid), week_of(timestamptz);
drop function words_of_name(text), without_written_umlauts(text), words_of(text), spaced(text), fold(text);
