"""The database takes no trade with terms that no order gives, not even from SQL."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

import trading
from accounts.domain.money import SCALES, step
from accounts.tests.cast import NOON
from accounts.tests.guards import refused, run_sql
from trading.domain.errors import ServerClockWrong
from trading.domain.terms import Direction, Terms
from trading.models import FlashTrade, Instrument
from trading.services.settlement.settle_due_trades import settle_due_trades
from trading.tests.cast import Stage, Trader, open_stage, trader
from trading.tests.terms import bear

FILE = Path(trading.__file__).parent / "sql" / "trades" / "trade_pays_its_terms.sql"
OTHER_WALLET = "(SELECT id FROM ledger_accounts WHERE kind = 'wallet' AND owner_id <> {user})"
LATER = "interval '{} s'"
CONTRADICTIONS: list[tuple[dict[str, str], str]] = [
    *(
        (change, "trade_pays_its_terms")
        for change in (
            {"payout": "50 * stake"},
            {"payout": "payout + 0.01"},
            {"payout": "payout - 0.01"},
            {"payout_rate": "payout_rate + 0.01"},
            {"stake": "stake - 0.01"},
            {"stake": "stake + 0.001", "payout": "payout + 0.001"},
            {"currency": "'EUR'"},
            {"currency": "'KRW'", "stake": "stake + 0.5", "payout": "payout + 0.92"},
        )
    ),
    *(
        (change, "trade_enters_after_acceptance")
        for change in (
            {"accepted_at": f"accepted_at + {LATER.format('0.000001')}"},
            {"accepted_at": f"accepted_at - {LATER.format(1)}"},
            {"entry_at": f"entry_at + {LATER.format(1)}", "expires_at": f"expires_at + {LATER.format(1)}"},
            {"entry_at": f"entry_at + {LATER.format(0.5)}", "expires_at": f"expires_at + {LATER.format(0.5)}"},
        )
    ),
    *(
        (change, "trade_expires_after_its_duration")
        for change in (
            {"duration_seconds": "1", "expires_at": f"entry_at + {LATER.format(1)}"},
            {"duration_seconds": "14", "expires_at": f"entry_at + {LATER.format(14)}"},
            {"duration_seconds": "86401", "expires_at": f"entry_at + {LATER.format(86401)}"},
            {"duration_seconds": "61"},
            {"expires_at": f"expires_at - {LATER.format(1)}"},
        )
    ),
    ({"payout_version": "NULL"}, "rates_are_offered"),
    ({"payout_version": "9"}, "rates_are_offered"),
    ({"payout_rate": "0.86", "payout": "stake * 1.86"}, "rates_are_offered"),
    ({"payout_rate": "5", "payout": "stake * 6"}, "rates_are_offered"),
    ({"wallet_id": OTHER_WALLET}, "wallet_of_its_trader"),
    ({"wallet_id": "(SELECT id FROM ledger_accounts WHERE kind = 'house' AND demo)"}, "wallet_of_its_trader"),
    ({"user_id": "(SELECT id FROM users WHERE id <> {user} LIMIT 1)"}, "wallet_of_its_trader"),
    ({"demo": "false"}, "wallet_of_its_trader"),
    ({"currency": "'USD'"}, "wallet_of_its_trader"),
    ({"instrument_id": "(SELECT id FROM instruments WHERE currency = 'KRW')"}, "traded_instrument_of_its_currency"),
    ({"instrument_id": "(SELECT id FROM instruments WHERE NOT tradable)"}, "traded_instrument_of_its_currency"),
]


def test_no_trade_is_born_with_terms_that_no_order_gives(stage: Stage, alice: Trader, bob: Trader) -> None:
    """As the login of orders, by SQL: a stake of 1 that pays 50 after a second was accepted, and paid."""
    trade = alice.place()
    Instrument.objects.create(symbol="BTC-KRW", pip=1, durations=[60], currency="KRW")
    Instrument.objects.create(symbol="USDT-USD", pip=1, durations=[60], tradable=False, status="retired")
    for changes, constraint in CONTRADICTIONS:
        with refused(constraint):
            bear({name: value.format(user=trade.user_id) for name, value in changes.items()})
    bear({})
    assert (FlashTrade.objects.count(), bob.wallet.held) == (2, 0)


@pytest.mark.parametrize(("outcome", "profit"), [("won", "0"), ("won", "payout"), ("lost", "0"), ("tied", "1")])
def test_a_result_gains_what_its_outcome_says(stage: Stage, alice: Trader, outcome: str, profit: str) -> None:
    alice.place()
    stage.price(NOON + timedelta(seconds=1), "60000.00")
    settle_due_trades(instrument="BTC-USDT", now=NOON + timedelta(seconds=1))
    with refused("trade_gains_by_its_outcome"):
        run_sql(
            f"UPDATE flash_trades SET state = 'settled', settled_at = now(), outcome = %s, profit = {profit}", outcome
        )


CASES = st.lists(
    st.tuples(
        st.sampled_from(sorted(SCALES)),
        st.integers(1, 10**11 - 1),
        st.integers(0, 50_000).map(lambda share: Decimal(share) / 10_000),
        st.integers(-2, 2),
    ),
    min_size=30,
    max_size=100,
)
PAYS = FILE.read_text().partition("CHECK (")[2].rpartition(");")[0]


@pytest.mark.long
@settings(max_examples=10)
@given(cases=CASES)
def test_the_database_computes_each_payout_as_the_rules_do(
    db: None, cases: list[tuple[str, int, Decimal, int]]
) -> None:
    """In every currency, to its smallest amount: the rules' payout passes, and one beside it doesn't."""
    rows = []
    for currency, units, rate, off in cases:
        stake = units * step(currency)
        payout = Terms(Direction.UP, stake, currency, 60, rate, Decimal(1), NOON, NOON, NOON).payout
        rows.append((currency, stake, rate, payout + off * step(currency), not off))
    marks = ", ".join(["(%s, %s::numeric, %s::numeric, %s::numeric, %s)"] * len(rows))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT * FROM (VALUES {marks}) AS t(currency, stake, payout_rate, payout, right_one)"
            f" WHERE right_one <> ({PAYS})",
            [value for row in rows for value in row],
        )
        assert cursor.fetchall() == []


@pytest.fixture
def _by_the_clock(transactional_db: None) -> Iterator[None]:
    run_sql("ALTER TABLE flash_trades ENABLE TRIGGER acceptances_by_the_clock")
    yield
    run_sql("ALTER TABLE flash_trades DISABLE TRIGGER acceptances_by_the_clock")


@pytest.mark.usefixtures("_by_the_clock")
@pytest.mark.parametrize(("off", "taken"), [(-31, False), (-5, True), (25, True), (90, False), (300, False)])
def test_a_trade_is_accepted_by_the_databases_clock(off: int, taken: bool) -> None:
    stage, alice = open_stage(), trader("alice")
    at = timezone.now() + timedelta(seconds=off)
    stage.price(at.replace(microsecond=0), "60000.00")
    if taken:
        alice.place(at=at)
    else:
        with pytest.raises(ServerClockWrong):
            alice.place(at=at)
    assert (FlashTrade.objects.count(), alice.wallet.held > 0) == (int(taken), taken)
