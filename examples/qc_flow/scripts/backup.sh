#!/bin/sh
# Writes a backup of the database to $QC_HOME/backups and prints where it is.
#
#   scripts/backup.sh
#
# Reads QC_DATABASE_URL and QC_HOME. A backup is complete or it is not there.
set -eu

if [ -z "${QC_HOME:-}" ] || [ -z "${QC_DATABASE_URL:-}" ]; then
  echo "QC_HOME and QC_DATABASE_URL have to be set." >&2
  exit 2
fi
folder=$QC_HOME/backups
mkdir -p "$folder"
partial=$folder/.partial.$$
trap 'rm -f "$partial"' EXIT
pg_dump --format=custom --file="$partial" --dbname="$QC_DATABASE_URL"
# A file that cannot be listed is no backup.
tables=$(pg_restore --list "$partial" | grep -c 'TABLE DATA')
backup=$folder/qc-$(date -u +%Y%m%dT%H%M%SZ)-$$.dump
mv "$partial" "$backup"
echo "backup: $backup"
echo "holds $tables tables in $(wc -c <"$backup" | tr -d ' ') bytes"
