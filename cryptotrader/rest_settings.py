"""The settings of REST, and the bounds of all requests. `settings.py` imports all of them."""

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.rest.authentication.BearerAuthentication",
        "accounts.rest.authentication.SignatureAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.rest.permissions.ScopedAccess"],
    "DEFAULT_PARSER_CLASSES": ["cryptotrader.requests.parsers.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "EXCEPTION_HANDLER": "cryptotrader.problems.handle",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
RATES_A_MINUTE = {"quotes": 300}  # of one person or address; an open ticket sends 28
DATA_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024
BODY_SECONDS_MAX = 20
"""A body must have arrived within this time. Of 64 KiB that is 26 kbit/s."""
