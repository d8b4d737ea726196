"""Old months are removed, but the prices that decided any trade stay."""

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.tests.guards import refused, run_sql
from trading.domain.rules import RULES
from trading.models import Candle, FlashTrade, IndexPrice, Instrument, PricePruning
from trading.services.prices.make_price_partitions import make_price_partitions
from trading.services.prices.prune_prices import Pruned, PruneRefused, prune_prices
from trading.services.prices.rebuild_candles import MonthPruned, rebuild_candles
from trading.services.proof.prove_trade import proof_of
from trading.services.proof.publish_digests import publish_digests
from trading.services.proof.replay_trade import replay_trade
from trading.services.settlement.settle_due_trades import settle_due_trades
from trading.tests.cast import SYMBOL, Stage, Trader
from trading.tests.closing import ask

SECOND = timedelta(seconds=1)
MARCH = date(2021, 3, 1)
START = datetime(2021, 3, 10, 12, tzinfo=UTC)


@pytest.fixture
def market(db: None) -> Stage:
    """Some seconds of 2021, with a gap."""
    instrument = Instrument.objects.create(symbol=SYMBOL, pip=Decimal("0.01"), durations=[15, 300, 3600])
    stage = Stage(instrument)
    price(stage, [0, 1, 2, 3, 10, 11, 12])
    return stage


def price(market: Stage, seconds: Iterable[int]) -> None:
    market.past((START + n * SECOND, f"{60000 + n % 17}.00") for n in seconds)


def close_the_books() -> None:
    """Make the partitions and publish the days, like the beat in time."""
    make_price_partitions(now=timezone.now())
    publish_digests(now=START + timedelta(days=2))


def proven(trade: FlashTrade) -> dict[str, object]:
    trade.refresh_from_db()
    return proof_of(trade, issuer="https://flash.example", now=START)


def seconds() -> list[int]:
    times = IndexPrice.objects.order_by("priced_at").values_list("priced_at", flat=True)
    return [(at - START) // SECOND for at in times]


def command(*args: str) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("prune_prices", *args, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def placed(trader: Trader, at: int, duration: int) -> FlashTrade:
    return trader.place(at=START + at * SECOND, seconds=duration)


def test_a_month_without_trades_keeps_its_two_ends(market: Stage) -> None:
    close_the_books()
    assert prune_prices(month=MARCH) == Pruned(MARCH, kept=2, removed=5)
    assert seconds() == [0, 12]
    assert PricePruning.objects.get().removed == 5


@pytest.mark.parametrize(("duration", "exit_seconds"), [(15, [114, 115, 116]), (300, [397, 398, 399, 400, 401])])
def test_it_keeps_what_decided_a_trade(market: Stage, alice: Trader, duration: int, exit_seconds: list[int]) -> None:
    price(market, range(95, 101))
    trade = placed(alice, 100, duration)
    price(market, [*range(101, 119), *range(395, 404)])
    settle_due_trades(instrument=SYMBOL, now=START + timedelta(days=1))
    assert FlashTrade.objects.get().state == "settled"
    close_the_books()
    before = proven(trade)
    prune_prices(month=MARCH)
    assert seconds() == [0, *range(98, 107), *exit_seconds, 403]
    assert proven(trade) == before


def test_it_keeps_what_sold_a_trade(market: Stage, alice: Trader) -> None:
    """The five minutes before its second decide the volatility."""
    price(market, range(20, 101))
    trade = placed(alice, 100, 3600)
    price(market, range(101, 500))
    settle_due_trades(instrument=SYMBOL, now=START + 499 * SECOND)
    ask(trade, now=START + 499.5 * SECOND)
    price(market, range(500, 600))
    settle_due_trades(instrument=SYMBOL, now=START + 600 * SECOND)
    close_the_books()
    before = proven(trade)
    assert trade.sold_priced_at == START + 501 * SECOND
    prune_prices(month=MARCH)
    assert seconds() == [0, *range(98, 107), *range(199, 504), 599]
    assert proven(trade) == before
    assert replay_trade(trade_id=trade.pk, now=timezone.now()).faults == []


def test_it_keeps_what_let_a_close_order_lapse(market: Stage, alice: Trader) -> None:
    price(market, range(20, 101))
    trade = placed(alice, 100, 3600)
    price(market, range(101, 500))
    settle_due_trades(instrument=SYMBOL, now=START + 499 * SECOND)
    ask(trade, now=START + 499.5 * SECOND, min_price="1")
    price(market, [505, 4200])
    settle_due_trades(instrument=SYMBOL, now=START + 4200 * SECOND)
    close_the_books()
    before = proven(trade)
    assert (trade.void_reason, trade.close_orders.get().lapse_reason) == ("no-exit-price", "no-price")
    prune_prices(month=MARCH)
    assert set(range(202, 500)) <= set(seconds())
    assert proven(trade) == before
    assert replay_trade(trade_id=trade.pk, now=timezone.now()).faults == []


def test_it_keeps_the_rates_that_converted_what_decided_a_trade(market: Stage, alice: Trader) -> None:
    rate = Instrument.objects.create(
        symbol="USDT-USD", pip=Decimal("0.0001"), durations=[], tradable=False, status="retired"
    )
    for n in range(90, 130):
        Stage(rate).price(START + n * SECOND, "0.9995")
    price(market, range(95, 101))
    placed(alice, 100, 15)
    price(market, range(101, 119))
    settle_due_trades(instrument=SYMBOL, now=START + timedelta(days=1))
    close_the_books()
    prune_prices(month=MARCH)
    kept = IndexPrice.objects.filter(instrument=rate).order_by("priced_at").values_list("priced_at", flat=True)
    assert [(at - START) // SECOND for at in kept] == [90, *range(95, 107), *range(111, 117), 129]


def test_where_there_was_no_price_the_chain_shows_it(market: Stage, alice: Trader) -> None:
    price(market, [1000])
    trade = placed(alice, 1000, 15)
    price(market, [2000, 2001, 3000])
    settle_due_trades(instrument=SYMBOL, now=START + timedelta(days=1))
    assert FlashTrade.objects.get().void_reason == "no-entry-price"
    close_the_books()
    before = proven(trade)
    prune_prices(month=MARCH)
    assert seconds() == [0, 12, 1000, 2000, 3000]
    assert proven(trade) == before


def test_prices_that_stay_are_as_they_were_and_go_on_being_for_ever(market: Stage) -> None:
    before = {row["id"]: row for row in IndexPrice.objects.values()}
    candles = Candle.objects.count()
    close_the_books()
    prune_prices(month=MARCH)
    assert all(before[row["id"]] == row for row in IndexPrice.objects.values())
    assert Candle.objects.count() == candles
    with refused("prices_are_for_ever_everywhere"):
        run_sql("DELETE FROM index_prices_2021_03")
    with refused("prunings_are_for_ever"):
        run_sql("DELETE FROM price_prunings")
    market.price(START + timedelta(days=31), "60000.00")
    assert IndexPrice.objects.latest("priced_at").sequence == 8


def test_candles_of_a_pruned_month_are_not_made_anew(market: Stage) -> None:
    close_the_books()
    prune_prices(month=MARCH)
    with pytest.raises(MonthPruned):
        rebuild_candles(day=START.date())


def guard_that_keeps(month: date) -> str:
    """The name of the database's reason against pruning a month."""
    with pytest.raises(PruneRefused) as caught:
        prune_prices(month=month)
    return caught.value.guard


@pytest.mark.refusals
def test_it_refuses_before_the_digest_is_published(market: Stage) -> None:
    make_price_partitions(now=timezone.now())
    assert guard_that_keeps(MARCH) == "digests_come_first"
    assert len(seconds()) == 7


@pytest.mark.refusals
def test_it_refuses_while_a_trade_of_that_time_is_not_settled(market: Stage, alice: Trader) -> None:
    placed(alice, 12, 15)
    close_the_books()
    assert guard_that_keeps(MARCH) == "open_trades_keep_their_prices"


@pytest.mark.refusals
def test_it_refuses_young_months_in_plain_sql(market: Stage) -> None:
    assert guard_that_keeps(timezone.now().date()) == "young_months_are_kept"
    with refused("young_months_are_kept"):
        run_sql("SELECT prune_price_month((now() - interval '29 days')::date, true)")


def test_a_dry_run_changes_nothing(market: Stage) -> None:
    close_the_books()
    out, err = command("--before", "2021-04", "--dry-run", "--json")
    assert json.loads(out) == {"dry_run": True, "months": [{"month": "2021-03", "kept": 2, "removed": 5}]}
    assert (err, len(seconds())) == ("2021-03 …\n", 7)


def test_the_command_prunes_each_month_once(market: Stage) -> None:
    close_the_books()
    assert command("--before", "2021-03")[0] == "nothing to prune\n"
    assert command("--before", "2021-04")[0] == "2021-03: 5 prices removed, 2 kept\n"
    assert command("--before", "2021-04")[0] == "nothing to prune\n"


def test_the_command_says_why_a_month_is_kept(market: Stage) -> None:
    make_price_partitions(now=timezone.now())
    with pytest.raises(CommandError, match="2021-03 is kept: the digest") as caught:
        command("--before", "2021-04")
    assert caught.value.returncode == 1


@pytest.mark.parametrize("month", ["2021", "2021-13", "2021-4", "２０21-04", "0000-01", "2021-04-01"])
def test_a_month_is_required(db: None, month: str) -> None:
    with pytest.raises(CommandError) as caught:
        command("--before", month)
    assert caught.value.returncode == 2


@pytest.mark.parametrize("version", list(RULES))
@pytest.mark.parametrize("duration", [15, 299, 300, 3599, 3600, 86_400])
def test_what_the_database_keeps_is_no_less_than_what_the_rules_look_at(
    market: Stage, alice: Trader, version: int, duration: int
) -> None:
    Instrument.objects.update(durations=[duration])
    trade, rules = placed(alice, 12, duration), RULES[version]
    look_back = max(timedelta(seconds=rules.exit_samples(timedelta(seconds=duration)) - 1), rules.exit_age_max)
    wanted = [
        (trade.accepted_at - rules.price_age_max, trade.entry_at + rules.entry_wait_max),
        (trade.expires_at - look_back, trade.expires_at),
    ]
    for since, until in wanted:
        assert run_sql(
            "SELECT FROM price_spans_needed WHERE trade_id = %s AND since <= %s AND until >= %s", trade.id, since, until
        )
