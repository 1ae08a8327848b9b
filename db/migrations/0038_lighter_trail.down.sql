-- Every record in every index again.
drop index audit_logs_by_api_key, audit_logs_by_customer, audit_logs_by_request;
create index audit_logs_by_api_key on audit_logs (organization_id, api_key_id, at desc, id desc);
create index audit_logs_by_customer on audit_logs (organization_id, customer_id, at desc, id desc);
create index audit_logs_by_request on audit_logs (organization_id, request_id, at desc, id desc);
