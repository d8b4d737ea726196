"""The settings of REST, and the bounds of all requests and sockets. `settings.py` imports all of them."""

from cryptotrader import env

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.rest.authentication.BearerAuthentication",
        "accounts.rest.authentication.SignatureAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.rest.permissions.ScopedAccess"],
    "DEFAULT_THROTTLE_CLASSES": ["accounts.rest.rates.RequestRate"],
    "DEFAULT_PARSER_CLASSES": ["cryptotrader.requests.parsers.StrictJSONParser"],
    "URL_FORMAT_OVERRIDE": None,  # `?format=` is a parameter that no door reads
    "DEFAULT_RENDERER_CLASSES": ["accounts.rest.written.Renderer"],
    "DEFAULT_SCHEMA_CLASS": "cryptotrader.openapi.description.Described",
    "EXCEPTION_HANDLER": "cryptotrader.problems.handle",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "cryptotrader",
    "DESCRIPTION": "Crypto flash trades whose every settlement can be replayed. The guide is at /docs/api.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVERS": [{"url": "/"}],
    "LICENSE": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "PREPROCESSING_HOOKS": ["cryptotrader.openapi.description.without_foreign"],
    "POSTPROCESSING_HOOKS": ["cryptotrader.openapi.description.with_components"],
    "EXTENSIONS_INFO": {},
}
# The address for reports of vulnerabilities, in /.well-known/security.txt; without it there is no such file.
SECURITY_CONTACT = env.matching(
    "SECURITY_CONTACT", "", r"(mailto:[^\s@]+@[^\s@]+|https://[^\s]+)?", "mailto:security@your.domain"
)
# Origins of other sites whose pages may read the API with a credential in a header; no cookie goes with them.
CORS_ALLOWED_ORIGINS = env.origins("CORS_ALLOWED_ORIGINS")
CORS_URLS_REGEX = r"^/(api|_allauth|\.well-known)/"
CORS_ALLOW_CREDENTIALS = False
CORS_ALLOW_METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
CORS_ALLOW_HEADERS = (
    "accept", "accept-language", "authorization", "content-type", "idempotency-key", "if-none-match", "x-api-key",
    "x-timestamp", "x-signature", "x-session-token", "x-request-id",
)  # fmt: skip
CORS_EXPOSE_HEADERS = (
    "etag", "idempotency-replayed", "location", "ratelimit", "ratelimit-policy", "retry-after", "x-request-id",
    "deprecation", "sunset",
)  # fmt: skip
CORS_PREFLIGHT_MAX_AGE = 86_400

RATES_A_MINUTE = env.rates(
    "RATES_A_MINUTE",
    {
        "address": 12_000,  # all requests of an address, static files and probes excepted: many people may share it
        "access": 300,  # of an address, those that can hash a password, check a code or send a mail
        "requests": 6_000,  # REST, of a person with all their keys
        "orders": 1_200,  # of a person with all their keys
        "quotes": 300,  # of a person, or of an address without a login; an open ticket sends 28
    },
)
DATA_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024
BODY_SECONDS_MAX = 20
"""A body must have arrived within this time. Of 64 KiB that is 26 kbit/s."""

SOCKETS_PER_ADDRESS = env.integer("SOCKETS_PER_ADDRESS", 300)  # in one process; a person's sockets count for both
SOCKETS_PER_PERSON = env.integer("SOCKETS_PER_PERSON", 50)

# Networks of your own that webhooks may call, over plain HTTP too. All other addresses must be public.
WEBHOOK_NETWORKS = env.networks("WEBHOOK_NETWORKS")
