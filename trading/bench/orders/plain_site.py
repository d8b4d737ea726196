"""The WSGI application of the plain door: the platform, with one address."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cryptotrader.settings")

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application

settings.ROOT_URLCONF = "trading.bench.orders.plain_door"
application: WSGIHandler = get_wsgi_application()
