"""The WSGI application for gunicorn: pages, API and admin, without the sockets."""

import os

from cryptotrader.requests.handlers import wsgi_handler

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cryptotrader.settings")
application = wsgi_handler()
