-- Each names its organization by a reference of its own.
alter table dataset_leads add constraint dataset_leads_organization foreign key (organization_id)
  references organizations (id) on delete cascade;
alter table import_rows add constraint import_rows_organization foreign key (organization_id)
  references organizations (id) on delete cascade;
