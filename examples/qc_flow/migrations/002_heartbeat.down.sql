SET LOCAL lock_timeout = '5s';

ALTER TABLE qc_jobs DROP COLUMN IF EXISTS last_heartbeat_at;
