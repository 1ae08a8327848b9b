-- Every record has a place in every index of the trail, which is half of what a record costs, and an import makes one of each
-- row. Most were made by no program and no customer and many at nobody's request, so those indexes keep the others alone.
drop index audit_logs_by_api_key, audit_logs_by_customer, audit_logs_by_request;
create index audit_logs_by_api_key on audit_logs (organization_id, api_key_id, at desc, id desc) where api_key_id is not null;
create index audit_logs_by_customer on audit_logs (organization_id, customer_id, at desc, id desc) where customer_id is not null;
create index audit_logs_by_request on audit_logs (organization_id, request_id, at desc, id desc) where request_id is not null;
