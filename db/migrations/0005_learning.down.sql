-- One table, with all that hangs on it.
drop table insights;
