"""A socket belongs to the owner of its access, and ends with that access."""

from collections.abc import AsyncIterator
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
import time_machine
from asgiref.sync import sync_to_async
from django.conf import settings
from django.test import Client as Browser
from django.utils import timezone

from accounts.domain.access.scopes import AccessEnd, Scope
from accounts.models import ApiKey
from accounts.services.access.authenticate_token import authenticate_token
from accounts.services.access.keys.make_api_key import MadeKey
from accounts.services.access.keys.revoke_api_key import revoke_api_key
from accounts.services.access.refresh_tokens import refresh_tokens
from accounts.steps.end_sessions import end_sessions
from accounts.tests.cast import NOON
from accounts.tests.keys import made_key, signed_headers
from accounts.tests.rest_client import Api, tokens_of
from trading.streams.consumers import BEATS_PER_CHECK, HEARTBEAT_SECONDS, StreamConsumer
from trading.streams.hub import hub
from trading.tests.cast import Trader, trader
from trading.tests.sockets import Client

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
async def clients() -> AsyncIterator[list[Client]]:
    """Clients that are disconnected when the test is over."""
    opened: list[Client] = []
    yield opened
    for client in opened:
        await client.socket.disconnect()
    await hub().close()


@pytest.fixture
def alice(transactional_db: None) -> Trader:
    return trader("alice")


async def opened(clients: list[Client], **headers: str) -> Client:
    """A client that is connected and whose messages are handled."""
    client = Client(**headers)
    assert await client.connect()
    clients.append(client)
    await client.say(op="ping", id=1)
    assert (await client.hear())["type"] == "pong"
    return client


def bearer(credential: str) -> dict[str, str]:
    return {"authorization": f"Bearer {credential}"}


@sync_to_async
def key(owner: Trader, *scopes: Scope, **terms: Any) -> MadeKey:
    return made_key(owner, *scopes, **terms)


@sync_to_async
def cookie_of(owner: Trader) -> dict[str, str]:
    browser = Browser()
    browser.force_login(owner.user)
    return {"cookie": f"{settings.SESSION_COOKIE_NAME}={browser.cookies[settings.SESSION_COOKIE_NAME].value}"}


async def test_a_key_that_may_read_has_the_private_channels(alice: Trader, clients: list[Client]) -> None:
    made = await key(alice, Scope.READ)
    client = await opened(clients, **bearer(made.secret))
    assert (await client.subscribe("wallet"))["data"][0]["available"] == "10000.00"


async def test_a_key_that_may_not_read_stays_out(alice: Trader) -> None:
    made = await key(alice, Scope.TRADE)
    assert not await Client(**bearer(made.secret)).connect()


@pytest.mark.parametrize("authorization", ["Bearer", "Bearer ", "bearer ct_", "Bearer a.b.c", "Bearer ct_x_y"])
async def test_a_credential_that_is_none_stays_out(alice: Trader, authorization: str) -> None:
    assert not await Client(authorization=authorization).connect()


async def test_a_signed_handshake_comes_in_once(alice: Trader, clients: list[Client]) -> None:
    made = await key(alice, Scope.READ, signs=True)
    headers = {name.lower(): value for name, value in signed_headers(made, "GET", "/ws/v1").items()}
    client = await opened(clients, **headers)
    assert (await client.subscribe("trades"))["data"] == []
    assert not await Client(**headers).connect()


async def test_revoking_a_key_closes_its_sockets_and_no_others(alice: Trader, clients: list[Client]) -> None:
    made, other = await key(alice), await key(alice)
    mine, others = await opened(clients, **bearer(made.secret)), await opened(clients, **bearer(other.secret))
    await mine.subscribe("wallet")
    await sync_to_async(revoke_api_key)(user_id=alice.user.pk, key_id=made.key.pk, now=NOON)
    assert await mine.closed() == (4401, AccessEnd.KEY_REVOKED)
    await others.say(op="ping", id=2)
    assert (await others.hear())["type"] == "pong"


async def test_a_socket_hears_the_end_although_it_has_left_its_private_channels(
    alice: Trader, clients: list[Client]
) -> None:
    made = await key(alice)
    client = await opened(clients, **bearer(made.secret))
    await client.subscribe("wallet")
    await client.say(op="unsubscribe", id=3, channel="wallet")
    assert (await client.hear())["type"] == "unsubscribed"
    await sync_to_async(revoke_api_key)(user_id=alice.user.pk, key_id=made.key.pk, now=NOON)
    assert await client.closed() == (4401, AccessEnd.KEY_REVOKED)


async def test_signing_out_closes_the_sockets_of_that_session_alone(alice: Trader, clients: list[Client]) -> None:
    pair, other = await sync_to_async(tokens_of)(alice), await sync_to_async(tokens_of)(alice)
    app, others = await opened(clients, **bearer(pair.access)), await opened(clients, **bearer(other.access))
    answer = await sync_to_async(Api(token=pair.access).post)("/api/v1/auth/logout", {})
    assert answer.status == 204
    assert await app.closed() == (4401, AccessEnd.SIGNED_OUT)
    await others.say(op="ping", id=2)
    assert (await others.hear())["type"] == "pong"


async def test_signing_out_everywhere_else_spares_the_own_session_and_the_keys(
    alice: Trader, clients: list[Client]
) -> None:
    own, other, made = await sync_to_async(tokens_of)(alice), await cookie_of(alice), await key(alice)
    kept, page = await opened(clients, **bearer(own.access)), await opened(clients, **other)
    bot = await opened(clients, **bearer(made.secret))
    session_key = (await sync_to_async(authenticate_token)(own.access, now=timezone.now())).session_key
    await sync_to_async(end_sessions)(
        user_id=alice.user.pk, keep_session_key=session_key, reason=AccessEnd.CREDENTIALS_CHANGED
    )
    assert await page.closed() == (4401, AccessEnd.CREDENTIALS_CHANGED)
    for client in (kept, bot):
        await client.say(op="ping", id=2)
        assert (await client.hear())["type"] == "pong"


async def test_freezing_closes_them_all(alice: Trader, clients: list[Client]) -> None:
    pair, made = await sync_to_async(tokens_of)(alice), await key(alice)
    sockets = [await opened(clients, **headers) for headers in (bearer(pair.access), bearer(made.secret))]
    await sync_to_async(end_sessions)(user_id=alice.user.pk, reason=AccessEnd.FROZEN)
    for client in sockets:
        assert await client.closed() == (4401, AccessEnd.FROZEN)


async def test_a_refresh_token_used_twice_closes_the_sockets_of_its_session(
    alice: Trader, clients: list[Client]
) -> None:
    pair = await sync_to_async(tokens_of)(alice)
    client = await opened(clients, **bearer(pair.access))
    await sync_to_async(refresh_tokens)(now=timezone.now(), refresh=pair.refresh)
    with pytest.raises(Exception, match="token"):
        await sync_to_async(refresh_tokens)(now=timezone.now(), refresh=pair.refresh)
    assert await client.closed() == (4401, AccessEnd.TOKEN_REUSED)


async def test_an_end_that_was_told_while_redis_was_away_is_noticed_after_it(
    alice: Trader, clients: list[Client]
) -> None:
    """Then the hub tells each socket to resync; the message itself is lost."""
    headers = await cookie_of(alice)
    client = await opened(clients, **headers)
    session = import_module(settings.SESSION_ENGINE).SessionStore(headers["cookie"].partition("=")[2])
    await sync_to_async(session.delete)()
    (listener,) = {one for group in hub()._listeners.values() for one in group}
    assert isinstance(listener, StreamConsumer)
    listener.resync(None)
    assert await client.closed() == (4401, AccessEnd.SIGNED_OUT)


async def test_a_key_that_expires_takes_its_socket_with_it(
    alice: Trader, clients: list[Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trading.streams.consumers.HEARTBEAT_SECONDS", 0.01)
    now = timezone.now()
    made = await key(alice, Scope.READ, expires_at=now + timedelta(hours=1))
    client = Client(**bearer(made.secret))
    assert await client.connect()
    clients.append(client)
    with time_machine.travel(now + timedelta(hours=1)):
        assert await client.closed() == (4401, AccessEnd.KEY_EXPIRED)


async def test_an_end_that_nobody_told_is_noticed_when_the_access_is_looked_at_again(
    alice: Trader, clients: list[Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    """At least each minute: the process that ended it may have died before it could tell."""
    monkeypatch.setattr("trading.streams.consumers.HEARTBEAT_SECONDS", 0.01)
    headers, made = await cookie_of(alice), await key(alice)
    page, bot = Client(**headers), Client(**bearer(made.secret))
    for client in (page, bot):
        assert await client.connect()
        clients.append(client)
    session = import_module(settings.SESSION_ENGINE).SessionStore(headers["cookie"].partition("=")[2])
    await sync_to_async(session.delete)()
    assert await page.closed() == (4401, AccessEnd.SIGNED_OUT)
    await sync_to_async(ApiKey.objects.filter(pk=made.key.pk).update)(revoked_at=NOON)
    assert await bot.closed() == (4401, AccessEnd.KEY_REVOKED)


def test_it_is_looked_at_each_minute() -> None:
    assert HEARTBEAT_SECONDS * BEATS_PER_CHECK <= 60
