-- Dead letters: jobs set aside after their last attempt, waiting for a person.
-- Safe to run twice. The undo is 001_job_dlq.undo.sql.

CREATE TABLE IF NOT EXISTS job_dlq (
    id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    source text NOT NULL,
    job_id text NOT NULL,
    failure text NOT NULL,
    queue text NOT NULL,
    task text NOT NULL,
    args jsonb NOT NULL,
    options jsonb NOT NULL DEFAULT '{}',
    payload text,
    reason text NOT NULL
        CHECK (reason IN ('failed', 'stuck', 'shutdown', 'unknown_task')),
    error_class text NOT NULL,
    error_text text NOT NULL,
    attempts integer NOT NULL,
    first_failed_at timestamptz NOT NULL,
    last_failed_at timestamptz NOT NULL DEFAULT now(),
    status text NOT NULL DEFAULT 'waiting'
        CHECK (status IN ('waiting', 'redriving', 'redriven', 'discarded')),
    settled_at timestamptz,
    redriven_job_id text,
    redrives integer NOT NULL DEFAULT 0,
    late_success_at timestamptz,
    -- One letter for one failure of one job, however often it is put.
    CONSTRAINT job_dlq_once UNIQUE (source, job_id, failure)
);

CREATE INDEX IF NOT EXISTS job_dlq_waiting ON job_dlq (queue, task, id)
    WHERE status = 'waiting';
CREATE INDEX IF NOT EXISTS job_dlq_settled ON job_dlq (settled_at)
    WHERE status IN ('redriven', 'discarded');
CREATE INDEX IF NOT EXISTS job_dlq_redriven ON job_dlq (source, redriven_job_id)
    WHERE redriven_job_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS job_dlq_failed ON job_dlq (last_failed_at);

-- Put a letter, once; NULL when it is there already. A job that was redriven before
-- keeps the time of its first failure, and the number of its redrives.
CREATE OR REPLACE FUNCTION job_dlq_put(
    _source text, _job_id text, _failure text, _queue text, _task text,
    _args jsonb, _options jsonb, _payload text, _reason text,
    _error_class text, _error_text text, _attempts integer,
    _first_failed_at timestamptz
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    _id bigint;  -- plpgsql keeps its plans, where a function of plain SQL plans each call
BEGIN
    INSERT INTO job_dlq (
        source, job_id, failure, queue, task, args, options, payload, reason,
        error_class, error_text, attempts, first_failed_at, redrives
    )
    SELECT
        _source, _job_id, _failure, _queue, _task, _args, _options, _payload, _reason,
        _error_class, _error_text, _attempts,
        least(earlier.first_failed_at, _first_failed_at, now()),
        coalesce(earlier.redrives + 1, 0)
    FROM (VALUES (1)) AS always
    LEFT JOIN LATERAL (
        SELECT letter.first_failed_at, letter.redrives
        FROM job_dlq AS letter
        WHERE letter.source = _source AND letter.redriven_job_id = _job_id
        ORDER BY letter.id DESC
        LIMIT 1
    ) AS earlier ON true
    ON CONFLICT ON CONSTRAINT job_dlq_once DO NOTHING
    RETURNING id INTO _id;
    RETURN _id;
END
$$;
