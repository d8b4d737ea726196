#!/bin/sh
# Makes the logins of docs/decisions/0024 with the passwords of the secret files, and gives the database to its owner.
# The server runs it on an empty volume; `ct up` runs it again each time, so that a changed password takes effect.
# Passwords stand in no command line: psql reads the files itself.
set -eu
psql --quiet --no-psqlrc --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname "${POSTGRES_DB:-cryptotrader}" <<'SQL'
SET client_min_messages = warning;
SET log_statement = 'none';
SET log_min_error_statement = 'panic';
\set owner_password `cat /run/secrets/postgres_owner_password`
\set app_password `cat /run/secrets/postgres_app_password`
\set feed_password `cat /run/secrets/postgres_feed_password`
\set settler_password `cat /run/secrets/postgres_settler_password`
\set monitor_password `cat /run/secrets/postgres_monitor_password`
\set backup_password `cat /run/secrets/postgres_backup_password`
SELECT format('CREATE ROLE %I LOGIN', name) FROM unnest(ARRAY[
    'cryptotrader_owner', 'cryptotrader_app', 'cryptotrader_feed', 'cryptotrader_settler', 'cryptotrader_backup',
    'cryptotrader_monitor'
]) AS name WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec
ALTER ROLE cryptotrader_owner PASSWORD :'owner_password';
ALTER ROLE cryptotrader_app PASSWORD :'app_password';
ALTER ROLE cryptotrader_feed PASSWORD :'feed_password';
ALTER ROLE cryptotrader_settler PASSWORD :'settler_password';
ALTER ROLE cryptotrader_backup PASSWORD :'backup_password';
GRANT pg_read_all_data TO cryptotrader_backup;
-- A drill restores into a database of its own beside the site's. Only the backup's process has the owner's password.
ALTER ROLE cryptotrader_owner CREATEDB;
GRANT pg_signal_backend TO cryptotrader_owner;
-- It reads the server's statistics, and can't enter the platform's database.
ALTER ROLE cryptotrader_monitor PASSWORD :'monitor_password';
GRANT pg_monitor TO cryptotrader_monitor;
SELECT format('ALTER DATABASE %I OWNER TO cryptotrader_owner', current_database()) \gexec
SELECT format('GRANT CONNECT ON DATABASE %I TO cryptotrader_backup', current_database()) \gexec
ALTER SCHEMA public OWNER TO cryptotrader_owner;
SQL
# With an archive of the log (compose.archive.yml), the backup's process copies the server's files and ends a piece of it.
if [ "${WAL_ARCHIVE:-off}" = on ]; then
    rights='ALTER ROLE cryptotrader_owner REPLICATION; GRANT EXECUTE ON FUNCTION pg_switch_wal() TO cryptotrader_owner'
else
    rights='ALTER ROLE cryptotrader_owner NOREPLICATION; REVOKE EXECUTE ON FUNCTION pg_switch_wal() FROM cryptotrader_owner'
fi
psql --quiet --no-psqlrc --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres \
    --command "$rights"
