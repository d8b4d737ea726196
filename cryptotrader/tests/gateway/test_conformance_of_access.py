"""The order gateway lets in the callers that DRF's door lets in, and refuses all others in the same words."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from django.core.cache import cache
from pytest_django import Settings

from accounts.domain.access.api_keys import signature_of
from accounts.domain.access.scopes import Scope
from accounts.models import User
from accounts.services.access.keys.make_api_key import MadeKey
from accounts.tests.cast import NOON
from accounts.tests.keys import made_key
from cryptotrader.tests.support.two_doors import ORDER, ORDERS, QUOTES, Both, Doors, Request, bearer, order
from trading.tests.cast import Trader

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("state", ["frozen", "closed"])
def test_a_frozen_and_a_closed_account_have_no_door(
    both: Both, doors: Doors, pair: tuple[Trader, Trader], state: str
) -> None:
    keys = Both(doors, pair, lambda person: [bearer(made_key(person).secret)])
    User.objects.filter(pk__in=[person.user.pk for person in pair]).update(is_active=False, **{f"{state}_at": NOON})
    both.ask(order(), served=False)
    assert keys.ask(order(), served=False).json["code"] == f"account-{state}"


def test_a_key_has_its_scopes_and_a_forged_one_none(doors: Doors, pair: tuple[Trader, Trader]) -> None:
    traders = Both(doors, pair, lambda person: [bearer(made_key(person, Scope.TRADE).secret)])
    assert traders.ask(order()).status == 201
    assert traders.ask(Request("GET", ORDERS), served=False).json["code"] == "scope-missing"
    assert traders.ask(order({"direction": "up", "duration": 60}, path=QUOTES)).status == 200
    readers = Both(doors, pair, lambda person: [bearer(made_key(person, Scope.READ).secret)])
    assert readers.ask(order(), served=False).json["code"] == "scope-missing"
    assert readers.ask(Request("GET", ORDERS)).status == 200
    for forged in ("ct_aaaaaaaaaaaa_" + "x" * 43, "ct_", "", "eyJhbGciOiJub25lIn0.e30.", "x\x00y"):
        broken = Both(doors, pair, lambda _: [bearer(forged)])  # noqa: B023
        assert broken.ask(order(), served=False).status == 401


def signed(made: MadeKey, request: Request, *, body: bytes | None = None, seconds: float = 0) -> Request:
    timestamp = str(int((NOON.timestamp() + seconds) * 1000))
    facts = {"timestamp": timestamp, "method": request.method, "path": request.path}
    signature = signature_of(made.secret, body=request.body if body is None else body, **facts)
    proof = [("X-Api-Key", made.key.prefix), ("X-Timestamp", timestamp), ("X-Signature", signature)]
    return replace(request, headers=[*request.headers, *proof])


def test_a_signature_opens_once(doors: Doors, pair: tuple[Trader, Trader]) -> None:
    keys = [made_key(person, signs=True) for person in pair]
    wanted: list[tuple[Callable[[MadeKey], Request], int, bool]] = [
        (lambda made: signed(made, order()), 201, True),
        (lambda made: signed(made, order()), 401, False),  # the same once more
        (lambda made: signed(made, order(), seconds=1), 201, True),
        (lambda made: signed(made, order(), body=b"{}", seconds=2), 401, False),  # of another body
        (lambda made: signed(made, order(), seconds=6), 401, False),
        (lambda made: signed(replace(made, secret="x"), order(), seconds=3), 401, False),
        (lambda made: signed(made, Request("GET", f"{ORDERS}?limit=1")), 200, True),
    ]  # fmt: skip
    for make, status, served in wanted:
        expected, reply = doors.by_django(make(keys[0])), doors.by_gateway(make(keys[1]))
        assert reply.told == expected.told
        assert (reply.status, reply.passed_on) == (status, not served)


def test_django_gets_a_signature_that_is_not_used_up(doors: Doors, pair: tuple[Trader, Trader]) -> None:
    keys = [made_key(person, Scope.READ, signs=True) for person in pair]
    expected, reply = doors.by_django(signed(keys[0], order())), doors.by_gateway(signed(keys[1], order()))
    assert reply.told == expected.told
    assert reply.json["code"] == "scope-missing"


@pytest.mark.parametrize("rate", ["requests", "orders", "address", "quotes"])
def test_rates_hold_and_count_each_request_once(both: Both, doors: Doors, rate: str, settings: Settings) -> None:
    settings.RATES_A_MINUTE = {rate: 3}
    if rate == "address":
        both.headers[0].append(("X-Forwarded-For", "192.0.2.7"))
        settings.TRUSTED_PROXIES = []
    wanted = {"direction": "up", "duration": 60}
    asked = [order(ORDER | {"client_order_id": str(number)}) for number in range(5)]
    if rate == "quotes":
        asked = [order(wanted, path=QUOTES)] * 5
    for ask, own in zip((doors.by_django, doors.by_gateway), both.headers, strict=True):
        cache.clear()
        statuses = [ask(replace(request, headers=[*request.headers, *own])).status for request in asked]
        assert statuses == [200 if rate == "quotes" else 201] * 3 + [429] * 2
    cache.clear()
    for request in [*asked[:3], asked[4]]:
        cache.set("unused", 1)
        expected, reply = (
            ask(replace(request, headers=[*request.headers, *own]))
            for ask, own in zip((doors.by_django, doors.by_gateway), both.headers, strict=True)
        )
        if rate != "address":  # one address, so the two count together
            assert reply.told == expected.told
