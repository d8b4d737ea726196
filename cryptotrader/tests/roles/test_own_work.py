"""Each login can do all of its own work: the real services, with the granted rights."""

from datetime import timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from accounts.tests.audit import assert_the_ledger_balances
from accounts.tests.cast import NOON
from accounts.tests.guards import refused, run_sql
from cryptotrader.tests.roles.logins import acting_as
from cryptotrader.tests.roles.record import play
from monitoring.domain.privileges import Role
from monitoring.services.reconcile_ledger import reconcile_ledger
from trading.models import FlashTrade
from trading.services.prices.make_price_partitions import make_price_partitions
from trading.services.proof.prove_trade import prove_trade
from trading.services.proof.publish_digests import publish_digests
from trading.services.settlement.settle_due_trades import settle_due_trades
from trading.tests.cast import SYMBOL, Stage, Trader, trader
from trading.tests.closing import ask, open_one
from trading.tests.voids import Staff

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("_logins")]


def price(stage: Stage, seconds: int, text: str) -> None:
    with acting_as(Role.FEED):
        assert stage.price(NOON + timedelta(seconds=seconds), text).published == (SYMBOL,)


def settle(seconds: int) -> Any:
    with acting_as(Role.SETTLER):
        return settle_due_trades(instrument=SYMBOL, now=NOON + timedelta(seconds=seconds))


def test_a_trade_goes_its_way_through_all_hands(stage: Stage) -> None:
    stage.instrument.liability_max = Decimal(1_000_000)
    with acting_as(Role.APP):
        stage.instrument.save()
        alice = trader("alice")
        won, lost = alice.place().id, alice.place(stake="50", direction="down").id  # type: ignore[arg-type]
    price(stage, 1, "60000.00")
    assert settle(1).entered == 2
    price(stage, 61, "60001.00")
    assert settle(61).settled == 2
    with acting_as(Role.APP):
        trades = {trade.pk: trade.outcome for trade in FlashTrade.objects.all()}
        assert trades == {won: "won", lost: "lost"}
        before = alice.wallet.balance
        Staff().void(won)
        assert alice.wallet.balance == before - 85
        assert reconcile_ledger().faults == ()
        call_command("reconcile_ledger", stdout=StringIO())
    assert_the_ledger_balances()


def test_a_close_that_the_app_asks_for_is_decided_by_the_settler(stage: Stage, alice: Trader) -> None:
    _, trade = open_one(stage, alice)
    with acting_as(Role.APP):
        ask(trade, now=NOON + timedelta(seconds=41.5))
    for second in (42, 43, 44):
        price(stage, second, "60003.00")
    settle(44)
    with acting_as(Role.APP):
        assert FlashTrade.objects.get().outcome == "sold"
    assert_the_ledger_balances()


def test_trades_without_a_price_are_voided(stage: Stage, alice: Trader) -> None:
    with acting_as(Role.APP):
        alice.place()
    assert settle(3600).settled == 1
    assert_the_ledger_balances()


def test_the_settler_keeps_the_partitions_and_publishes_the_digests(stage: Stage, alice: Trader) -> None:
    play(stage, alice)
    with acting_as(Role.SETTLER):
        assert make_price_partitions(now=NOON + timedelta(days=3650)) > 0
        assert len(publish_digests(now=NOON + timedelta(days=1))) == 1
    with acting_as(Role.APP):
        trade = FlashTrade.objects.get(state="settled").pk
        assert prove_trade(trade_id=trade, user_id=alice.user.pk, issuer="https://example.com", now=NOON).jws


def test_the_feed_continues_the_chain_and_can_do_nothing_else_to_it(stage: Stage) -> None:
    price(stage, 1, "60000.00")
    again = "INSERT INTO index_prices (instrument_id, sequence, priced_at, price, source, venues, previous, digest,"
    again += " recorded_at, rule_version, venues_min) SELECT instrument_id, {}, {}, price, source, venues, {}, digest,"
    again += " recorded_at, rule_version, venues_min FROM index_prices WHERE sequence = 2"
    with acting_as(Role.FEED):
        with refused("one_price_a_second"):
            run_sql(again.format("3", "priced_at", "digest"))
        with refused("one_place_in_the_chain"):
            run_sql(again.format("4", "priced_at + interval '1 s'", "digest"))
        with refused("one_successor_each"):
            run_sql(again.format("3", "priced_at + interval '1 s'", "previous"))


def test_a_cap_is_counted_anew_by_who_may_only_read_trades(stage: Stage, alice: Trader) -> None:
    alice.place()
    with acting_as(Role.APP):
        run_sql("UPDATE instruments SET liability_max = 1000")
        assert run_sql("SELECT FROM liability_slots WHERE used = 85") == 1
