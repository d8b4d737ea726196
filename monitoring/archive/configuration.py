"""The settings without secrets, by a list of those that may be shown: a new setting isn't in it by itself."""

import json
import platform
from urllib.parse import urlsplit, urlunsplit

import django
from django.conf import settings

from monitoring.archive.release import program_commit, program_version

SHOWN = (
    "DEBUG", "SITE_URL", "ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "DATABASE_ROLE_PREFIX", "EMAIL_BACKEND",
    "DEFAULT_FROM_EMAIL", "REAL_CURRENCIES", "BTCPAY_URL", "BTCPAY_STORE", "SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS",
    "TRUSTED_PROXIES", "METRICS_NETWORKS", "ADMIN_MFA_REQUIRED", "RATES_A_MINUTE", "SOCKETS_PER_ADDRESS",
    "SOCKETS_PER_PERSON", "MFA_TOTP_ISSUER", "BACKUP_DIR", "BACKUP_AT", "BACKUP_TIME_ZONE", "BACKUP_KEEP_SECONDS",
    "BACKUP_AGE_RECIPIENTS", "BACKUP_COPY_TO", "PG_BIN_DIR",
)  # fmt: skip
SECRETS = ("SECRET_KEY", "JWT_SECRET", "ENCRYPTION_KEYS", "DATABASE_URL", "REDIS_URL", "EMAIL_URL", "EMAIL_API_KEY")
"""The variables with secrets: their names, for the reader who has to find their values."""


def write_configuration() -> bytes:
    """Returns the text of `configuration.json`."""
    database = settings.DATABASES["default"]
    members = {
        "program": {"version": program_version(), "commit": program_commit()},
        "python": platform.python_version(),
        "django": django.get_version(),
        "database": {name.lower(): database[name] for name in ("HOST", "PORT", "NAME", "USER")},
        "redis": without_password(settings.REDIS_URL),
        "settings": {name: getattr(settings, name, None) for name in SHOWN},
        "secrets": SECRETS,
    }
    return (json.dumps(members, default=str, indent=1, ensure_ascii=False) + "\n").encode()


def without_password(url: str) -> str:
    """Returns the URL without its user and password."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
