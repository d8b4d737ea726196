"""Early closes in proofs: sold ones, lapsed ones, and later forgeries."""

import json
from collections.abc import Callable

import pytest

from trading.domain.proof.jws import key_id
from trading.domain.proof.proof import ProofUnreadable
from trading.domain.proof.reading import read_proof
from trading.domain.proof.receipt_verification import Receipts
from trading.domain.proof.verification import verify
from trading.domain.terms import Direction
from trading.models import FlashTrade
from trading.selectors.proof.proofs import public_keys
from trading.services.proof.prove_trade import prove_trade
from trading.services.proof.replay_trade import replay_trade
from trading.tests.cast import Stage, Trader
from trading.tests.chains import Json
from trading.tests.closing import ask, at, open_one
from trading.tests.script import load_script


@pytest.fixture
def sold(stage: Stage, alice: Trader) -> FlashTrade:
    """Closed early, a few seconds after its entry."""
    scene, trade = open_one(stage, alice, direction=Direction.DOWN)
    scene.go_to(47)
    ask(trade, now=at(47.5), min_price="50")
    scene.go_to(49, "59990.00")
    scene.go_to(52)
    trade.refresh_from_db()
    assert trade.outcome == "sold"
    return trade


def proven(trade: FlashTrade) -> Json:
    """The content that would be signed."""
    content = prove_trade(trade_id=trade.pk, user_id=None, issuer="https://example.com", now=at(300)).content
    return dict(json.loads(json.dumps(content)))


def faults_of(proof: Json) -> tuple[set[str], set[str]]:
    """The fault codes, from the platform and from the script; without those of receipts, which have their own tests."""
    script = load_script()
    report = script.Report()
    script.check_proof(proof, report)
    receipts = Receipts({key_id(public): public for public in public_keys()})
    ours = {code for code, _ in verify(read_proof(proof), receipts=receipts).faults}
    return ours - {"receipt", "receipt-chain"}, {code for code, _ in report.faults}


def test_a_sale_agrees(sold: FlashTrade) -> None:
    assert replay_trade(trade_id=sold.pk, now=at(300)).faults == []
    proof = proven(sold)
    assert [window["purpose"] for window in proof["windows"]] == ["entry", "sale"]
    assert faults_of(proof) == (set(), set())


@pytest.mark.parametrize(
    ("member", "value", "code"),
    [
        ("sale", "500.00", "outcome"),
        ("sold_at_price", "60001.00", "outcome"),
        ("sold_priced_at", "2026-03-01T12:00:50Z", "outcome"),
        ("profit", "1.00", "outcome"),
        ("entry_price", "60000.00", "outcome"),
        ("exit_price", "60000.00", "outcome"),
        ("direction", "up", "outcome"),
        ("outcome", "won", "outcome"),
    ],
)
def test_a_forged_sale_is_found_by_both(sold: FlashTrade, member: str, value: str, code: str) -> None:
    proof = proven(sold)
    proof["trade"][member] = value
    by_platform, by_script = faults_of(proof)
    assert code in by_platform & by_script


@pytest.mark.parametrize(
    ("member", "value", "code"),
    [
        ("asked_at", "2026-03-01T12:00:46.500000Z", "terms"),
        ("asked_at", "2026-03-01T12:01:30.500000Z", "terms"),
        ("close_at", "2026-03-01T12:00:48Z", "terms"),
        ("min_price", "180.00", "outcome"),
    ],
)
def test_a_forged_close_order_is_found_by_both(sold: FlashTrade, member: str, value: str, code: str) -> None:
    proof = proven(sold)
    proof["trade"]["close"] = proof["closes"][0] | {member: value}
    proof["closes"] = [proof["trade"]["close"]]
    by_platform, by_script = faults_of(proof)
    assert code in by_platform & by_script


def test_a_sale_without_its_close_order_cant_be_read(sold: FlashTrade) -> None:
    proof = proven(sold)
    del proof["trade"]["close"]
    with pytest.raises(ProofUnreadable):
        read_proof(proof)
    script = load_script()
    with pytest.raises(script.Unreadable):
        script.check_proof(proof, script.Report())


@pytest.fixture
def kept(stage: Stage, alice: Trader) -> FlashTrade:
    """Two close orders lapsed, the first below its minimum and the second without a price; settled at its expiry."""
    scene, trade = open_one(stage, alice, direction=Direction.DOWN)
    scene.go_to(47)
    ask(trade, now=at(47.5), min_price="80")
    scene.go_to(49, "60100.00")
    scene.go_to(60)
    ask(trade, now=at(60.5))
    scene.skip_to(65)
    scene.go_to(110)
    trade.refresh_from_db()
    assert [order.lapse_reason for order in trade.close_orders.all()] == ["no-price", "below-minimum"]
    return trade


def test_a_close_order_that_lapsed_is_proven_too(kept: FlashTrade) -> None:
    proof = proven(kept)
    assert [window["purpose"] for window in proof["windows"]] == ["entry", "sale", "exit"]
    assert faults_of(proof) == (set(), set())


def close_as(**changes: object) -> Callable[[Json], object]:
    return lambda proof: proof["closes"][0].update(changes)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (close_as(min_price="1.00"), "outcome"),
        (close_as(offer="1.00"), "outcome"),
        (close_as(lapse_reason="no-price", offer=None), "outcome"),
        (close_as(state="sold", lapse_reason=None), "outcome"),
        (lambda proof: proof["closes"].pop(), "terms"),
        (lambda proof: proof["closes"].reverse(), "terms"),
        (lambda proof: proof["windows"].pop(1), "window"),
        (lambda proof: proof["windows"][1]["prices"].pop(), "window"),
    ],
)
def test_a_lapse_that_the_prices_dont_make_is_found_by_both(
    kept: FlashTrade, change: Callable[[Json], object], code: str
) -> None:
    proof = proven(kept)
    change(proof)
    by_platform, by_script = faults_of(proof)
    assert by_platform == by_script
    assert code in by_platform
