"""One ASGI application for pages, API and sockets."""

import os

from channels.routing import ProtocolTypeRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cryptotrader.settings")
http = get_asgi_application()

from cryptotrader.proxies import behind_proxies  # noqa: E402
from trading.streams.routing import websocket  # noqa: E402  (needs the apps that the line above loads)

application = ProtocolTypeRouter({"http": http, "websocket": behind_proxies(websocket)})
