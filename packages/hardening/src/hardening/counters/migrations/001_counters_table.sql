-- Counters: any number of named counts for a key, in one row.
-- A lock that cannot be had soon is given up, rather than queueing all traffic.
set local lock_timeout = '5s';

create table if not exists hardening_counters (
  scope text not null,
  key text not null,
  counts jsonb not null default '{}',
  stamps jsonb not null default '{}',
  history jsonb not null default '[]',
  primary key (scope, key)
);

comment on table hardening_counters is
  'Counts by scope and key; written by hardening_count alone, which loses none.';
