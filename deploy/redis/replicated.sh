#!/bin/sh
# Starts a server of the queue in the part that the sentinels gave it last; the first time, in that of FOLLOWS.
set -eu
kept=/data/server.conf
part=${FOLLOWS:+replicaof $FOLLOWS 6379}
[ ! -e "$kept" ] || part=$(grep '^replicaof ' "$kept" || true)
{ cat /run/secrets/redis_queue_node; printf 'replica-announce-ip %s\n%s\n' "$NAME" "$part"; } > "$kept.new"
mv "$kept.new" "$kept"
exec redis-server "$kept"
