"""A proof of real rows: the traders' script and the server accept it, and find every change of the rows."""

import json
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from accounts.domain.errors import NotFound
from accounts.tests.cast import NOON
from accounts.tests.guards import run_sql
from trading.domain.corrections import TradeNotSettled
from trading.domain.proof.jws import public_jwk
from trading.domain.proof.proof import ProofUnreadable
from trading.models import FlashTrade
from trading.selectors.proof.proofs import public_keys
from trading.services.proof.prove_trade import SignedProof, prove_trade
from trading.services.proof.publish_digests import publish_digests
from trading.services.proof.replay_trade import replay_proof, replay_trade
from trading.services.proof.rotate_keys import rotate_keys
from trading.services.settlement.settle_due_trades import settle_due_trades
from trading.tests.cast import SYMBOL, Stage, Trader
from trading.tests.script import load_script
from trading.tests.terms import drop_checks
from trading.tests.voids import Staff

script = load_script()
LATER = NOON + timedelta(minutes=10)
TOMORROW = NOON + timedelta(days=1)


def prove(trade: FlashTrade, trader: Trader | None = None, now: datetime = LATER) -> SignedProof:
    user_id = trader.user.pk if trader else None
    return prove_trade(trade_id=trade.pk, user_id=user_id, issuer="https://example.com", now=now)


def settled(stage: Stage, trader: Trader, *, seconds: int = 60, last: int = 64) -> FlashTrade:
    """A trade of noon and a price for each second after it."""
    trade = trader.place(seconds=seconds)
    stage.prices(NOON + timedelta(seconds=1), [f"{60000 + n / 100:.2f}" for n in range(last)])
    settle_due_trades(instrument=SYMBOL, now=LATER)
    trade.refresh_from_db()
    return trade


def checked(proof: SignedProof) -> tuple[set[str], list[str]]:
    """The faults that the script finds, and its notes; the server finds the same."""
    document = json.dumps(proof.as_json())
    report, _ = script.verify(document, {"keys": [public_jwk(key) for key in public_keys()]})
    ours = replay_proof(text=document)
    found = {code for code, _ in report.faults}
    assert (found, report.notes) == ({code for code, _ in ours.faults}, ours.notes)
    return found, report.notes


def test_a_trader_can_check_a_win(stage: Stage, alice: Trader) -> None:
    trade = settled(stage, alice)
    proof = prove(trade, alice)
    assert (trade.outcome, proof.content["trade"]["profit"]) == ("won", "85.00")
    assert [len(window["prices"]) for window in proof.content["windows"]] == [7, 3]
    assert checked(proof) == (
        set(),
        ["the digest of BTC-USDT of 2026-03-01 was not published yet when the proof was made"],
    )
    assert replay_trade(trade_id=trade.pk, now=LATER).faults == []


def test_when_the_day_is_over_the_proof_leads_to_its_digest(stage: Stage, alice: Trader) -> None:
    trade = settled(stage, alice)
    (digest,) = publish_digests(now=TOMORROW)
    proof = prove(trade)
    assert [day["digest"] for day in proof.content["days"]] == [digest.digest]
    assert len(proof.content["paths"]) == 2
    assert checked(proof) == (set(), [])


@pytest.mark.parametrize("seconds", [300, 3600])
def test_it_holds_every_price_of_an_averaged_exit(stage: Stage, alice: Trader, seconds: int) -> None:
    trade = alice.place(seconds=seconds)
    looked_at = (1, *range(seconds - 70, seconds + 4, 2))
    stage.past((NOON + timedelta(seconds=second), f"{60000 + second / 100:.2f}") for second in looked_at)
    settle_due_trades(instrument=SYMBOL, now=NOON + timedelta(seconds=seconds, minutes=10))
    trade.refresh_from_db()
    assert trade.exit_samples == {300: 2, 3600: 30}[seconds]
    assert checked(prove(trade, now=TOMORROW))[0] == set()


@pytest.mark.parametrize(
    ("seconds", "reason"), [((), "no-entry-price"), ((7, 61), "no-entry-price"), ((1, 58, 62), "no-exit-price")]
)
def test_it_shows_the_gap_that_voided_a_trade(
    stage: Stage, alice: Trader, seconds: tuple[int, ...], reason: str
) -> None:
    trade = alice.place()
    for second in seconds:
        stage.price(NOON + timedelta(seconds=second), "60000.00")
    settle_due_trades(instrument=SYMBOL, now=LATER)
    trade.refresh_from_db()
    assert trade.void_reason == reason
    assert checked(prove(trade))[0] == set()


@pytest.mark.django_db(transaction=True)
def test_it_tells_of_a_void_afterwards(stage: Stage, alice: Trader) -> None:
    trade = settled(stage, alice)
    Staff().void(trade.pk)
    faults, notes = checked(prove(FlashTrade.objects.get(pk=trade.pk)))
    assert faults == set()
    assert "the trade was voided afterwards: a venue erred" in notes


def test_only_the_owners_settled_trades_are_proven(stage: Stage, alice: Trader, bob: Trader) -> None:
    trade = alice.place()
    with pytest.raises(TradeNotSettled):
        prove(trade, alice)
    with pytest.raises(TradeNotSettled):
        replay_trade(trade_id=trade.pk, now=LATER)
    with pytest.raises(NotFound):
        prove(trade, bob)
    for user_id in (None, alice.user.pk):
        with pytest.raises(NotFound):
            prove_trade(trade_id=uuid4(), user_id=user_id, issuer="", now=LATER)
    with pytest.raises(NotFound):
        replay_trade(trade_id=uuid4(), now=LATER)


def test_a_proof_outlives_the_key_that_signed_it(stage: Stage, alice: Trader) -> None:
    trade = settled(stage, alice)
    old = prove(trade)
    rotate_keys(now=LATER)
    new = prove(trade)
    assert old.jws != new.jws
    assert checked(old)[0] == checked(new)[0] == set()


TAMPERED = [
    "price = 60000.61 WHERE sequence = 62",
    "venues = jsonb_set(venues, '{0,bid}', '\"59000\"') WHERE sequence = 62",
    "previous = repeat('ab', 32) WHERE sequence = 62",
    "digest = repeat('ab', 32) WHERE sequence = 62",
    "rule_version = 1 WHERE sequence = 62",
    "venues_min = 2 WHERE sequence = 62",
    "source = 'live' WHERE sequence = 62",
]


@pytest.mark.parametrize("change", TAMPERED)
def test_what_a_superuser_does_to_a_price_is_found(stage: Stage, alice: Trader, change: str) -> None:
    trade = settled(stage, alice)
    publish_digests(now=TOMORROW)
    as_superuser("index_prices", f"UPDATE index_prices SET {change}")
    found = {code for code, _ in replay_trade(trade_id=trade.pk, now=LATER).faults}
    assert found
    assert checked(prove(trade))[0] == found


def test_a_price_that_a_superuser_deletes_is_missed(stage: Stage, alice: Trader) -> None:
    trade = settled(stage, alice)
    publish_digests(now=TOMORROW)
    as_superuser("index_prices", "DELETE FROM index_prices WHERE sequence >= 62")
    assert {code for code, _ in replay_trade(trade_id=trade.pk, now=LATER).faults} == {"window", "outcome"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("outcome = 'lost', profit = -stake", "outcome"),
        ("entry_price = 60000.01", "outcome"),
        ("exit_price = 59999", "outcome"),
        ("payout = payout + 1, profit = profit + 1", "terms"),
        ("rule_version = 1", "rule-version"),
        ("expires_at = expires_at + interval '1 s'", "terms"),
        ("accepted_at = accepted_at - interval '1 s'", "terms"),
    ],
)
def test_what_a_superuser_does_to_a_trade_is_found(stage: Stage, alice: Trader, change: str, code: str) -> None:
    trade = settled(stage, alice)
    as_superuser("flash_trades", f"UPDATE flash_trades SET {change}")
    trade.refresh_from_db()
    found = checked(prove(trade))[0]
    assert code in found
    assert found == {code for code, _ in replay_trade(trade_id=trade.pk, now=LATER).faults}


def test_a_past_written_anew_is_not_the_one_that_was_published(stage: Stage, alice: Trader) -> None:
    trade = settled(stage, alice)
    publish_digests(now=TOMORROW)
    kept = prove(trade)
    as_superuser("daily_digests", "UPDATE daily_digests SET digest = repeat('ab', 32), root = repeat('cd', 32)")
    assert {code for code, _ in replay_proof(text=json.dumps(kept.as_json())).faults} == {"day"}


@pytest.mark.parametrize(
    "text", ["", "{}", "x", "a.b.c", '{"jws": 1, "proof": {}}', '{"jws": "x"}', "[]", "\0", "{" * 9999]
)
def test_what_is_no_proof_is_told_apart_from_a_wrong_one(db: None, text: str) -> None:
    with pytest.raises(ProofUnreadable):
        replay_proof(text=text)


def as_superuser(table: str, statement: str) -> None:
    """Past every guard: the chain and the digests are there to reveal such changes."""
    run_sql("SET CONSTRAINTS ALL IMMEDIATE")
    run_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    if table == "flash_trades":
        drop_checks()
    assert run_sql(statement)
    run_sql(f"ALTER TABLE {table} ENABLE TRIGGER USER")
