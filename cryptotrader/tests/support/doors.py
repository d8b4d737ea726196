"""Lists every door of the API with its permitted callers. `test_access_matrix.py` tests them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import uuid4

from django.db import transaction

from accounts.domain.access.scopes import Scope
from accounts.domain.ledger.transfers import TransferKind
from accounts.services.webhooks.make_endpoint import make_endpoint
from accounts.steps.move_against_house import move_against_house
from accounts.tests.cast import NOON
from accounts.tests.keys import made_key
from accounts.tests.till import customer
from trading.models import Instrument
from trading.services.settlement.settle_due_trades import settle_due_trades
from trading.tests.cast import Stage, Trader

ORDER = {"amount": 100, "direction": "up", "duration": 60}


class Who(Enum):
    """ANYBODY: visitors too. PEOPLE: signed-in users, by session or token, and no API key."""

    ANYBODY = "anybody"
    PEOPLE = "people"


@dataclass(frozen=True)
class Door:
    """A door and its callers. `who`: the scope that a key needs (people have all), or Who.

    `thing`: creates an object of a trader, and returns the id for the address. `body`: returns a valid body; needed
    only with `excluded`. `excluded`: self-exclusion closes the door. `foreign`: others choose the body's format.
    `public_part`: a visitor gets a part of the answer that is the same for everyone.
    """

    who: Scope | Who
    thing: Callable[[Trader], object] | None = None
    body: Callable[[], dict[str, Any]] = dict
    excluded: bool = False
    foreign: bool = False
    public_part: bool = False


def order() -> dict[str, Any]:
    return ORDER | {"client_order_id": str(uuid4())}


def trade(owner: Trader) -> object:
    return owner.place().id


def settled_trade(owner: Trader) -> object:
    """Void: it has no entry price."""
    trade = owner.place()
    settle_due_trades(instrument=trade.instrument.symbol, now=trade.expires_at + timedelta(minutes=5))
    return trade.id


def closable_trade(owner: Trader) -> object:
    """An open trade in a market of its own, with enough prices by noon."""
    symbol = f"E{Instrument.objects.count()}-USDT"
    stage = Stage(Instrument.objects.create(symbol=symbol, pip=Decimal("0.01"), durations=[60]))
    stage.prices(NOON - timedelta(seconds=50), ["100.00", "100.01"])
    stage.price(NOON - timedelta(seconds=20), "100.02")
    placed = owner.place(at=NOON - timedelta(seconds=20), symbol=symbol)
    stage.prices(NOON - timedelta(seconds=19), ["100.01", "100.02"])
    stage.price(NOON, "100.01")
    settle_due_trades(instrument=symbol, now=NOON)
    return placed.id


def poorer_wallet(owner: Trader) -> object:
    """A demo wallet with less than its first grant."""
    with transaction.atomic():
        move_against_house(
            wallet_id=owner.wallet.id,
            amount=Decimal(-1),
            kind=TransferKind.ADJUSTMENT,
            reference=uuid4(),
            now=NOON,
        )
    return owner.wallet.id


def key(owner: Trader) -> object:
    return made_key(owner).key.pk


def deposit_wish() -> dict[str, Any]:
    return {"currency": "USDT", "amount": 100}


def deposit(owner: Trader) -> object:
    return customer(owner).stored_deposit().pk


def withdrawal(owner: Trader) -> object:
    return customer(owner).stored_withdrawal().pk


def beneficiary(owner: Trader) -> object:
    return customer(owner).stored_beneficiary().pk


def webhook(owner: Trader) -> object:
    url, events = "https://bot.example/hook", ["trade.settled"]
    return make_endpoint(user_id=owner.user.pk, url=url, events=events, now=NOON).endpoint.pk


ANYBODY, PEOPLE, READ, TRADE, WITHDRAW = Who.ANYBODY, Who.PEOPLE, Scope.READ, Scope.TRADE, Scope.WITHDRAW

DOORS: dict[str, dict[str, Door]] = {
    "api/v1/auth/register": {"POST": Door(ANYBODY)},
    "api/v1/auth/verify-email": {"POST": Door(ANYBODY)},
    "api/v1/auth/resend-verification": {"POST": Door(ANYBODY)},
    "api/v1/auth/token": {"POST": Door(ANYBODY)},
    "api/v1/auth/refresh": {"POST": Door(ANYBODY)},
    "api/v1/auth/logout": {"POST": Door(PEOPLE)},
    "api/v1/me": {"GET": Door(READ), "PATCH": Door(PEOPLE)},
    "api/v1/me/close": {"POST": Door(PEOPLE)},
    "api/v1/limits": {"GET": Door(READ, public_part=True), "PUT": Door(PEOPLE)},
    "api/v1/time-outs": {"POST": Door(PEOPLE)},
    "api/v1/self-exclusions": {"POST": Door(PEOPLE)},
    "api/v1/reality-check": {"GET": Door(PEOPLE), "POST": Door(PEOPLE)},
    "api/v1/api-keys": {"GET": Door(PEOPLE), "POST": Door(PEOPLE)},
    "api/v1/api-keys/<id:key_id>": {"DELETE": Door(PEOPLE, thing=key)},
    "api/v1/trading-stop": {"GET": Door(READ), "POST": Door(READ), "DELETE": Door(PEOPLE)},
    "api/v1/wallets": {"GET": Door(READ), "POST": Door(PEOPLE)},
    "api/v1/wallets/<id:wallet_id>/top-up": {"POST": Door(PEOPLE, thing=poorer_wallet, excluded=True)},
    "api/v1/wallets/<id:wallet_id>/reset": {"POST": Door(PEOPLE, thing=poorer_wallet, excluded=True)},
    "api/v1/wallets/<id:wallet_id>/statement": {"GET": Door(READ, thing=poorer_wallet)},
    "api/v1/wallets/<id:wallet_id>/statement.csv": {"GET": Door(READ, thing=poorer_wallet)},
    "api/v1/wallets/<id:wallet_id>/statement.json": {"GET": Door(READ, thing=poorer_wallet)},
    "api/v1/cashier": {"GET": Door(READ)},
    "api/v1/deposits": {"GET": Door(READ), "POST": Door(PEOPLE, body=deposit_wish)},
    "api/v1/deposits/<uid:deposit_id>": {"GET": Door(READ, thing=deposit)},
    "api/v1/deposits/<uid:deposit_id>/submit": {"POST": Door(PEOPLE, thing=deposit, body=lambda: {"note": "paid"})},
    "api/v1/withdrawals": {"GET": Door(READ), "POST": Door(WITHDRAW)},
    "api/v1/withdrawals/<uid:withdrawal_id>": {"GET": Door(READ, thing=withdrawal)},
    "api/v1/withdrawals/<uid:withdrawal_id>/cancel": {"POST": Door(WITHDRAW, thing=withdrawal)},
    "api/v1/beneficiaries": {"GET": Door(READ), "POST": Door(PEOPLE)},
    "api/v1/beneficiaries/<uid:beneficiary_id>": {"DELETE": Door(PEOPLE, thing=beneficiary)},
    "api/v1/webhooks": {"GET": Door(PEOPLE), "POST": Door(PEOPLE)},
    "api/v1/webhooks/<uid:webhook_id>": {"GET": Door(PEOPLE, thing=webhook), "DELETE": Door(PEOPLE, thing=webhook)},
    "api/v1/webhooks/<uid:webhook_id>/on": {"POST": Door(PEOPLE, thing=webhook)},
    "api/v1/webhooks/<uid:webhook_id>/test": {"POST": Door(PEOPLE, thing=webhook)},
    "api/v1/webhooks/<uid:webhook_id>/messages": {"GET": Door(PEOPLE, thing=webhook)},
    "api/v1/webhooks/btcpay": {"POST": Door(ANYBODY, foreign=True)},
    "api/v1/time": {"GET": Door(ANYBODY)},
    "api/v1/quotes": {"POST": Door(ANYBODY)},
    "api/v1/instruments": {"GET": Door(ANYBODY)},
    "api/v1/instruments/<str:symbol>/prices": {"GET": Door(ANYBODY)},
    "api/v1/instruments/<str:symbol>/candles": {"GET": Door(ANYBODY)},
    "api/v1/venues": {"GET": Door(ANYBODY)},
    "api/v1/flash-trades": {"GET": Door(READ), "POST": Door(TRADE, body=order, excluded=True)},
    "api/v1/flash-trades/batch": {"POST": Door(TRADE)},
    "api/v1/flash-trades/<uid:trade_id>": {"GET": Door(READ, thing=trade)},
    "api/v1/flash-trades/<uid:trade_id>/proof": {"GET": Door(READ, thing=settled_trade)},
    "api/v1/receipts": {"GET": Door(READ)},
    "api/v1/digests": {"GET": Door(ANYBODY)},
    "api/v1/flash-trades/<uid:trade_id>/offer": {"GET": Door(READ, thing=closable_trade)},
    "api/v1/flash-trades/<uid:trade_id>/close": {"POST": Door(TRADE, thing=closable_trade)},
    "api/v1/asyncapi": {"GET": Door(ANYBODY)},
    "api/v1/schema": {"GET": Door(ANYBODY)},
    "api/flash-trades": {"GET": Door(READ), "POST": Door(TRADE, body=order, excluded=True)},
    "api/flash-trades/<uid:trade_id>": {"GET": Door(READ, thing=trade)},
}

OUTSIDE = {
    "^(api|_allauth|udf)/": "what isn't there",
    "^api/": "what isn't there",
    "api/docs": "a page",
    "api/health": "by network, see monitoring",
    "api/health/live": "by network, see monitoring",
    "api/health/ready": "by network, see monitoring",
    "health/live": "by network, see monitoring",
    "health/ready": "by network, see monitoring",
    "api/metrics": "by network, see monitoring",
}
"""Addresses below api/ that aren't part of this matrix."""
