-- Loses no job: each one is still in qc_jobs, as failed, with its last error.
SET LOCAL lock_timeout = '5s';

DROP TABLE IF EXISTS job_dlq;
