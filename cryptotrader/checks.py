"""`manage.py check --deploy`: reports settings that are unsafe on the open internet as errors.

`manage.py migrate` also checks that it knows the database.
"""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as Caution
from django.db import Error as DatabaseError
from django.db import connection

from accounts.site import domain
from cryptotrader.start.commands import BadSetting, Place
from monitoring.recovery.unknown_migrations import told, unknown_migrations
from monitoring.services.find_role_faults import find_role_faults, owns_the_tables
from monitoring.services.grant_roles import roles_missing

SECRET_BYTES_MIN = 32
ENCODING = "SELECT datname, pg_encoding_to_char(encoding) FROM pg_database WHERE datname = current_database()"
NOT_SENT = ("cryptotrader.mail.FileBackend", "django.core.mail.backends.console.EmailBackend")


@register(Tags.security, deploy=True)
def check_deployment(app_configs: Sequence[Any] | None, **_: object) -> list[CheckMessage]:
    """Returns the unsafe settings in production, and those by which no server would start, each with its remedy."""
    return [*_secrets(), *_mail(), *_reach(), *_payments(), *_processes()]


@register(Tags.database, deploy=True)
def check_logins(databases: Sequence[str] | None, **_: object) -> list[CheckMessage]:
    """Checks that the database limits this process to its own work: `check --deploy --database default`."""
    if not databases:
        return []
    try:
        return list(_logins())
    except DatabaseError as error:
        return [Error(f"The database doesn't answer: {error}", hint="See DATABASE_URL.", id="cryptotrader.E010")]


@register(Tags.database)
def check_migrations(databases: Sequence[str] | None, **_: object) -> list[CheckMessage]:
    """Whether this program knows all migrations of the database: `migrate` asks before it begins."""
    try:
        unknown = unknown_migrations() if databases else []
    except DatabaseError:  # `migrate`, or the check of the logins, says so itself
        return []
    hint = "Run that version, or name an empty database in DATABASE_URL: see Upgrading in docs/runbook.md."
    return [Error(told(unknown), hint=hint, id="cryptotrader.E012")] if unknown else []


@register(Tags.database, deploy=True)
def check_encoding(databases: Sequence[str] | None, **_: object) -> list[CheckMessage]:
    """Whether the database stores texts as UTF-8: another encoding refuses letters, or doesn't know where one ends."""
    if not databases:
        return []
    try:
        with connection.cursor() as cursor:
            cursor.execute(ENCODING)
            name, encoding = cursor.fetchone()
    except DatabaseError:  # the check of the logins says so itself
        return []
    hint = f"Make one with ENCODING 'UTF8' TEMPLATE template0, and move {name} there: pg_dump, then pg_restore."
    told = f"The database {name} has the encoding {encoding} instead of UTF8"
    return [] if encoding == "UTF8" else [Error(told, hint=hint, id="cryptotrader.E014")]


def _logins() -> Iterator[CheckMessage]:
    hint = "Give each process the DATABASE_URL of its own login: see Database logins in docs/runbook.md."
    if owns_the_tables():
        text = "This login of the database owns the tables: it could take down the guards of prices and outcomes"
        yield Caution(text, hint=hint, id="cryptotrader.W002")
    if missing := roles_missing():
        yield Caution(f"The database has no logins {', '.join(missing)}", hint=hint, id="cryptotrader.W003")
    elif faults := find_role_faults():
        hint = "Run `manage.py grant_roles --check`, then `manage.py grant_roles` as the tables' owner."
        yield Error(
            f"The database grants {len(faults)} rights that differ from the list", hint=hint, id="cryptotrader.E011"
        )


def _secrets() -> Iterator[CheckMessage]:
    if settings.DEBUG:
        yield Error("DJANGO_DEBUG is on", hint="Set DJANGO_DEBUG=0.", id="cryptotrader.E001")
    secrets = {
        "SECRET_KEY": settings.SECRET_KEY,
        "JWT_SECRET": settings.HEADLESS_JWT_PRIVATE_KEY,
        **{f"ENCRYPTION_KEYS[{n}]": key for n, key in enumerate(settings.ENCRYPTION_KEYS)},
    }
    for name, secret in secrets.items():
        if len(secret.encode()) < SECRET_BYTES_MIN:
            hint = "python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
            yield Error(f"{name} has fewer than {SECRET_BYTES_MIN} bytes", hint=hint, id="cryptotrader.E002")
    if len(set(secrets.values())) < len(secrets):
        yield Error("Two secrets are the same", hint="Give each a value of its own.", id="cryptotrader.E003")


def _mail() -> Iterator[CheckMessage]:
    if settings.EMAIL_BACKEND in NOT_SENT:
        hint = "Nobody could sign up. Set EMAIL_PROVIDER and its variables: see .env.example."
        yield Error("Mails are not sent", hint=hint, id="cryptotrader.E004")
    if settings.DEFAULT_FROM_EMAIL.rstrip(">").endswith("@localhost"):
        yield Error("Mails come from localhost", hint="Set EMAIL_FROM.", id="cryptotrader.E005")


def _reach() -> Iterator[CheckMessage]:
    if "*" in settings.ALLOWED_HOSTS:
        yield Error(
            "ALLOWED_HOSTS lets a caller choose the links in mails", hint="Name your own hosts.", id="cryptotrader.E006"
        )
    if not settings.SITE_URL.startswith("https://") or domain() in (None, "localhost"):
        hint = "Passkeys, secure cookies and the links in mails need it: https://your.domain"
        yield Error("SITE_URL is not the https address of a domain", hint=hint, id="cryptotrader.E013")
    for name in ("TRUSTED_PROXIES", "METRICS_NETWORKS"):
        if any(network.prefixlen == 0 for network in getattr(settings, name)):
            yield Error(f"{name} contains every address", hint="Name your own networks.", id="cryptotrader.E007")
    if not settings.ADMIN_MFA_REQUIRED:
        hint = "Unset ADMIN_MFA_REQUIRED."
        yield Caution("Staff sign in with a password alone", hint=hint, id="cryptotrader.W001")


def _payments() -> Iterator[CheckMessage]:
    given = [settings.BTCPAY_URL, settings.BTCPAY_STORE, settings.BTCPAY_API_KEY, settings.BTCPAY_WEBHOOK_SECRET]
    if any(given) and not all(given):
        hint = "Set all of BTCPAY_URL, BTCPAY_STORE, BTCPAY_API_KEY and BTCPAY_WEBHOOK_SECRET, or none."
        yield Error("BTCPay Server is set up in part", hint=hint, id="cryptotrader.E008")
    if settings.BTCPAY_URL and not settings.BTCPAY_URL.startswith("https://"):
        hint = "Its answers decide on money, and the API key goes there: use https."
        yield Error("BTCPAY_URL is not encrypted", hint=hint, id="cryptotrader.E009")


def _processes() -> Iterator[CheckMessage]:
    try:
        Place.of(os.environ, Path())
    except BadSetting as error:
        yield Error(str(error), hint="No process would start with it: see .env.example.", id="cryptotrader.E015")
