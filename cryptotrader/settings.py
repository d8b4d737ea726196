"""The one settings file. Every value that differs between places comes from the environment (see .env.example)."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django_stubs_ext
from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from accounts.domain.money import SCALES
from cryptotrader import env, env_servers, mail
from cryptotrader.configuration.auth import *  # noqa: F403  (ACCOUNT_…, MFA_… and HEADLESS_…)
from cryptotrader.configuration.backup import *  # noqa: F403  (BACKUP_… and PG_BIN_DIR)
from cryptotrader.configuration.health import *  # noqa: F403  (HEALTH_… and KEEP_…)
from cryptotrader.configuration.log import *  # noqa: F403  (LOGGING and LOG_…)
from cryptotrader.configuration.metrics import *  # noqa: F403  (METRICS_… and PROMETHEUS_…)
from cryptotrader.configuration.recovery import *  # noqa: F403  (RESTORE_DATABASE and the archive of the log)
from cryptotrader.configuration.rest import *  # noqa: F403  (REST_FRAMEWORK, rates and sizes of requests)
from cryptotrader.middleware import proxies

django_stubs_ext.monkeypatch()  # allows `ModelAdmin[User]` for the type checker

BASE_DIR = Path(__file__).resolve().parent.parent

DEBUG = env.flag("DJANGO_DEBUG")
SECRET_KEY = env.text("SECRET_KEY")
JWT_SECRET = env.text("JWT_SECRET")
ENCRYPTION_KEYS = env.secrets("ENCRYPTION_KEYS")
# The one origin: links in mails, the issuer of proofs, passkeys. A request's Host decides none of them.
SITE_URL = env.origin("SITE_URL", "http://127.0.0.1:8000" if DEBUG else None)
SITE = urlsplit(SITE_URL)
ALLOWED_HOSTS = [*env.words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]"), SITE.netloc.removesuffix(f":{SITE.port}")]
CSRF_TRUSTED_ORIGINS = [*env.origins("CSRF_TRUSTED_ORIGINS"), SITE_URL]

INSTALLED_APPS = [
    "cryptotrader",  # first: its commands come before those of the libraries
    "cryptotrader.admin.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "channels",
    "rest_framework",
    "drf_spectacular",
    "corsheaders",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.headless",
    "pgtrigger",
    "pghistory",
    "csp",
    "django_prometheus",
    "accounts",
    "trading",
    "monitoring",
]

MIDDLEWARE = [
    "cryptotrader.middleware.request_lines.RequestLineMiddleware",  # first: each request has its line and its id
    "cryptotrader.middleware.proxies.ProxyMiddleware",  # everything after it reads the client's address
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "cryptotrader.metering.answers.AnswersMiddleware",  # before everything that answers instead of a view
    "cryptotrader.requests.reading.ReadingMiddleware",  # before everything that reads the request
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "corsheaders.middleware.CorsMiddleware",  # around the refusals too: a page may read them
    "django.middleware.http.ConditionalGetMiddleware",  # an ETag for everything that may be stored
    "accounts.web.privacy.NoStoreMiddleware",
    "cryptotrader.requests.floods.FloodMiddleware",  # static files don't count
    "cryptotrader.middleware.programs.Policy",
    "cryptotrader.middleware.bulkhead.BulkheadMiddleware",  # before the first that reads the database
    "cryptotrader.middleware.programs.ProgramMiddleware",  # programs pass by some of those that follow
    "cryptotrader.middleware.programs.Sessions",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "cryptotrader.middleware.programs.Logins",
    "cryptotrader.middleware.programs.Preferences",
    "cryptotrader.middleware.programs.Messages",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "cryptotrader.problems.RefusalMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "cryptotrader.middleware.programs.Presence",
    "accounts.web.access.audit_context.AuditContextMiddleware",
    "cryptotrader.requests.allauth_problems.AllauthProblemsMiddleware",
]

ROOT_URLCONF = "cryptotrader.urls"
WSGI_APPLICATION = "cryptotrader.wsgi.application"
ASGI_APPLICATION = "cryptotrader.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.web.ledger.books.header",
                "accounts.web.people.announced.announcements",
            ],
            "libraries": {"office": "cryptotrader.office.tags", "tables": "cryptotrader.tables"},
        },
    },
]

# `migrate` and `grant_roles` give these logins their rights: PREFIX_app, PREFIX_feed and PREFIX_settler.
DATABASE_ROLE_PREFIX = env.matching("DATABASE_ROLE_PREFIX", "cryptotrader", "[a-z_][a-z0-9_]{0,39}", "cryptotrader")
# Database: each use-case service opens its own transaction, so ATOMIC_REQUESTS stays off.
DATABASES: dict[str, Any] = {"default": env_servers.connected("DATABASE_URL", DATABASE_ROLE_PREFIX)}
if env.text("REPLICA_URL", ""):  # for reads that may be late: accounts/late_reads.py
    DATABASES["replica"] = env_servers.connected("REPLICA_URL", DATABASE_ROLE_PREFIX, read_only=True)
PGHISTORY_JSON_ENCODER = "accounts.web.access.audit_context.ContextEncoder"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Redis: PostgreSQL can rebuild everything in it. Cache and queue never share a database, nor in production a server.
REDIS_URL = env_servers.redis("REDIS_URL", 0)
REDIS_SECONDS_MAX = 0.25
"""Short: a Redis that hangs must not delay a request, nor the feed its next price. The database has all the data."""
CACHES = {
    "default": env_servers.cache(
        env_servers.redis("REDIS_CACHE_URL", 0),
        {"SOCKET_CONNECT_TIMEOUT": REDIS_SECONDS_MAX, "SOCKET_TIMEOUT": REDIS_SECONDS_MAX},
    )
}
CSRF_FAILURE_VIEW = "cryptotrader.problems.csrf_failure"

REDIS_QUEUE_URL = env_servers.redis("REDIS_QUEUE_URL", 1)
CELERY_BROKER_URL, CELERY_BROKER_TRANSPORT_OPTIONS = env_servers.broker(
    REDIS_QUEUE_URL, {"socket_timeout": 5, "socket_connect_timeout": 2}
)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# The sweep finds the work of a failed publish. kombu itself would try for six seconds more, in somebody's request.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_TRANSPORT_OPTIONS |= {"max_retries": 1, "interval_start": 0, "interval_step": 0, "interval_max": 0}
CELERY_TIMEZONE = "UTC"

# Users
AUTH_USER_MODEL = "accounts.User"
SILENCED_SYSTEM_CHECKS = ["auth.W004"]  # a constraint on lower(email) makes emails unique in every case
AUTHENTICATION_BACKENDS = ["accounts.web.access.backend.PasswordBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "accounts.web.access.backend.SpellingValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"

# Mail
DEFAULT_FROM_EMAIL = env.matching(
    "EMAIL_FROM",
    "cryptotrader <no-reply@localhost>",
    r"[^<>@\r\n]*<[^<>@\s]+@[^<>@\s]+>|[^<>@\s]+@[^<>@\s]+",
    "Flash <mail@flash.example>",
)
MAIL_DIR = env.text("MAIL_DIR", str(BASE_DIR / "var" / "mail"))
vars().update(mail.configuration())  # EMAIL_BACKEND and its settings

# Real money: allowed in these currencies only. Empty: demo money only.
REAL_CURRENCIES = env.choices("REAL_CURRENCIES", SCALES)

# The payment provider for deposits of real money, beside staff
BTCPAY_URL = env.matching("BTCPAY_URL", "", r"(https?://[^\s/?#]+(/[^\s?#]*)?)?", "https://pay.example")
BTCPAY_STORE = env.text("BTCPAY_STORE", "")
BTCPAY_API_KEY, BTCPAY_WEBHOOK_SECRET = env.text("BTCPAY_API_KEY", ""), env.text("BTCPAY_WEBHOOK_SECRET", "")

# Languages and times: stored in UTC, shown in the trader's own zone.
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("ko", _("Korean"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"

# Static files
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "cryptotrader.static.HashedStaticFilesStorage"
    },
}

# Headers
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}
SECURE_SSL_REDIRECT = env.flag("SECURE_SSL_REDIRECT", not DEBUG)
SECURE_SSL_HOST = SITE.netloc if SITE.scheme == "https" else None
SECURE_REDIRECT_EXEMPT = [r"^(api/)?health(/|$)", r"^(api/)?metrics$"]
# X-Forwarded-For and X-Forwarded-Proto count only from these: see cryptotrader/middleware/proxies.py.
TRUSTED_PROXIES = env.networks("TRUSTED_PROXIES")
SECURE_PROXY_SSL_HEADER = (proxies.SCHEME, "https")
SECURE_HSTS_SECONDS = env.integer("SECURE_HSTS_SECONDS", 31_536_000) * (not DEBUG)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not DEBUG
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
