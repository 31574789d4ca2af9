#!/bin/sh
# Run once by the image of PostgreSQL, on an empty volume: an account that owns its database and passes no wall.
set -eu
psql --no-psqlrc -v ON_ERROR_STOP=1 -v word="$DATABASE_PASSWORD" --username "$POSTGRES_USER" --dbname postgres <<'SQL'
CREATE ROLE readiness LOGIN PASSWORD :'word' NOSUPERUSER NOBYPASSRLS;
CREATE DATABASE readiness OWNER readiness;
REVOKE ALL ON DATABASE readiness FROM PUBLIC;
SQL
