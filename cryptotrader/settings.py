"""The one settings file. Every value that differs between places comes from the environment (see .env.example)."""

from pathlib import Path
from typing import Any

import django_stubs_ext
from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from accounts.domain.money import SCALES
from cryptotrader import env, logs, mail, program, proxies
from cryptotrader.auth_settings import *  # noqa: F403  (ACCOUNT_…, MFA_… and HEADLESS_…)

django_stubs_ext.monkeypatch()  # allows `ModelAdmin[User]` for the type checker

BASE_DIR = Path(__file__).resolve().parent.parent

DEBUG = env.flag("DJANGO_DEBUG")
SECRET_KEY = env.text("SECRET_KEY")
JWT_SECRET = env.text("JWT_SECRET")
ENCRYPTION_KEYS = env.text("ENCRYPTION_KEYS").split(",")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "daphne",  # first: it gives `runserver` its ASGI side
    "cryptotrader.admin.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "channels",
    "rest_framework",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.headless",
    "pgtrigger",
    "pghistory",
    "csp",
    "django_prometheus",
    "django_structlog",
    "accounts",
    "trading",
    "monitoring",
]

MIDDLEWARE = [
    "cryptotrader.proxies.ProxyMiddleware",  # first: everything after it reads the client's address
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.web.people.preferences.PreferencesMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "cryptotrader.problems.RefusalMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.web.access.presence.PresenceMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "accounts.web.access.audit_context.AuditContextMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
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
            ],
            "libraries": {"tables": "cryptotrader.tables"},
        },
    },
]

# Database: each use-case service opens its own transaction, so ATOMIC_REQUESTS stays off.
DATABASES: dict[str, Any] = {
    "default": {
        **env.database(),
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,  # otherwise the first requests after a restart of PostgreSQL get dead connections
        "OPTIONS": {
            "application_name": program.program_name(),
            "pool": {
                "min_size": 1,
                "max_size": env.integer("DATABASE_POOL_SIZE", 20),
                # A request waits this long for a connection; then it gets 503.
                "timeout": env.integer("DATABASE_POOL_WAIT_SECONDS", 5),
                "max_idle": 30,
            },
        },
    }
}
# `migrate` and `grant_roles` give these logins their rights: PREFIX_app, PREFIX_feed and PREFIX_settler.
DATABASE_ROLE_PREFIX = env.text("DATABASE_ROLE_PREFIX", "cryptotrader")
PGHISTORY_JSON_ENCODER = "accounts.web.access.audit_context.ContextEncoder"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Redis: PostgreSQL can rebuild everything in it. Cache and queue never share a database.
REDIS_URL = env.text("REDIS_URL")
REDIS_SECONDS_MAX = 0.25
"""Short: a Redis that hangs must not delay a request, nor the feed its next price. The database has all the data."""
CACHES = {
    "default": {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": env.redis("REDIS_URL", 0),
        "OPTIONS": {
            "IGNORE_EXCEPTIONS": True,
            "SOCKET_CONNECT_TIMEOUT": REDIS_SECONDS_MAX,
            "SOCKET_TIMEOUT": REDIS_SECONDS_MAX,
        },
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"  # no copy in Redis: an ended session has ended everywhere
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "cryptotrader.problems.csrf_failure"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEBUG

CELERY_BROKER_URL = env.redis("REDIS_URL", 1)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_timeout": 5, "socket_connect_timeout": 2}
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_PUBLISH_RETRY = False  # the sweep finds the work of a failed publish
CELERY_TIMEZONE = "UTC"

# Users
AUTH_USER_MODEL = "accounts.User"
SILENCED_SYSTEM_CHECKS = ["auth.W004"]  # a constraint on lower(email) makes emails unique in every case
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"

# Mail
DEFAULT_FROM_EMAIL = env.text("EMAIL_FROM", "cryptotrader <no-reply@localhost>")
MAIL_DIR = env.text("MAIL_DIR", str(BASE_DIR / "var" / "mail"))
vars().update(mail.configuration(debug=DEBUG))  # EMAIL_BACKEND and its settings

# Real money: allowed in these currencies only. Empty: demo money only.
REAL_CURRENCIES = env.choices("REAL_CURRENCIES", SCALES)

# REST
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.rest.authentication.BearerAuthentication",
        "accounts.rest.authentication.SignatureAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.rest.permissions.ScopedAccess"],
    "DEFAULT_PARSER_CLASSES": ["cryptotrader.parsers.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "EXCEPTION_HANDLER": "cryptotrader.problems.handle",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
RATES_A_MINUTE = {"quotes": 300}  # of one person or address; an open ticket sends 28
SOCKETS_PER_ADDRESS = env.integer("SOCKETS_PER_ADDRESS", 300)  # in one process; a person's sockets count for both
SOCKETS_PER_PERSON = env.integer("SOCKETS_PER_PERSON", 50)
DATA_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024

# The payment provider for deposits of real money, beside staff
BTCPAY_URL, BTCPAY_STORE = env.text("BTCPAY_URL", ""), env.text("BTCPAY_STORE", "")
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
SECURE_REDIRECT_EXEMPT = [r"^api/health", r"^(api/)?metrics$"]
# X-Forwarded-For and X-Forwarded-Proto count only from these: see cryptotrader/proxies.py.
TRUSTED_PROXIES = env.networks("TRUSTED_PROXIES")
SECURE_PROXY_SSL_HEADER = (proxies.SCHEME, "https")
IPWARE_META_PRECEDENCE_ORDER = ("REMOTE_ADDR",)  # django-structlog's: logs don't trust a client's header either
SECURE_HSTS_SECONDS = 0 if DEBUG else env.integer("SECURE_HSTS_SECONDS", 31_536_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not DEBUG
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# Health probes and metrics answer to these addresses only, and never through a proxy.
METRICS_NETWORKS = env.networks("METRICS_NETWORKS", "127.0.0.0/8,::1/128")
PROMETHEUS_EXPORT_MIGRATIONS = False

# Logs
DJANGO_STRUCTLOG_STATUS_4XX_LOG_LEVEL = DJANGO_STRUCTLOG_STATUS_5XX_LOG_LEVEL = logs.INFO  # Django itself tells of them
LOGGING = logs.configuration(readable=DEBUG, level=env.text("LOG_LEVEL", "INFO"))
