from collections.abc import AsyncIterator

import pytest

from trading.streams.hub import Hub
from trading.tests.streams.hubs import Server, until


@pytest.fixture
def server(own_valkey: Server) -> Server:
    return own_valkey


@pytest.fixture
async def hub(server: Server) -> AsyncIterator[Hub]:
    await until(server.answers, "the server's answer")
    hub = Hub(server.url())
    yield hub
    await hub.close()
