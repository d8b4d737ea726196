#!/bin/sh
# Starts PostgreSQL's image with an archive of its log. Two containers mount the volume: this one writes the log, that of
# backups (1001) reads and removes it and keeps the base backups beside it. Nobody else has a way in.
set -eu
install -d -o 1001 -g postgres -m 0750 /srv/archive
install -d -o 1001 -g postgres -m 0770 /srv/archive/wal
install -d -o 1001 -g postgres -m 0700 /srv/archive/base
# The server's files are copied over the network by the owner's login, and by no other.
exec docker-entrypoint.sh "$@" \
    -c archive_mode=on -c "archive_timeout=${ARCHIVE_TIMEOUT:-5min}" \
    -c 'archive_command=sh /etc/postgres-archive/archive.sh "%p" "%f"' \
    -c hba_file=/etc/postgres-archive/pg_hba.conf
