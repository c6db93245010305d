-- Takes the dead letters away, with everything that waits in them. Export them first.
DROP FUNCTION IF EXISTS job_dlq_put(
    text, text, text, text, text, jsonb, jsonb, text, text, text, text, integer,
    timestamptz
);
DROP TABLE IF EXISTS job_dlq;
