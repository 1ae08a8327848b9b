-- Numbers send by themselves again.
alter table phone_numbers drop column messaging_service;
