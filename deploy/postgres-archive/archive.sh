#!/bin/sh
# Archives one piece of the log: written under another name, synced, renamed, and never over another content. PostgreSQL
# keeps the piece, and tries again, until this ends with 0.
set -eu
wal=${WAL_DIRECTORY:-/srv/archive/wal}
umask 022  # PostgreSQL's own files are for nobody else, and a copy of `cp` would be like them
if [ -e "$wal/$2" ]; then
    exec cmp -s "$1" "$wal/$2"
fi
cat "$1" > "$wal/unfinished"
sync "$wal/unfinished"
mv "$wal/unfinished" "$wal/$2"
sync "$wal"
