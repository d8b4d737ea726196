"""The settings of backups. `settings.py` imports all of them; docs/runbook.md explains them."""

from pathlib import Path

from cryptotrader import env, env_servers

BACKUP_DIR = env.text("BACKUP_DIR", str(Path(__file__).resolve().parents[2] / "var" / "backups"))
PG_BIN_DIR = env.text("PG_BIN_DIR", "")
BACKUP_REDIS_URL = env_servers.redis("REDIS_QUEUE_URL", 0)
"""The Redis that keeps its data: a cache of its own may forget them."""

BACKUP_AT = env.time_of_day("BACKUP_AT", "02:00")
"""None: no backup by the beat."""

BACKUP_TIME_ZONE = env.time_zone("BACKUP_TIME_ZONE", "UTC")
BACKUP_KEEP_SECONDS = env.seconds("BACKUP_KEEP", "7d")

# A backup is encrypted for these age recipients (public keys), or with a passphrase; not both.
_KEY = r"\s*(age1[0-9a-z]{50,}|ssh-(ed25519|rsa) [^,\s]+( [^,]*)?)\s*"
env.matching("BACKUP_AGE_RECIPIENTS", "", f"({_KEY}(,{_KEY})*)?", "age1… or ssh-ed25519 …, with commas between several")
BACKUP_AGE_RECIPIENTS = tuple(env.words("BACKUP_AGE_RECIPIENTS"))
BACKUP_PASSPHRASE = env.text("BACKUP_PASSPHRASE", "")

# s3://bucket/folder or sftp://user@host/folder. S3's credentials are those of every AWS program.
BACKUP_COPY_TO = env.storage("BACKUP_COPY_TO")
BACKUP_SSH_KEY = env.text("BACKUP_SSH_KEY", "")
BACKUP_SSH_KNOWN_HOSTS = env.text("BACKUP_SSH_KNOWN_HOSTS", "")
