from datetime import timedelta

from accounts.tests.cast import NOON
from accounts.tests.crowd import gather
from accounts.tests.plans import rows_read
from trading.services.settlement.settle_due_trades import settle_due_trades
from trading.tests.cast import SYMBOL, Stage, Trader

CROWD = 3000


def test_an_order_reads_its_own_wallet_and_the_house_only(stage: Stage, alice: Trader) -> None:
    gather(CROWD)
    alice.place()
    assert rows_read("ledger_accounts", alice.place) <= 10


def test_a_settlement_reads_the_wallets_of_its_trades_and_the_house_only(stage: Stage, alice: Trader) -> None:
    gather(CROWD)
    alice.place()
    end = NOON + timedelta(seconds=61)
    stage.past([(NOON + timedelta(seconds=1), "60000.00"), (end, "60001.00")])
    assert rows_read("ledger_accounts", lambda: settle_due_trades(instrument=SYMBOL, now=end)) <= 20
    assert alice.wallet.balance > 10_000
