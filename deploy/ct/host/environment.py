"""The environment variables of a process on this host: the settings, and the secrets as files."""

import os
from collections.abc import Mapping
from pathlib import Path

from deploy.ct.keys import KEYS, PUT_BACK, digest
from deploy.ct.outcome import Exit, Stopped
from deploy.ct.settings import Settings

LOGINS = {"migrate": "owner", "feed": "feed", "settler": "settler", "backup": "backup"}
"""The database login of a service; all others have that of the application."""
STORES = (*(f"database_url_{login}" for login in ("app", *LOGINS.values())), "redis_queue_url", "redis_cache_url")
"""The secrets that the operator of a host gives: the stores are theirs."""
GIVEN = ("email_url", "email_api_key", "btcpay_api_key", "btcpay_webhook_secret")
INHERITED = ("PATH", "LANG", "LC_ALL", "TZ", "HOME", "PYTHONWARNINGS")


def environment(settings: Settings, service: str) -> dict[str, str]:
    """Returns the variables of a service. Raises Stopped if a URL of a store, or a key, is missing."""
    secrets = settings.state / "secrets"
    login = LOGINS.get(service, "app")
    named = {
        "DATABASE_URL": f"database_url_{login}",
        "REDIS_URL": "redis_queue_url",
        "REDIS_CACHE_URL": "redis_cache_url",
    }
    if service == "backup":  # it tries each week whether a backup restores, as in containers
        named["RESTORE_DATABASE_URL"] = f"database_url_{LOGINS['migrate']}"
    for file in named.values():
        if not is_filled(secrets / file):
            raise Stopped(f"{secrets / file} is missing: write the URL into it (docs/deployment.md)", Exit.USAGE)
    for file in KEYS:
        if not is_filled(secrets / file):
            raise Stopped(f"{secrets / file} is missing: {PUT_BACK}", Exit.USAGE)
    named |= {name.upper(): name for name in KEYS} | {name.upper(): name for name in GIVEN if is_filled(secrets / name)}
    return {
        **{name: os.environ[name] for name in INHERITED if name in os.environ},
        **_chosen(settings.variables),
        **{f"{name}_FILE": str(secrets / file) for name, file in named.items()},
        "PYTHONUNBUFFERED": "1",
        "DJANGO_DEBUG": settings.get("DJANGO_DEBUG", "0"),
        "TRUSTED_PROXIES": "127.0.0.1/32",
        "STATIC_KEPT_DIR": str(settings.state / "kept-static"),
        "BACKUP_DIR": settings.get("BACKUP_DIR", str(settings.state / "backups")),
    }


def fingerprint(variables: Mapping[str, str]) -> str:
    """Returns a digest of a service's variables, with the secrets that they name: other ones need a new process."""
    told = {name: value for name, value in variables.items() if name not in INHERITED}
    files = {name: Path(value) for name, value in told.items() if name.endswith("_FILE")}
    return digest(told | {name: path.read_text(encoding="utf-8") for name, path in files.items() if path.exists()})


def _chosen(variables: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in variables.items() if value and not name.startswith("CT_")}


def is_filled(path: Path) -> bool:
    """Whether a secret is there. Raises Stopped if it is no text."""
    try:
        return path.exists() and bool(path.read_text(encoding="utf-8").strip())
    except UnicodeDecodeError as error:
        raise Stopped(f"{path} is no text: {error}", Exit.USAGE) from error
