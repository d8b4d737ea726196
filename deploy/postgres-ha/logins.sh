#!/bin/sh
# Makes the database and its logins on the primary, which HAProxy knows. `ct up` runs it each time, as for one server.
set -eu
umask 077
printf 'haproxy:5432:*:postgres:%s\n' "$(cat /run/secrets/postgres_password)" > /tmp/logins
export PGHOST=haproxy PGPASSFILE=/tmp/logins
psql --quiet --no-psqlrc --set ON_ERROR_STOP=1 --username postgres --dbname postgres <<'SQL'
SELECT 'CREATE DATABASE cryptotrader' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'cryptotrader') \gexec
SQL
exec sh /docker-entrypoint-initdb.d/10-logins.sh
