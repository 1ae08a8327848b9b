-- Removes the tenancy functions; the roles stay, because other databases of the cluster may use them.
drop function keep_touched(regclass);
drop function touch();
drop function open_to_lookups(regclass, text);
drop function isolate(regclass, text);
drop function begin_request(uuid, uuid);
revoke usage, create on schema public from rekindle_lookup;
revoke usage on schema public from rekindle_app;
