"""No door remembers access: its end holds for the next request at REST, at the gateway and over an open socket.

So there is no time to measure: the change is committed, then each door is asked.
"""

from collections.abc import Callable
from dataclasses import replace

import pytest
from asgiref.sync import async_to_sync, sync_to_async

from accounts.domain.access.key_limits import KeyLimits
from accounts.domain.access.scopes import Scope
from accounts.domain.approvals.requests import Decision, Role
from accounts.services.access.keys.make_api_key import MadeKey
from accounts.services.access.keys.revoke_api_key import revoke_api_key
from accounts.services.access.stop_trading import stop_trading
from accounts.services.approvals.decide_request import decide_request
from accounts.services.approvals.request_approval import request_approval
from accounts.tests.cast import NOON, standing
from accounts.tests.keys import made_key
from accounts.tests.staff import staff_member
from cryptotrader.tests.gateway.test_socket_door import socket_of
from cryptotrader.tests.support.two_doors import ORDER, Doors, bearer, order
from trading.models import FlashTrade
from trading.tests.cast import Trader, trader

pytestmark = pytest.mark.django_db(transaction=True)
ENDED = 4401


def freeze(alice: Trader, made: MadeKey) -> None:
    sue, rick = staff_member("sue", Role.SUPPORT), staff_member("rick", Role.RISK)
    asked = request_approval(
        action="freeze_user",
        subject=f"user:{alice.user.pk}",
        arguments={},
        reason="stolen password",
        requested_by=sue.pk,
        now=NOON,
    )
    decide_request(request_id=asked.id, decision=Decision.APPROVE, reason="", decided_by=rick.pk, clock=standing(NOON))


def revoke(alice: Trader, made: MadeKey) -> None:
    revoke_api_key(user_id=alice.user.pk, key_id=made.key.pk, now=NOON)


def stop(alice: Trader, made: MadeKey) -> None:
    stop_trading(user_id=alice.user.pk, key_id=made.key.pk, clock=standing(NOON))


ENDS = {"frozen": (freeze, 403, True), "revoked": (revoke, 401, True), "stopped": (stop, 403, False)}
"""What ends the access, the status of the next order, and whether open sockets are closed."""


@pytest.mark.parametrize(("end", "status", "closes"), ENDS.values(), ids=ENDS)
def test_the_next_order_at_each_door_is_refused(
    doors: Doors, end: Callable[[Trader, MadeKey], None], status: int, closes: bool
) -> None:
    alice = trader("alice")
    made = made_key(alice, Scope.READ, Scope.TRADE)

    def asked(key: str) -> dict[str, object]:
        return ORDER | {"client_order_id": key}

    async def over_the_socket() -> list[dict[str, object]]:
        async with socket_of(doors, made.secret) as client:
            await client.say(op="order", id=1, body=asked("before"))
            told = [await client.hear()]
            await sync_to_async(end)(alice, made)
            if closes:
                assert (await client.closed())[0] == ENDED
            else:
                await client.say(op="order", id=2, body=asked("after"))
                told.append(await client.hear())
            return told

    answers = [answer["status"] for answer in async_to_sync(over_the_socket)()]
    assert answers == ([201] if closes else [201, status])
    request = replace(order(asked("late")), headers=[*order().headers, bearer(made.secret)])
    assert (doors.by_django(request).status, doors.by_gateway(request).status) == (status, status)
    assert FlashTrade.objects.count() == 1


def test_a_keys_limits_hold_at_each_door_from_its_first_order_on(doors: Doors) -> None:
    alice = trader("alice")
    made = made_key(alice, Scope.READ, Scope.TRADE, limits=KeyLimits(open_trades_max=1))
    request = order(ORDER, bearer(made.secret))
    assert doors.by_gateway(request).status == 201

    async def over_the_socket() -> object:
        async with socket_of(doors, made.secret) as client:
            await client.say(op="order", id=1, body=ORDER | {"client_order_id": "two"})
            return (await client.hear())["body"]["code"]

    again = order(ORDER | {"client_order_id": "three"}, bearer(made.secret))
    codes = [doors.by_django(again).json["code"], doors.by_gateway(again).json["code"]]
    assert [*codes, async_to_sync(over_the_socket)()] == ["key-limit-reached"] * 3
    assert FlashTrade.objects.count() == 1
