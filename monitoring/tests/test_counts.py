"""Each metric moves when its event happens: one walk through a day of the platform."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.db import connection

from accounts.domain.errors import IdempotencyKeyReused
from accounts.services.people.register_trader import register_trader
from accounts.tests.cast import NOON, PASSWORD
from accounts.tests.rest_client import Api
from monitoring.models import Figure
from monitoring.tasks.watching import count, watch
from monitoring.tests.scraping import Scrape, growth, scrape
from trading.domain.errors import StakeOutOfBounds
from trading.models import Instrument
from trading.services.proof.rotate_keys import rotate_keys
from trading.services.settlement.settle_due_trades import settle_due_trades
from trading.tests.cast import SYMBOL, Stage, Trader
from trading.tests.closing import ask, at, open_one

pytestmark = pytest.mark.django_db(transaction=True)  # read over a connection of their own


@pytest.fixture(autouse=True)
def nothing_reported() -> None:
    cache.clear()


class Walk:
    """Tells what has changed since it was last asked."""

    def __init__(self) -> None:
        self._before = scrape()

    def changes(self, *names: str) -> Scrape:
        """The changes of the metrics that begin with these names."""
        before, self._before = self._before, scrape()
        return {k: v for k, v in growth(before, self._before).items() if k.startswith(names)}


BUSINESS = ("trades", "stakes", "orders", "payouts", "exposure", "house", "settlement_lag_seconds_count")


def test_orders_and_results_count_once(alice: Trader, stage: Stage) -> None:
    Instrument.objects.update(liability_max=Decimal(500))
    walk = Walk()

    alice.place(stake="100", key="one")
    alice.place(stake="100", key="one")
    with pytest.raises(IdempotencyKeyReused):
        alice.place(stake="99", key="one")
    with pytest.raises(StakeOutOfBounds):
        alice.place(stake="99999", key="two")
    assert walk.changes(*BUSINESS) == {
        f"trades_accepted_total demo {SYMBOL}": 1,
        "stakes_accepted_total demo USDT": 100,
        "orders_refused_total idempotency-key-reused": 1,
        "orders_refused_total stake-out-of-bounds": 1,
        f"trades_unsettled demo {SYMBOL}": 1,
        f"stakes_held demo {SYMBOL}": 100,
        f"exposure demo USDT {SYMBOL}": 85,
        "trades_overdue": 1,
    }

    for second in range(1, 62):
        stage.past([(NOON + timedelta(seconds=second), f"{60000 + second}.00")])
    settle_due_trades(instrument=SYMBOL, now=NOON + timedelta(seconds=63))
    settle_due_trades(instrument=SYMBOL, now=NOON + timedelta(seconds=64))
    changes = walk.changes(*BUSINESS, "settlement_lag_seconds_bucket 5.0", "settlement_lag_seconds_bucket 2.0")
    assert changes == {
        f"trades_settled_total demo {SYMBOL} won": 1,
        "payouts_total demo USDT": 85,
        "settlement_lag_seconds_count": 1,
        "settlement_lag_seconds_bucket 5.0": 1,
        f"trades_unsettled demo {SYMBOL}": -1,
        f"stakes_held demo {SYMBOL}": -100,
        f"exposure demo USDT {SYMBOL}": -85,
        "house_revenue demo USDT": -85,
        "trades_overdue": -1,
    }
    assert scrape()[f"cryptotrader_exposure_cap demo USDT {SYMBOL}"] == 500


def test_a_sale_counts_as_one(alice: Trader, stage: Stage) -> None:
    scene, trade = open_one(stage, alice)
    scene.go_to(50)
    walk = Walk()
    ask(trade, now=at(50.3))
    scene.go_to(52, "60030.00")
    scene.go_to(130)
    changes = walk.changes("trades_settled", "payouts", "settlement_lag_seconds_count", "stakes_held")
    trade.refresh_from_db()
    assert changes == {
        f"trades_settled_total demo {SYMBOL} sold": 1,
        "payouts_total demo USDT": float(trade.sale or 0),
        "settlement_lag_seconds_count": 1,
        f"stakes_held demo {SYMBOL}": -100,
    }


def test_people_count(transactional_db: None) -> None:
    walk = Walk()
    register_trader(email="carol@example.com", password=PASSWORD, locale="en", now=NOON, verified=True)
    assert Api().post("/api/v1/auth/token", {"email": "carol@example.com", "password": PASSWORD}).status == 200
    for _ in range(6):
        Api().post("/api/v1/auth/token", {"email": "carol@example.com", "password": "wrong"})
    count.apply()
    assert walk.changes("sign_ups", "logins", "people_active") == {
        "sign_ups_total": 1,
        "logins_total": 1,
        "logins_refused_total invalid-credentials": 5,
        "logins_refused_total too-many-attempts": 1,
        "people_active 15m": 1,
        "people_active 1d": 1,
        "people_active 30d": 1,
    }
    Figure.objects.update(found_at=NOON)
    assert not [name for name in scrape() if name.startswith("cryptotrader_people_active")]  # nobody counts any more


def test_the_ledger_is_reconciled_when_it_is_time(alice: Trader, stage: Stage) -> None:
    assert "cryptotrader_ledger_discrepancies" not in scrape()
    watch.apply()
    after = scrape()
    assert after["cryptotrader_ledger_discrepancies"] == 0
    assert 0 <= after["cryptotrader_ledger_reconciled_age_seconds"] < 60

    alice.place(stake="100")
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # as an intruder with all rights
        cursor.execute("DELETE FROM flash_trades")
        cursor.execute("SET session_replication_role = DEFAULT")
    watch.apply()
    assert scrape()["cryptotrader_ledger_discrepancies"] == 0  # it isn't time yet
    Figure.objects.update(found_at=datetime.now(UTC) - timedelta(hours=2))
    assert scrape()["cryptotrader_ledger_reconciled_age_seconds"] > 7000
    watch.apply()
    after = scrape()
    assert after["cryptotrader_ledger_discrepancies"] >= 2
    assert after["cryptotrader_ledger_reconciled_age_seconds"] < 60


def test_keys_have_an_age(transactional_db: None) -> None:
    kid = rotate_keys(now=NOON)
    assert scrape()[f"cryptotrader_signing_key_age_seconds {kid}"] > 86_400
