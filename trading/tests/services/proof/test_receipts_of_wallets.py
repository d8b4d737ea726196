"""Receipts where more happens: no key that opens, a void afterwards, real money beside demo money."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Transfer
from accounts.sealing import unseal
from accounts.tests.cast import NOON
from monitoring.domain.faults import FaultCode
from monitoring.services.check_health import check_health
from monitoring.services.reconcile_ledger import reconcile_ledger
from trading.domain.prices import Source
from trading.domain.proof.proof import SigningUnavailable
from trading.domain.proof.receipts import read_receipt
from trading.models import CloseOrder, FlashTrade, Receipt, SigningKey
from trading.selectors.proof.receipt_faults import receipt_faults
from trading.services.proof.prove_trade import prove_trade
from trading.services.proof.rotate_keys import rotate_keys
from trading.steps.sign_statement import make_key
from trading.tests.cast import Stage, Trader, open_stage, trader
from trading.tests.closing import ask, at, open_one
from trading.tests.services.proof.test_receipt_forgeries import Held, chain_texts, keys
from trading.tests.voids import LATER, Staff, settled

pytestmark = pytest.mark.django_db(transaction=True)
SIGNING_UNAVAILABLE = FaultCode.SIGNING_UNAVAILABLE
WRONG = ["another one, because the right one was lost"]


@pytest.fixture
def market(transactional_db: None) -> Stage:
    return open_stage()


@pytest.fixture
def ann(market: Stage) -> Trader:
    return trader("ann")


def assert_nothing_moves(who: Trader, act: Callable[[], object]) -> None:
    """The act is refused because nothing can be signed, and leaves no row and no change of the wallet."""
    before = (who.wallet, FlashTrade.objects.count(), CloseOrder.objects.count(), Receipt.objects.count())
    transfers = Transfer.objects.count()
    with pytest.raises(SigningUnavailable) as refusal:
        act()
    assert (refusal.value.code, refusal.value.status) == ("signing-unavailable", 503)
    after = (who.wallet, FlashTrade.objects.count(), CloseOrder.objects.count(), Receipt.objects.count())
    assert (after, Transfer.objects.count()) == (before, transfers)


def test_without_a_key_that_opens_no_order_is_taken_and_its_key_stays_free(ann: Trader, settings: Settings) -> None:
    right = settings.ENCRYPTION_KEYS
    make_key(NOON)  # no process has opened it yet
    settings.ENCRYPTION_KEYS = WRONG
    assert_nothing_moves(ann, lambda: ann.place(key="one"))
    assert SIGNING_UNAVAILABLE in {fault.code for fault in check_health(clock=timezone.now).faults}
    settings.ENCRYPTION_KEYS = right
    assert SIGNING_UNAVAILABLE not in {fault.code for fault in check_health(clock=timezone.now).faults}
    assert ann.place(key="one").state == "pending"
    assert receipt_faults() == []


def test_without_a_key_that_opens_no_close_order_is_taken(market: Stage, ann: Trader, settings: Settings) -> None:
    _, trade = open_one(market, ann)
    rotate_keys(now=at(41))  # a key that this process hasn't opened
    settings.ENCRYPTION_KEYS = WRONG
    assert_nothing_moves(ann, lambda: ask(trade, now=at(41.5)))


def test_a_void_changes_no_receipt_and_both_verifiers_agree(market: Stage, ann: Trader) -> None:
    trade = ann.place()
    settled(market, "60001.00")
    before = chain_texts(ann)
    Staff().void(trade.pk)
    assert chain_texts(ann) == before
    assert reconcile_ledger().faults == ()
    proof = prove_trade(trade_id=trade.pk, user_id=ann.user.pk, issuer="", now=LATER)
    private = unseal(SigningKey.objects.get().sealed_private_key)
    held = Held(proof.content, before, private)
    assert held.proof["trade"]["correction"]["amount"] == "-85.00"
    assert held.judged(before, before) == set()
    held.proof["trade"]["payout_version"] = 77
    assert held.judged(before) == {"receipt"}


def test_real_money_has_a_chain_of_its_own(market: Stage, ann: Trader, settings: Settings) -> None:
    settings.REAL_CURRENCIES = ("USDT",)
    ann.pay_in("500")
    moment = NOON + timedelta(seconds=1)
    market.price(moment, "60000.00", source=Source.LIVE)
    for demo in (True, False, True, False, False):
        ann.place(at=moment, demo=demo, stake="5")
    chains = {
        demo: [read_receipt(text, keys()) for text in chain_texts(ann, wallet.id)]
        for demo, wallet in ((True, ann.wallet), (False, ann.real_wallet))
    }
    for demo, chain in chains.items():
        assert [receipt.number for receipt in chain] == list(range(1, 3 if demo else 4))
        assert {receipt.told["demo"] for receipt in chain} == {demo}
        assert [receipt.previous for receipt in chain[1:]] == [receipt.digest for receipt in chain[:-1]]
    assert chains[True][0].wallet != chains[False][0].wallet
    assert receipt_faults() == []
