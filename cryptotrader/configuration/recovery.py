"""The settings of recovery. `settings.py` imports all of them; docs/runbook.md explains them."""

from cryptotrader import env, env_servers

RESTORE_DATABASE = env_servers.database("RESTORE_DATABASE_URL") if env.text("RESTORE_DATABASE_URL", "") else None
"""The site's database with a login that may make and rename databases; None: DATABASE_URL's login may."""

WAL_ARCHIVE_DIR = env.text("WAL_ARCHIVE_DIR", "")
"""The archive of the write-ahead log that this program keeps: `wal` and `base`. Empty: it keeps none."""

BASE_BACKUPS_KEPT = env.integer("BASE_BACKUPS_KEPT", 2)
"""With the log since the earliest of them."""
