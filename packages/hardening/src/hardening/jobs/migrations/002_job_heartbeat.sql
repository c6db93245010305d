-- Heartbeats of progress: one row for each running attempt that beat at least once.
-- Safe to run twice. The undo is 002_job_heartbeat.undo.sql.
-- Rows are updated once a second: no index on what changes, and half of each page
-- left free, so that an update stays on its page (a heap-only tuple).

CREATE TABLE IF NOT EXISTS job_heartbeat (
    job_id bigint PRIMARY KEY,
    attempt integer NOT NULL,
    started_at timestamptz NOT NULL DEFAULT now(),
    last_heartbeat_at timestamptz NOT NULL DEFAULT now(),
    progress double precision,
    note text
) WITH (fillfactor = 50);
