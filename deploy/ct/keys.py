"""The secrets of an environment: made once, each in a file of its own, which containers get as a mount."""

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path

from deploy.ct import failover, files
from deploy.ct.outcome import Exit, Stopped

KEYS = ("secret_key", "jwt_secret", "encryption_keys")
LOGINS = ("owner", "app", "feed", "settler", "backup", "monitor")
REDISES = ("cache", "queue")
OTHERS = ("grafana_password", "fluentd_key")
GIVEN = ("email_url", "email_api_key", "btcpay_api_key", "btcpay_webhook_secret", "backup_passphrase", "backup_ssh_key")
"""Secrets that others give to the operator. Their files are empty until then."""

_URLS = (*(f"database_url_{login}" for login in LOGINS), *(f"redis_{name}_url" for name in REDISES))
_PASSWORDS = tuple(f"postgres_{login}_password" for login in LOGINS)
MOUNTS: Mapping[str, tuple[str, ...]] = {
    "CT_SECRETS": (*KEYS, *GIVEN, *_URLS),
    "CT_SECRETS_POSTGRES": ("postgres_password", *_PASSWORDS),
    "CT_SECRETS_CACHE": ("postgres_password", "redis_cache_auth", "redis_cache_password"),
    "CT_SECRETS_QUEUE": ("postgres_password", "redis_queue_auth", "redis_queue_password"),
    "CT_SECRETS_WATCH": ("postgres_password", "postgres_monitor_password", "redis_passwords", *OTHERS),
}
"""What the containers with each label have as mounts, of the platform, of each store, and of what watches them.

A container keeps the file that it began with, so another value needs a new one. Each has a secret that `ct` has made.
"""

KEY_LENGTH_MIN = 32
PUT_BACK = "put it back from your backup: another one opens nothing of what it has sealed (docs/runbook.md, A key)"

READABLE = 0o644
"""By the numeric users of containers; on the host, the directory lets nobody but its owner in, who writes new ones."""


def keep_secrets(
    directory: Path,
    *,
    database: str = "postgres:5432",
    redis: str = "redis-{name}:6379",
    ha: bool = False,
    deployed: bool = False,
) -> list[str]:
    """Makes the missing secrets, and the URLs that follow from them. Returns the names of the new ones.

    `deployed`: the platform has served with its keys. Raises Stopped if one is missing or short.
    `ha`: also those of stores that stand in for one another, and the URLs that lead to them.

    To change a secret, write another value into its file and run `ct up` again.
    """
    _begin(directory, deployed=deployed)
    passwords = [f"postgres_{login}_password" for login in LOGINS] + [f"redis_{name}_password" for name in REDISES]
    passwords += failover.PASSWORDS if ha else ()
    made = [name for name in (*KEYS, *OTHERS, "postgres_password", *passwords) if _make(directory / name)]
    for name in GIVEN:
        if not (directory / name).exists():
            files.write(directory / name, "", READABLE)
    for name, value in _derived(directory, database, redis, ha).items():
        files.write(directory / name, value, READABLE)
    return made


def keep_keys(directory: Path, *, deployed: bool) -> list[str]:
    """Makes the missing keys of the application alone: the stores are others' here. Returns the names of new ones.

    `deployed`: the platform has served with them. Raises Stopped if one is missing or short.
    """
    _begin(directory, deployed=deployed)
    return [name for name in KEYS if _make(directory / name)]


def is_key(path: Path) -> bool:
    """Whether a file has a key, or password, that is long enough."""
    return path.exists() and len(path.read_text(encoding="utf-8").strip()) >= KEY_LENGTH_MIN


def _begin(directory: Path, *, deployed: bool) -> None:
    for path in (directory / name for name in KEYS):
        if deployed and not is_key(path):
            raise Stopped(f"{path} is missing or short: {PUT_BACK}", Exit.USAGE)
    files.private(directory)


def digest(values: Mapping[str, str]) -> str:
    """Returns by what a process was started, so that another value is noticed.

    A secret that `ct` has made has to be among the values: so nobody can try out a password by the digest alone.
    """
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]


def digests(directory: Path) -> dict[str, str]:
    """Returns the label of each group of containers, a digest of its mounts; empty if there is nothing yet."""
    return {label: _digest_of_files(directory, names) for label, names in MOUNTS.items()}


def _digest_of_files(directory: Path, names: Sequence[str]) -> str:
    found = {name: (directory / name).read_text(encoding="utf-8") for name in names if (directory / name).exists()}
    return digest(found) if found else ""


def mounted(directory: Path) -> list[Path]:
    """Returns the files without which a container of the platform doesn't start again."""
    return [directory / name for name in MOUNTS["CT_SECRETS"]]


def _make(path: Path) -> bool:
    if path.exists() and path.read_text(encoding="utf-8").strip():
        path.chmod(READABLE)
        return False
    return files.write(path, secrets.token_urlsafe(48), READABLE)


def _derived(directory: Path, database: str, redis: str, ha: bool) -> Mapping[str, str]:
    def secret(name: str) -> str:
        return (directory / name).read_text(encoding="utf-8").strip()

    found: dict[str, str] = {}
    for login in LOGINS:
        password = secret(f"postgres_{login}_password")
        found[f"database_url_{login}"] = f"postgresql://cryptotrader_{login}:{password}@{database}/cryptotrader"
    for name in REDISES:
        password = secret(f"redis_{name}_password")
        found[f"redis_{name}_auth"] = f"requirepass {password}\n"
        found[f"redis_{name}_url"] = f"redis://:{password}@{redis.format(name=name)}"
    servers = {f"redis://{redis.format(name=name)}": secret(f"redis_{name}_password") for name in REDISES}
    found["redis_passwords"] = json.dumps(servers)
    return found | (failover.secrets(secret, found) if ha else {})
