#!/usr/bin/env bash
# Run once by the database's own set-up: a database and a role per room. No role may enter another's database.
set -euo pipefail
for room in capture qualify router nurture fulfillment analytics; do
    variable=${room^^}_DATABASE_PASSWORD
    psql --quiet -v ON_ERROR_STOP=1 -v room="$room" -v password="${!variable:?}" \
        -U "${POSTGRES_USER:-postgres}" -d postgres <<'SQL'
CREATE ROLE :"room" LOGIN PASSWORD :'password';
CREATE DATABASE :"room" OWNER :"room";
REVOKE ALL ON DATABASE :"room" FROM PUBLIC;
SQL
done
