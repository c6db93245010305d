-- Imports that were begun can no longer be resumed; what they imported stays.
DROP TABLE IF EXISTS csv_imports;
