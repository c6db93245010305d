-- The dead-letter table. The job itself stays in qc_jobs.
-- A lock that cannot be had soon is given up, rather than queueing all traffic.
SET LOCAL lock_timeout = '5s';

CREATE TABLE IF NOT EXISTS job_dlq (
    job_id bigint PRIMARY KEY REFERENCES qc_jobs (id) ON DELETE CASCADE,
    tenant text NOT NULL,
    clip text NOT NULL,
    reason text NOT NULL CHECK (reason IN ('exhausted', 'stalled')),
    error text NOT NULL,
    attempts integer NOT NULL,
    moved_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX IF NOT EXISTS job_dlq_moved_at ON job_dlq (moved_at);
