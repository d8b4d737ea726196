"""The WSGI application for gunicorn: pages, API and admin, without the sockets."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cryptotrader.settings")
application = get_wsgi_application()
