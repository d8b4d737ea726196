"""Which pages may open a socket: ours alone, because the browser sends our cookies along."""

import pytest
from asgiref.sync import sync_to_async

from accounts.tests.rest_client import tokens_of
from trading.tests.cast import trader
from trading.tests.sockets import Client


async def test_it_refuses_a_page_of_another_site(transactional_db: None) -> None:
    assert not await Client(origin="https://evil.example").connect()
    own = Client(origin="http://testserver")
    assert await own.connect()
    await own.socket.disconnect()


@pytest.mark.parametrize(
    ("scheme", "origin", "is_own"),
    [
        ("wss", "https://testserver", True),
        ("wss", "http://testserver", False),  # a page without TLS, which anybody on the way may have written
        ("ws", "https://testserver", False),
        ("ws", "null", False),
        ("ws", "https://testserver.evil.example", False),
    ],
)
async def test_an_origin_is_a_scheme_too(transactional_db: None, scheme: str, origin: str, is_own: bool) -> None:
    page = Client(origin=origin)
    page.socket.scope["scheme"] = scheme
    assert await page.connect() is is_own
    await page.socket.disconnect()


async def test_a_credential_in_a_header_is_no_browsers(transactional_db: None) -> None:
    pair = await sync_to_async(tokens_of)(await sync_to_async(trader)("alice"))
    app = Client(origin="https://app.example", authorization=f"Bearer {pair.access}")
    assert await app.connect()
    await app.socket.disconnect()
    assert not await Client(origin="https://app.example", authorization="Basic YTpi").connect()
