-- The schema of release v1, before the rollout: the queue, and who works on it.

CREATE TABLE qc_jobs (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant text NOT NULL,
    clip text NOT NULL,
    state text NOT NULL DEFAULT 'queued'
        CHECK (state IN ('queued', 'running', 'done', 'failed')),
    attempts integer NOT NULL DEFAULT 0,
    max_attempts integer NOT NULL DEFAULT 3,
    -- The fencing token: only the attempt that holds it may write a result.
    attempt_id uuid,
    last_error text,
    created_at timestamptz NOT NULL DEFAULT now(),
    run_at timestamptz NOT NULL DEFAULT now(),
    started_at timestamptz,
    finished_at timestamptz
);

CREATE INDEX qc_jobs_queued ON qc_jobs (id) WHERE state = 'queued';
CREATE INDEX qc_jobs_running ON qc_jobs (id) WHERE state = 'running';
CREATE INDEX qc_jobs_finished ON qc_jobs (finished_at);

-- One row for each worker process; the health check looks at it.
CREATE TABLE qc_workers (
    name text PRIMARY KEY,
    seen_at timestamptz NOT NULL DEFAULT now()
);

-- What operators count: rare things that happened to a job.
CREATE TABLE qc_events (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT now(),
    kind text NOT NULL,
    job_id bigint NOT NULL,
    attempt_id uuid,
    UNIQUE (kind, attempt_id)
);
