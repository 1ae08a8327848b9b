-- A number can be one of a messaging service of Twilio's, whose settings its texts then go by.
alter table phone_numbers add column messaging_service text
  constraint phone_numbers_messaging_service check (messaging_service ~ '^MG[0-9a-f]{32}$');
