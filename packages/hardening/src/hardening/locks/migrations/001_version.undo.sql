-- Takes the version column away; no other data are lost.
set local lock_timeout = '5s';

alter table {table} drop column if exists {column};
