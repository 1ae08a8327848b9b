-- Children first.
drop table inbound_webhooks;
drop table messages;
drop table conversations;
drop table phone_numbers;
