-- The webhooks that were processed, so that none is processed twice.
-- A lock that cannot be had soon is given up, rather than queueing all traffic.
set local lock_timeout = '5s';

create table if not exists webhook_events (
  source text not null,
  id text not null,
  processed_at timestamptz not null default now(),
  primary key (source, id)
);

create index if not exists webhook_events_processed_at
  on webhook_events (processed_at);

comment on table webhook_events is
  'Identifiers of processed webhooks; written in the transaction that does the work.';
