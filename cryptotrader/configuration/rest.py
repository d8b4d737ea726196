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
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "EXCEPTION_HANDLER": "cryptotrader.problems.handle",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
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
