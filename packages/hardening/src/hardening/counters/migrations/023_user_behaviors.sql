-- What is known of a user's violations, one row for each user of a platform. Only for a
-- service that has no such table yet.
set local lock_timeout = '5s';

create table if not exists user_behaviors (
  organization_id uuid not null,
  platform text not null,
  platform_user_id text not null,
  platform_username text,
  total_violations integer not null default 0,
  severity_counts jsonb not null default '{}',
  actions_taken jsonb not null default '[]',
  last_violation_at timestamptz,
  primary key (organization_id, platform, platform_user_id)
);
