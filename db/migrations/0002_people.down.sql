-- Children first.
drop table api_keys;
drop table memberships;
drop table users;
drop table organizations;
