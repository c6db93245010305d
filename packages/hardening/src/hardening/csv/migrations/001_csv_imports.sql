-- Where each named import stands. One row an import; it is written in the transaction
-- that writes the rows, so that both are kept or neither is.
CREATE TABLE IF NOT EXISTS csv_imports (
    name          text PRIMARY KEY,
    source_bytes  bigint,
    source_digest text NOT NULL,
    source_offset bigint NOT NULL DEFAULT 0 CHECK (source_offset >= 0),
    line          bigint NOT NULL DEFAULT 0,
    rows_read     bigint NOT NULL DEFAULT 0,
    rows_imported bigint NOT NULL DEFAULT 0,
    rows_rejected bigint NOT NULL DEFAULT 0,
    rejects_bytes bigint NOT NULL DEFAULT 0,
    started_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    finished_at   timestamptz,
    CHECK (rows_read = rows_imported + rows_rejected)
);
COMMENT ON TABLE csv_imports IS 'hardening.csv: where each import by name stands';
