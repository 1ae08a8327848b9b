-- Files of organizations that went stay where they are.
drop trigger keep_folder_to_empty on organizations;
drop function keep_folder_to_empty();
drop function note_folder_emptied(uuid);
drop function find_folders_to_empty();
drop table emptied_folders;
