"""A deliberately plain door for orders: a serializer, the ORM, a row at a time. The others are measured beside it.

It has the platform's middlewares, authentication, rates, rules and tables, and takes orders for demo money.
"""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import Count, Sum
from django.urls import path
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.domain.errors import IdempotencyKeyReused
from accounts.domain.identity import new_id
from accounts.domain.limits.restrictions import Restrictions
from accounts.rest.inputs import idempotency_key
from accounts.rest.rates import RequestRate
from accounts.selectors.limits.restrictions import restrictions_of
from accounts.selectors.people.person import id_of
from trading.domain.errors import InsufficientForStake
from trading.domain.orders import Order, agree
from trading.domain.prices import Source
from trading.domain.terms import Direction, Market, PayoutOffer, Status, Terms
from trading.models import FlashTrade, Instrument, PayoutVersion, PriceHead

ADDRESS = "api/plain/flash-trades"


class OrderSerializer(serializers.Serializer[Any]):
    instrument = serializers.CharField(default="BTC-USDT")
    amount = serializers.DecimalField(max_digits=20, decimal_places=8, min_value=Decimal("0.01"))
    direction = serializers.ChoiceField(choices=list(Direction))
    duration = serializers.IntegerField(min_value=1)


class TradeSerializer(serializers.ModelSerializer[FlashTrade]):
    instrument = serializers.CharField(source="instrument.symbol")

    class Meta:
        model = FlashTrade
        fields = (
            *("id", "instrument", "direction", "stake", "currency", "duration_seconds", "payout_rate", "payout"),
            *("state", "accepted_at", "entry_at", "expires_at", "demo", "rule_version", "payout_version"),
        )


class OrderRate(RequestRate):
    door, writes_only = "orders", True


class PlainOrders(APIView):
    throttle_classes = (OrderRate,)

    def post(self, request: Request) -> Response:
        serializer = OrderSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        wanted, key, user_id = serializer.validated_data, idempotency_key(request), id_of(request.user)
        order = Order(
            user_id, key, wanted["instrument"], Direction(wanted["direction"]), wanted["amount"], wanted["duration"]
        )
        with transaction.atomic():
            trade = _open(order)
        return Response(TradeSerializer(trade).data, status=201)


def _open(order: Order) -> FlashTrade:
    accounts = apps.get_model("accounts", "LedgerAccount").objects
    instrument = Instrument.objects.get(symbol=order.instrument)
    book = {"currency": instrument.currency, "demo": order.demo}
    wallet = accounts.select_for_update(no_key=True).get(owner_id=order.user_id, kind="wallet", **book)
    earlier = FlashTrade.objects.filter(user_id=order.user_id, idempotency_key=order.idempotency_key).first()
    if earlier is not None:
        if earlier.order_digest != order.digest:
            raise IdempotencyKeyReused
        return earlier
    terms, version = _agree(order, instrument)
    restrictions: Restrictions = restrictions_of({order.user_id}, now=terms.accepted_at)[order.user_id]
    restrictions.check_admitted()
    if wallet.balance - wallet.held < terms.stake:
        raise InsufficientForStake
    _check_caps(instrument, wallet, terms)
    trade = FlashTrade.objects.create(**_columns(order, instrument, wallet, terms, version))
    house = accounts.get(kind="house", **book)
    apps.get_model("accounts", "Transfer").objects.create(
        kind="stake", phase="pending", source=wallet, target=house, amount=terms.stake, reference=trade.pk,
        created_at=terms.accepted_at, **book,
    )  # fmt: skip
    return trade


def _agree(order: Order, instrument: Instrument) -> tuple[Terms, int]:
    now = timezone.now()
    head = PriceHead.objects.get(instrument=instrument)
    payouts = PayoutVersion.objects.filter(instrument=instrument, effective_from__lte=now).order_by("-version")[0]
    market = Market(
        instrument.symbol, Status(instrument.status), instrument.currency, instrument.pip, instrument.stake_min,
        instrument.stake_max, instrument.durations, head.priced_at, Source(head.source), head.rule_version,
    )  # fmt: skip
    terms = agree(
        market,
        direction=order.direction,
        stake=order.stake,
        duration_seconds=order.duration_seconds,
        offer=PayoutOffer(payouts.rate, Decimal(0), payouts.version),
        min_payout_rate=None,
        now=now,
    )
    return terms, payouts.version


def _check_caps(instrument: Instrument, wallet: Any, terms: Terms) -> None:
    mine = FlashTrade.objects.filter(wallet_id=wallet.pk, instrument=instrument)
    count = mine.exclude(state="settled").aggregate(Count("pk"))["pk__count"]
    since = terms.accepted_at - timedelta(seconds=instrument.stake_window_seconds)
    staked = mine.filter(accepted_at__gt=since).aggregate(Sum("stake"))["stake__sum"] or Decimal(0)
    if instrument.open_trades_max is not None and count >= instrument.open_trades_max:
        raise InsufficientForStake
    if instrument.staked_max is not None and staked + terms.stake > instrument.staked_max:
        raise InsufficientForStake


def _columns(order: Order, instrument: Instrument, wallet: Any, terms: Terms, version: int) -> dict[str, Any]:
    return {
        "id": new_id(terms.accepted_at),
        "user_id": order.user_id,
        "wallet_id": wallet.pk,
        "instrument": instrument,
        "idempotency_key": order.idempotency_key,
        "order_digest": order.digest,
        "direction": terms.direction,
        "stake": terms.stake,
        "currency": terms.currency,
        "demo": order.demo,
        "duration_seconds": terms.duration_seconds,
        "payout_rate": terms.payout_rate,
        "payout_version": version,
        "payout": terms.payout,
        "rule_version": terms.rule_version,
        "accepted_at": terms.accepted_at,
        "entry_at": terms.entry_at,
        "expires_at": terms.expires_at,
    }


urlpatterns = [path(ADDRESS, PlainOrders.as_view())]
