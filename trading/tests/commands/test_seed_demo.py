import json
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from itertools import islice, pairwise
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from accounts.reconciliation import ledger_faults, stake_faults
from accounts.tests.cast import NOON
from accounts.tests.guards import run_sql
from trading.demo import plan
from trading.demo.past_hour import record_past_hour
from trading.demo.people import names
from trading.demo.plan import plan_demo
from trading.demo.trades import guard_again, orders_of_the_past
from trading.domain.prices import Source
from trading.domain.reading import PriceRefused, Reading
from trading.feeds.instruments import feed_instruments
from trading.models import FlashTrade, IndexPrice
from trading.selectors.proof.term_faults import term_faults
from trading.selectors.trades import STAKES
from trading.services.instruments.seed_instruments import PIPS, seed_instruments
from trading.services.prices.record_past_prices import record_past_prices
from trading.services.proof.publish_digests import publish_digests
from trading.services.proof.replay_trade import replay_trade
from trading.services.settlement.void_trade import VOID_TRADE
from trading.tests.cast import Trader, open_stage


@pytest.mark.django_db
def test_a_demo_has_staff_enough_for_every_deed_and_says_how_they_log_in(settings: Settings) -> None:
    settings.DEBUG = True
    out = StringIO()
    for _ in range(2):
        out.truncate(out.seek(0))
        call_command("seed_demo", "--json", stdout=out)
    staff = {login["email"] for login in json.loads(out.getvalue())["logins"] if login["role"] == "staff"}
    assert staff == set(User.objects.filter(is_staff=True).values_list("email", flat=True))
    assert len(staff) == 1 + VOID_TRADE.approvals_needed


GUARDS = {"index_prices": "prices_by_the_clock", "flash_trades": "acceptances_by_the_clock"}


def guards() -> set[str]:
    """The guards of the past that are on."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgname = ANY(%s) AND tgenabled <> 'D'", [list(GUARDS.values())]
        )
        return {name for (name,) in cursor.fetchall()}


@pytest.fixture
def _guarded(transactional_db: None) -> Iterator[None]:
    """The guards by the clock are on, as everywhere but in tests."""
    for table, guard in GUARDS.items():
        run_sql(f"ALTER TABLE {table} ENABLE TRIGGER {guard}")
    yield
    for table, guard in GUARDS.items():
        run_sql(f"ALTER TABLE {table} DISABLE TRIGGER {guard}")


def seed(*arguments: str) -> dict[str, Any]:
    out = StringIO()
    call_command("seed_demo", "--json", *arguments, stdout=out, stderr=StringIO())
    told: dict[str, Any] = json.loads(out.getvalue())
    return told


def shorten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fewer prices, in less time."""
    for name, number in {"SPARSE_MAX": 50, "RECENT_SECONDS": 90, "DENSE_SECONDS": 30}.items():
        monkeypatch.setattr(plan, name, number)


@pytest.mark.usefixtures("_guarded")
@pytest.mark.django_db(transaction=True)
def test_a_new_installation_has_its_past_hour_once(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.DEBUG = True
    shorten(monkeypatch)
    seed("--past-hour")
    assert guards() == set(GUARDS.values())
    prices = IndexPrice.objects.order_by("instrument_id", "priced_at")
    assert {(price.instrument.symbol, price.source) for price in prices.select_related("instrument")} == {
        (symbol, "simulated") for symbol in PIPS
    }
    assert prices.count() >= 3 * 45  # a second in which venues were silent has none
    assert (timezone.now() - prices[0].priced_at).total_seconds() >= 80
    before = list(prices.values_list("digest", flat=True))
    assert "made" not in seed("--past-hour")
    assert list(prices.values_list("digest", flat=True)) == before


@pytest.mark.django_db(transaction=True)
def test_a_past_hour_ends_where_the_feed_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    shorten(monkeypatch)
    seed_instruments()
    clock = (NOON + timedelta(seconds=second) for second in (0.3, 7.4, 8.9, 9.2, 9.8))
    made = record_past_hour(feed_instruments(), seed="a seed", clock=lambda: next(clock))
    assert made == IndexPrice.objects.count()
    for symbol in PIPS:
        prices = IndexPrice.objects.filter(instrument__symbol=symbol, priced_at__gte=NOON).order_by("priced_at")
        assert [(price.priced_at - NOON).seconds for price in prices] == list(range(10))
        assert len({price.sequence - (price.priced_at - NOON).seconds for price in prices}) == 1
        assert all(after.previous == before.digest for before, after in pairwise(prices))


@pytest.mark.django_db(transaction=True)
def test_a_past_hour_never_stands_behind_other_prices(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.DEBUG = True
    shorten(monkeypatch)
    open_stage()
    priced = IndexPrice.objects.filter(instrument__symbol="BTC-USDT")
    before = priced.count()
    seed("--past-hour")
    assert priced.count() == before > 0
    assert IndexPrice.objects.filter(instrument__symbol="ETH-USDT").exists()
    reading = Reading("BTC-USDT", Source.SIMULATED, (), 3)
    with pytest.raises(PriceRefused, match="prices already"):
        record_past_prices(instrument="BTC-USDT", readings=[(timezone.now(), reading)], only_first=True)
    live = Reading("ETH-USDT", Source.LIVE, (), 3)
    with pytest.raises(PriceRefused, match="only simulated"):
        record_past_prices(instrument="ETH-USDT", readings=[(timezone.now(), live)], only_first=True)


@pytest.mark.long
@pytest.mark.usefixtures("_guarded")
@pytest.mark.django_db(transaction=True)
def test_a_lively_demo_has_proven_results_and_open_trades(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.DEBUG = True
    shorten(monkeypatch)
    made = seed("--users", "4", "--trades", "40", "--days", "1")["made"]
    assert guards() == set(GUARDS.values())
    assert (made["users"], made["settled"] >= 35, made["open"] > 0) == (4, True, True)
    outcomes = set(FlashTrade.objects.filter(state="settled").values_list("outcome", flat=True))
    assert {"won", "lost"} <= outcomes
    assert set(IndexPrice.objects.values_list("source", flat=True)) == {"simulated"}
    oldest = IndexPrice.objects.order_by("priced_at").first()
    assert oldest is not None
    assert timezone.now() - oldest.priced_at > timedelta(hours=23)
    won = FlashTrade.objects.filter(outcome="won").first()
    assert won is not None
    publish_digests(now=timezone.now())
    assert replay_trade(trade_id=won.pk, now=timezone.now()).faults == []
    assert reconciled() == []

    before = FlashTrade.objects.count()
    assert "made" not in seed("--users", "4", "--trades", "40", "--days", "1")
    assert FlashTrade.objects.count() == before


def reconciled() -> list[object]:
    return [*ledger_faults(), *stake_faults(STAKES), *term_faults()]


@pytest.mark.django_db(transaction=True)
def test_it_stands_beside_no_other_trades_and_no_later_prices(settings: Settings, alice: Trader) -> None:
    settings.DEBUG = True
    stage = open_stage()
    stage.past([(timezone.now().replace(microsecond=0), "60000.00")])
    with pytest.raises(CommandError, match="nothing comes before them"):
        seed("--trades", "10")
    alice.place(at=timezone.now())
    with pytest.raises(CommandError, match="trades already"):
        seed("--trades", "10")


@pytest.mark.usefixtures("_guarded")
@pytest.mark.django_db(transaction=True)
def test_a_guard_that_a_killed_run_left_off_is_put_on_again() -> None:
    with orders_of_the_past():
        assert guards() == {"prices_by_the_clock"}
    assert guards() == set(GUARDS.values())
    passing = orders_of_the_past()
    passing.__enter__()  # and the process ends
    assert guard_again()
    assert guards() == set(GUARDS.values())
    assert not guard_again()


@pytest.mark.parametrize(("trades", "days"), [(1, 1), (40, 1), (2000, 3), (9_000, 1)])
def test_meetings_never_overlap_and_have_all_trades(trades: int, days: int) -> None:
    end = NOON
    made = plan_demo(users=5, trades=trades, instruments=["A", "B"], begin=end - timedelta(days=days), end=end)
    assert sum(meeting.orders for meeting in made.meetings) == trades
    assert all(one.ends < two.at for one, two in pairwise(made.meetings))
    assert made.meetings[-1].ends < end
    seconds = {symbol: set(made.seconds[symbol]) for symbol in made.seconds}
    for meeting in made.meetings:
        assert {meeting.at, meeting.ends} <= seconds[meeting.instrument]


def test_people_have_different_addresses() -> None:
    people = list(islice(names(), 500))
    assert len({email for email, _ in people}) == 500
    assert [locale for _, locale in people[:2]] == ["ko", "en"]
