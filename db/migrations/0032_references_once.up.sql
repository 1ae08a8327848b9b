-- Whose a row is, is checked once. These hang on rows of the same organization by references that name it, and go with them
-- when it is deleted; to ask for the organization besides was a tenth of what it takes to bring in a row of a file.
alter table dataset_leads drop constraint dataset_leads_organization;
alter table import_rows drop constraint import_rows_organization;
