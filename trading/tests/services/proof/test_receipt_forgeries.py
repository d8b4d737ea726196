"""Forgeries that the holder of a receipt detects, each by both verifiers: the platform has its keys, and lies."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from accounts.sealing import unseal
from trading.domain.proof.jws import new_private_key, public_jwk, read, sign
from trading.domain.proof.proof import TYP
from trading.domain.proof.receipt_verification import Given
from trading.domain.proof.receipts import TYP as RECEIPT_TYP
from trading.domain.proof.receipts import digest_of
from trading.models import FlashTrade, SigningKey
from trading.selectors.proof.proofs import public_keys
from trading.selectors.proof.receipts import chain_of
from trading.services.proof.prove_trade import prove_trade
from trading.services.proof.replay_trade import GivenReceipts, replay_proof
from trading.tests.cast import Stage, Trader
from trading.tests.closing import ask, at, open_one
from trading.tests.script import load_script
from trading.wire.receipts import linked_receipt

script = load_script()
Json = dict[str, Any]


@dataclass
class Held:
    """A settled trade's proof, its wallet's chain as it was signed, and the private key of the platform."""

    proof: Json
    chain: list[str]
    private: str

    def judged(self, chain: Sequence[str] | None = None, kept: Sequence[str] = ()) -> set[str]:
        """The codes of both verifiers, which agree, on the proof as it is now."""
        document = json.dumps({"proof": self.proof, "jws": sign(self.proof, private=self.private, typ=TYP)})
        given = GivenReceipts(None if chain is None else [*map(Given, chain)], [*map(Given, kept)])
        ours = replay_proof(text=document, receipts=given)
        theirs, _ = script.verify(document, jwks(), None, None if chain is None else rows(chain), rows(kept))
        return agreed(ours, theirs)

    def resigned(self, text: str, private: str | None = None, **changes: object) -> str:
        """The receipt with these changes, signed again."""
        told = read(text, keys=keys(), typ=RECEIPT_TYP) | changes
        return sign(told, private=private or self.private, typ=RECEIPT_TYP)

    def rechained(self, texts: Sequence[str]) -> list[str]:
        """These receipts as a chain of their own: numbered, linked and signed anew."""
        chain: list[str] = []
        for number, text in enumerate(texts, 1):
            previous = digest_of(chain[-1]) if chain else "0" * 64
            chain.append(self.resigned(text, number=number, previous=previous))
        return chain


def rows(texts: Sequence[str]) -> list[Json]:
    return [{"receipt": text} for text in texts]


def agreed(ours: Any, theirs: Any) -> set[str]:
    """The codes of two reports, which are the same, as is the number of notes."""
    codes = {code for code, _ in ours.faults}
    assert codes == {code for code, _ in theirs.faults}, (ours, theirs.faults)
    assert len(ours.notes) == len(theirs.notes), (ours, theirs.notes)
    return codes


def jwks() -> Json:
    return {"keys": [public_jwk(key) for key in public_keys()]}


def keys() -> dict[str, str]:
    return {public_jwk(key)["kid"]: key for key in public_keys()}


def chain_texts(trader: Trader, wallet_id: int | None = None) -> list[str]:
    """The receipts of this wallet, or of the trader's demo wallet."""
    return [str(linked_receipt(each)["receipt"]) for each in chain_of(wallet_id or trader.wallet.id)]


@pytest.fixture
def held(stage: Stage, alice: Trader) -> Held:
    """A trade with a close order that lapses, and then an order of another trade, which is the last receipt."""
    scene, trade = open_one(stage, alice)
    ask(trade, now=at(41.5), min_price="80")
    scene.go_to(43, "59000.00")
    scene.go_to(45)
    alice.place(at=at(45.5), stake="7")
    scene.go_to(110)
    trade = FlashTrade.objects.get(pk=trade.pk)
    assert (trade.state, trade.close_orders.get().state) == ("settled", "lapsed")
    proof = prove_trade(trade_id=trade.pk, user_id=alice.user.pk, issuer="", now=at(200))
    private = unseal(SigningKey.objects.get().sealed_private_key)
    return Held(proof.content, chain_texts(alice), private)


def test_nothing_disagrees_with_an_honest_platform(held: Held) -> None:
    assert len(held.chain) == 3
    assert held.judged() == held.judged(held.chain) == held.judged(held.chain, held.chain[-1:]) == set()
    assert held.judged(None, held.chain) == set()
    assert held.judged(held.chain[1:], held.chain) == set()


def test_terms_that_changed_afterwards_don_t_fit_the_receipt(held: Held) -> None:
    held.proof["trade"]["payout_version"] = 77
    assert held.judged() == {"receipt"}


def test_terms_that_changed_with_their_receipt_fork_the_chain(held: Held) -> None:
    order, *rest = held.chain
    forged = held.resigned(order, payout_version=77)
    held.proof["trade"] |= {"payout_version": 77, "receipt": forged}
    assert held.judged() == {"receipt-chain"}, "the close order, which came next, follows another receipt"
    assert held.judged(None, [order]) == {"receipt", "receipt-chain"}
    assert held.judged([forged, *rest], held.chain[-1:]) == {"receipt-chain"}
    assert held.judged(held.rechained([forged, *rest]), held.chain[-1:]) >= {"receipt-chain"}


def test_terms_that_changed_with_all_receipts_of_the_trade_need_a_kept_one(held: Held) -> None:
    order, close, last = held.chain
    forged = held.rechained([held.resigned(order, payout_version=77), close])
    held.proof["trade"] |= {"payout_version": 77, "receipt": forged[0]}
    held.proof["closes"][0]["receipt"] = held.proof["trade"]["close"]["receipt"] = forged[1]
    assert held.judged() == set(), "the proof alone can't show it"
    assert held.judged(None, [order]) == {"receipt", "receipt-chain"}
    assert held.judged(None, [last]) == {"receipt-chain"}, "the last one follows another close order"
    assert held.judged([*forged, last]) == {"receipt-chain"}


def test_a_dropped_order_breaks_the_chain_or_lacks_the_last_receipt(held: Held) -> None:
    last = held.chain[-1]
    assert held.judged(held.chain[:-1], [last]) == {"receipt-chain"}
    assert held.judged([], [last]) == {"receipt-chain"}
    without = [held.chain[0], held.chain[2]]
    assert held.judged(without) >= {"receipt-chain"}
    assert held.judged(held.rechained(without), [last]) >= {"receipt-chain"}


def hide_close(held: Held) -> None:
    held.proof["closes"], held.proof["trade"]["close"] = [], None
    held.proof["windows"] = [each for each in held.proof["windows"] if each["purpose"] != "sale"]


def test_a_hidden_close_order_is_missed(held: Held) -> None:
    hide_close(held)
    assert held.judged() == set(), "the proof alone can't show it"
    assert held.judged(held.chain) == {"receipt"}
    assert held.judged(None, [held.chain[1]]) == {"receipt"}
    hidden = held.rechained([held.chain[0], held.chain[2]])
    assert held.judged(hidden, held.chain[-1:]) >= {"receipt-chain"}


def test_a_close_order_that_nobody_gave_has_no_place_in_the_chain(held: Held) -> None:
    close = held.proof["closes"][0]
    close["min_price"] = held.proof["trade"]["close"]["min_price"] = "91.00"
    assert held.judged() >= {"receipt"}
    forged = held.resigned(held.chain[1], min_price="91.00")
    close["receipt"] = held.proof["trade"]["close"]["receipt"] = forged
    assert held.judged(held.chain) >= {"receipt", "receipt-chain"}


def test_a_receipt_of_another_key_is_none(held: Held) -> None:
    forged = held.resigned(held.chain[0], private=new_private_key())
    held.proof["trade"]["receipt"] = forged
    assert held.judged() == {"receipt"}
    assert held.judged([forged, *held.chain[1:]]) >= {"receipt"}
    assert held.judged(held.chain, [forged]) >= {"receipt"}


def test_a_later_part_of_the_chain_continues_the_kept_receipts(held: Held) -> None:
    """A program asks for the receipts `after` the last one that it has."""
    first, close, last = held.chain
    assert held.judged([last], [first, close]) == set()
    assert held.judged([last], [held.resigned(close, min_price="91.00")]) >= {"receipt-chain"}
    forged = held.rechained([held.resigned(first, amount="8.00"), close, last])
    assert held.judged(forged[1:], [first]) >= {"receipt-chain"}
    hide_close(held)
    assert held.judged([last], [first, close]) == {"receipt"}


def test_two_kept_receipts_of_two_chains_contradict_each_other(held: Held) -> None:
    other = held.resigned(held.chain[2], amount="8.00")
    assert held.judged(None, [held.chain[2], other]) == {"receipt-chain"}
    assert held.judged(None, [held.resigned(held.chain[1], accepted_at="2026-03-01T12:00:42Z"), held.chain[2]]) == {
        "receipt",
        "receipt-chain",
    }
    assert held.judged(None, held.chain[1:]) == set()


def test_a_forked_chain_shows_beside_the_kept_receipt(held: Held) -> None:
    other = held.resigned(held.chain[2], amount="8.00")
    assert held.judged([*held.chain[:2], other]) == set(), "one branch alone is a chain"
    assert held.judged([*held.chain[:2], other], [held.chain[2]]) == {"receipt-chain"}
    assert held.judged([*held.chain, other]) == {"receipt-chain"}


def test_a_receipt_of_another_person_proves_nothing(held: Held, bob: Trader) -> None:
    bob.place(at=at(110.5))
    (of_bob,) = chain_texts(bob)
    assert held.judged([of_bob]) >= {"receipt-chain"}
    assert held.judged([*held.chain, of_bob]) == {"receipt-chain"}
    assert held.judged(held.chain, [of_bob]) == {"receipt-chain"}
    held.proof["trade"]["receipt"] = of_bob
    assert held.judged() >= {"receipt"}


def test_a_price_that_was_not_the_newest_is_noticed(held: Held) -> None:
    first = held.proof["windows"][-1]["prices"][-1]
    forged = held.resigned(held.chain[0], price_sequence=first["sequence"], price_digest=first["digest"])
    held.proof["trade"]["receipt"] = forged
    assert held.judged() == {"receipt", "receipt-chain"}, "and the close order follows another one"


@pytest.mark.parametrize("text", ["", "x", "a.b.c", "e30.e30.e30", "é", "..", "eyJhbGciOiJub25lIn0.e30."])
def test_a_text_that_is_no_receipt_is_a_fault_and_no_crash(held: Held, text: str) -> None:
    assert held.judged(held.chain, [text]) == {"receipt"}
    held.proof["trade"]["receipt"] = text
    assert held.judged() == {"receipt"}


@pytest.mark.parametrize(
    "change", [{"version": 2}, {"version": True}, {"number": 0}, {"wallet": "1"}, {"accepted_at": "2026"}, {"trade": 1}]
)
def test_a_signed_receipt_of_another_form_is_a_fault(held: Held, change: Json) -> None:
    held.proof["trade"]["receipt"] = held.resigned(held.chain[0], **change)
    assert held.judged() == {"receipt"}


def test_a_trade_from_before_receipts_has_none_and_a_note_says_so(held: Held) -> None:
    for each in (held.proof["trade"], held.proof["trade"]["close"], *held.proof["closes"]):
        del each["receipt"]
    assert held.judged() == set()
    assert held.judged(held.chain) == {"receipt"}, "the chain tells that it had one"
