from collections.abc import AsyncIterator

import pytest

from trading.streams.hub import Hub
from trading.streams.hub import hub as hub_of_the_process
from trading.tests.ears import Server, until
from trading.tests.sockets import Client


@pytest.fixture
def server(own_valkey: Server) -> Server:
    return own_valkey


@pytest.fixture
async def hub(server: Server) -> AsyncIterator[Hub]:
    await until(server.answers, "the server's answer")
    hub = Hub(server.url())
    yield hub
    await hub.close()


@pytest.fixture
async def visitors() -> AsyncIterator[list[Client]]:
    clients = [Client() for _ in range(10)]
    for client in clients:
        assert await client.connect()
    yield clients
    for client in clients:
        await client.socket.disconnect()
    await hub_of_the_process().close()
