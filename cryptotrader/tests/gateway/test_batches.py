"""Many orders at the same moment: each person's, exactly once, and nobody waits for anybody else's trouble."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from threading import Event

import pytest
import time_machine
from asgiref.sync import async_to_sync
from django.db import connection, connections, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import User
from accounts.reconciliation import ledger_faults
from accounts.services.access.keys.revoke_api_key import revoke_api_key
from accounts.tests.cast import NOON
from accounts.tests.keys import made_key
from accounts.tests.patience import PATIENCE_SECONDS
from accounts.tests.rest_client import tokens_of
from cryptotrader.tests.support.sessions import end_other_sessions
from cryptotrader.tests.support.two_doors import ORDER, Doors, Reply, Request, bearer, call, order
from trading.models import FlashTrade
from trading.tests.cast import Trader, trader

pytestmark = pytest.mark.django_db(transaction=True)


REFUSALS = {"idempotency-key-reused", "insufficient-funds", "stake-out-of-bounds", "invalid-input"}


def of(person: Trader, **members: object) -> Request:
    return order(ORDER | members, bearer(tokens_of(person).access))


def stakes_of(person: Trader) -> Counter[Decimal]:
    return Counter(FlashTrade.objects.filter(user=person.user).values_list("stake", flat=True))


@pytest.mark.long
def test_orders_of_many_people_with_equal_keys_become_one_trade_for_each_key(doors: Doors) -> None:
    people = [trader(f"person-{number}") for number in range(12)]
    asked = [
        (person, key, order(ORDER | {"client_order_id": key}, bearer(token)))
        for person in people
        for token in [tokens_of(person).access]
        for key in ("one", "two", "three") * 3
    ]
    replies = doors.all_by_gateway([request for _, _, request in asked])
    assert Counter(reply.status for reply in replies) == {201: len(asked)}
    assert FlashTrade.objects.count() == len(people) * 3
    by_key: dict[tuple[str, str], set[str]] = {}
    fresh: Counter[tuple[str, str]] = Counter()
    for (person, key, _), reply in zip(asked, replies, strict=True):
        by_key.setdefault((person.user.email, key), set()).add(reply.content.decode())
        fresh[person.user.email, key] += reply.header("Idempotency-Replayed") is None
    assert {len(bodies) for bodies in by_key.values()} == {1}  # the same answer, byte for byte
    assert set(fresh.values()) == {1}
    assert {person.wallet.held for person in people} == {Decimal(30)}


@pytest.mark.long
@settings(max_examples=15)
@given(
    st.lists(
        st.tuples(st.integers(0, 2), st.sampled_from("abc"), st.sampled_from(["5", "7000", "0.001"]), st.booleans()),
        min_size=1,
        max_size=25,
    )
)
def test_each_key_of_a_person_is_one_order_in_any_crowd(doors: Doors, wanted: list[tuple[int, str, str, bool]]) -> None:
    """Also by a token and an API key of one person at the same moment."""
    stamp = User.objects.count()
    people = [trader(f"anybody-{stamp}-{number}") for number in range(3)]
    ways = [(tokens_of(person).access, made_key(person).secret) for person in people]
    requests = [
        order(ORDER | {"client_order_id": key, "amount": amount}, bearer(ways[who][by_key]))
        for who, key, amount, by_key in wanted
    ]
    replies = doors.all_by_gateway(requests)
    for who, person in enumerate(people):
        mine = [(key, amount, reply) for (at, key, amount, _), reply in zip(wanted, replies, strict=True) if at == who]
        _check(person, mine)


def _check(person: Trader, mine: list[tuple[str, str, Reply]]) -> None:
    trades = {trade.idempotency_key: trade for trade in FlashTrade.objects.filter(user=person.user)}
    for key, amount, reply in mine:
        if reply.status == 201:
            assert reply.json["id"] == str(trades[key].pk)
            assert Decimal(amount) == trades[key].stake
        else:
            assert reply.json["code"] in REFUSALS
    accepted = [(key, reply) for key, _, reply in mine if reply.status == 201]
    assert trades.keys() == {key for key, _ in accepted}
    assert sum(reply.header("Idempotency-Replayed") is None for _, reply in accepted) == len(trades)
    assert person.wallet.held == sum((trade.stake for trade in trades.values()), Decimal(0)) <= 10_000


@pytest.fixture
def unlucky() -> Iterator[Decimal]:
    """A stake that the database can't store, for a reason that no code expects."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION break_it() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM 1 / 0; RETURN NEW; END';"
            "CREATE TRIGGER unlucky BEFORE INSERT ON flash_trades FOR EACH ROW WHEN (NEW.stake = 13.13)"
            " EXECUTE FUNCTION break_it()"
        )
    yield Decimal("13.13")
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER unlucky ON flash_trades; DROP FUNCTION break_it()")


def test_one_order_that_breaks_its_transaction_hurts_no_other(doors: Doors, unlucky: Decimal) -> None:
    people = [trader(f"person-{number}") for number in range(9)]
    requests = [of(person, amount=str(unlucky) if number == 4 else 5) for number, person in enumerate(people)]
    replies = doors.all_by_gateway(requests)
    assert [reply.status for reply in replies] == [500 if number == 4 else 201 for number in range(9)]
    assert replies[4].json["code"] == "server-error"
    assert [person.wallet.held for person in people] == [0 if number == 4 else 5 for number in range(9)]


@contextmanager
def locked(person: Trader) -> Iterator[None]:
    """Somebody else's transaction holds the wallet."""
    held, done = Event(), Event()

    def hold() -> None:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT FROM ledger_accounts WHERE owner_id = %s FOR UPDATE", [person.user.pk])
                held.set()
                done.wait(PATIENCE_SECONDS)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        holding = pool.submit(hold)
        held.wait(PATIENCE_SECONDS)
        try:
            yield
        finally:
            done.set()
            holding.result()


def test_a_wallet_that_is_held_delays_its_owner_alone(doors: Doors) -> None:
    people = [trader(f"person-{number}") for number in range(6)]
    requests = [of(person) for person in people]

    async def ask() -> list[int]:
        asked = [asyncio.ensure_future(call(doors.gateway, request)) for request in requests]
        with locked(people[0]):
            others = await asyncio.gather(*asked[1:])
            assert not asked[0].done()
        return [reply.status for reply in [await asked[0], *others]]

    assert async_to_sync(ask)() == [201] * 6
    assert FlashTrade.objects.count() == 6


def test_the_order_of_a_client_that_has_gone_is_taken_once(doors: Doors) -> None:
    person, other = trader("alice"), trader("bob")
    gone, request = of(person), of(other)

    async def leave() -> None:
        with locked(person):
            asked = asyncio.ensure_future(call(doors.gateway, gone))
            await call(doors.gateway, request)
            asked.cancel()
            await asyncio.gather(asked, return_exceptions=True)

    async_to_sync(leave)()
    assert doors.by_gateway(of(person, client_order_id="next")).status == 201  # it comes after the first one
    assert set(FlashTrade.objects.filter(user=person.user).values_list("idempotency_key", flat=True)) == {"one", "next"}
    again = doors.by_gateway(gone)
    assert (again.status, again.header("Idempotency-Replayed")) == (201, "true")


def test_ended_access_ends_at_the_next_order(doors: Doors) -> None:
    alice, bob = trader("alice"), trader("bob")
    made, token, bobs = made_key(alice), tokens_of(alice).access, tokens_of(bob).access
    ways = enumerate([token, made.secret, bobs])
    asked = [order(ORDER | {"client_order_id": str(number)}, bearer(text)) for number, text in ways]
    assert [reply.status for reply in doors.all_by_gateway(asked)] == [201] * 3
    revoke_api_key(user_id=alice.user.pk, key_id=made.key.pk, now=NOON)
    assert [reply.status for reply in doors.all_by_gateway(asked)] == [201, 401, 201]
    User.objects.filter(pk=alice.user.pk).update(is_active=False, frozen_at=NOON)
    assert [reply.status for reply in doors.all_by_gateway(asked)] == [401, 401, 201]
    changed = User.objects.get(pk=bob.user.pk)
    changed.set_password("another long password")
    changed.save()
    assert [reply.status for reply in doors.all_by_gateway(asked)] == [401] * 3


def test_a_token_that_has_expired_opens_nothing_though_it_was_known(doors: Doors, noon: time_machine.Traveller) -> None:
    request = of(trader("alice"))
    assert doors.by_gateway(request).status == 201
    noon.shift(timedelta(minutes=15))
    assert doors.by_gateway(request).status == 401


def test_connections_that_the_server_has_cut_are_replaced(doors: Doors) -> None:
    request = of(trader("alice"))
    assert doors.by_gateway(request).status == 201
    end_other_sessions()
    statuses = [doors.by_gateway(request).status for _ in range(3)]
    assert statuses[-1] == 201
    assert set(statuses) <= {201, 503}


@pytest.mark.long
def test_the_books_balance_after_orders_of_everybody(doors: Doors) -> None:
    people = [trader(f"person-{number}") for number in range(20)]
    doors.all_by_gateway([of(person, client_order_id=key) for person in people for key in "ab"])
    assert ledger_faults() == []
