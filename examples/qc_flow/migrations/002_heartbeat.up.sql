-- When a job last made progress; NULL means that nobody watches it.
SET LOCAL lock_timeout = '5s';

ALTER TABLE qc_jobs ADD COLUMN IF NOT EXISTS last_heartbeat_at timestamptz;
