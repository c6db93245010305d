-- A count of each row's changes, for optimistic updates. The names are filled in by
-- hardening.locks.version_migration.
-- A lock that cannot be had soon is given up, rather than queueing all traffic.
set local lock_timeout = '5s';

alter table {table} add column if not exists {column} bigint not null default 1;

comment on column {table}.{column} is
  'Counts the changes of the row; an update names the version that it has read.';
