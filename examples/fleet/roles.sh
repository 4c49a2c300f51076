#!/bin/sh
# The logins of docs/fleet.md and their database, made once on an empty PostgreSQL by its administrator.
set -eu
psql -v ON_ERROR_STOP=1 -U "${POSTGRES_USER:-postgres}" -d postgres \
    -v owner_password="$OWNER_PASSWORD" -v worker_password="$WORKER_PASSWORD" <<'SQL'
CREATE ROLE followup_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE followup_worker NOLOGIN;
CREATE ROLE night_shift LOGIN PASSWORD :'worker_password' IN ROLE followup_worker;
CREATE DATABASE followup OWNER followup_owner;
SQL
