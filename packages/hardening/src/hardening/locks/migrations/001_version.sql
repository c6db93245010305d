-- A count of each row's changes, for optimistic updates. The names are filled in by
-- hardening.locks.version_migration.
-- A lock that cannot be had soon is given up, rather than queueing all traffic.
set local lock_timeout = '5s';

-- The undo drops the column: it has to be ours. One that is there already is refused,
-- unless its comment says that this migration made it.
do $hardening_version$
begin
  if exists (
    select from pg_attribute
    where attrelid = to_regclass({table_text}) and attname = {column_text}
      and not attisdropped
      and coalesce(col_description(attrelid, attnum), '')
        not like 'Counts the changes of the row;%')
  then
    raise exception 'the column is there already; choose another name'
      using errcode = 'duplicate_column', table = {table_text}, column = {column_text};
  end if;
end
$hardening_version$;

alter table {table} add column if not exists {column} bigint not null default 1;

comment on column {table}.{column} is
  'Counts the changes of the row; an update names the version that it has read.';
