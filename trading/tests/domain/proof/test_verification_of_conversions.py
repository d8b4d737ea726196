"""A conversion is proven like a price: by its own chain, its own venues, its own days."""

from datetime import timedelta
from decimal import Decimal

import pytest

from trading.domain.index import index_of
from trading.domain.proof.reading import read_proof
from trading.domain.proof.verification import verify
from trading.domain.rules import RULES, RULES_NOW
from trading.tests.chains import ACCEPTED, Json, dollars, seal, steady
from trading.tests.domain.proof.conversion_forgeries import FORGERIES, another_price
from trading.tests.domain.proof.forgeries import broken
from trading.tests.domain.proof.test_verification import codes, script
from trading.tests.proofs import JWKS, proof_of, signed


def honest(days: bool = False) -> Json:
    return proof_of(steady(rates=dollars()), days=days)


def converted(proof: Json) -> Json:
    """The conversion of the last venue in the exit price."""
    used: Json = proof["windows"][1]["prices"][-1]["venues"][-1]["conversion"]
    return used


@pytest.mark.parametrize("version", sorted(RULES))
@pytest.mark.parametrize("days", [False, True])
def test_an_honest_conversion_agrees(version: int, days: bool) -> None:
    proof = proof_of(steady(version, rates=dollars(version=version)), rule_version=version, days=days)
    (chain,) = proof["conversions"]
    assert [len(piece) for piece in chain["pieces"]] == [12, 6]
    assert codes(proof) == set()


def test_an_older_price_converts_while_there_is_no_newer_one() -> None:
    """The price that came after shows that none came in between."""
    proof = proof_of(steady(rates=dollars([*range(-3, 70), 73])), days=True)
    assert converted(proof)["sequence"] == proof["conversions"][0]["pieces"][1][-2]["sequence"]
    assert codes(proof) == set()


def test_when_none_came_after_it_the_proof_says_so() -> None:
    proof = proof_of(steady(rates=dollars(range(-3, 71))))
    assert codes(proof) == set()
    told = "converted by USDT-USD 74 at 0.99958: none after it was known when the proof was made"
    notes = verify(read_proof(proof)).notes
    assert notes == script.verify(signed(proof), JWKS)[0].notes
    assert any(told in note for note in notes)


def test_without_a_fresh_price_the_venue_is_not_there() -> None:
    proof = proof_of(steady(rates=dollars(range(-3, 60))), days=True)
    assert [venue["venue"] for venue in proof["windows"][1]["prices"][-1]["venues"]] == ["venue0", "venue2"]
    assert [len(piece) for piece in proof["conversions"][0]["pieces"]] == [12]
    assert codes(proof) == set()


def test_what_only_the_neighbours_of_a_window_used_is_not_asked_for() -> None:
    """They decide nothing, and pruning removes it."""
    begin = ACCEPTED.replace(microsecond=0)
    chain = steady(seconds=14, rates=dollars())
    chain.add(begin + timedelta(seconds=65), ["60000", "60001", "60002"])
    proof = proof_of(chain, days=True)
    assert proof["trade"]["void_reason"] == "no-exit-price"
    neighbour = proof["windows"][1]["prices"][-1]
    assert "conversion" in neighbour["venues"][1]
    assert neighbour["priced_at"] > proof["conversions"][0]["pieces"][-1][-1]["priced_at"]
    assert codes(proof) == set()


@pytest.mark.parametrize("forgery", FORGERIES)
@pytest.mark.parametrize("days", [False, True])
def test_each_forgery_of_a_conversion_is_found(forgery: str, days: bool) -> None:
    change, undated, dated = FORGERIES[forgery]
    proof = honest(days)
    assert codes(broken(proof, change)) - {"outcome"} == (dated if days else undated)


@pytest.mark.parametrize(
    "change", [{"root": "00" * 32}, {"count": 82}, {"last_sequence": 79}, {"first_sequence": None}]
)
def test_a_forged_day_of_it_is_found(change: Json) -> None:
    assert codes(broken(honest(days=True), lambda p: p["conversions"][0]["days"][0].update(change))) == {"day"}


def test_that_it_needed_fewer_venues_is_noted() -> None:
    def fewer(proof: Json) -> None:
        rate = proof["conversions"][0]["pieces"][1][-1]
        rate["venues_min"] = 2
        seal(rate)

    proof = broken(honest(), fewer)
    assert codes(proof) == set()
    assert "how many venues a price of USDT-USD needs changed: 1, 2" in verify(read_proof(proof)).notes


def test_a_price_may_be_written_twice_in_two_ways() -> None:
    def again(proof: Json) -> None:
        pieces = proof["conversions"][0]["pieces"]
        pieces.append([pieces[1][-1] | {"price": pieces[1][-1]["price"] + "0", "more": 1}])

    assert codes(broken(honest(), again)) == set()


def test_kept_digests_tell_of_another_past_of_it() -> None:
    proof = honest(days=True)
    of_trade, of_rate = proof["days"][0], proof["conversions"][0]["days"][0]
    for other, expected in ((of_rate["digest"], set()), ("00" * 32, {"day"})):
        kept = {"results": [of_trade, of_rate | {"digest": other}]}
        assert {code for code, _ in script.verify(signed(proof), JWKS, kept)[0].faults} == expected
        day = ACCEPTED.date()
        published = {("BTC-USDT", day): of_trade["digest"], ("USDT-USD", day): other}
        assert {code for code, _ in verify(read_proof(proof), published).faults} == expected


def test_a_day_of_it_that_is_published_cant_be_left_out() -> None:
    proof = proof_of(steady(rates=dollars()))
    (day,) = dollars().days()
    assert {code for code, _ in script.verify(signed(proof), JWKS, {"results": [day]})[0].faults} == {"day"}
    published = {("USDT-USD", ACCEPTED.date()): day["digest"]}
    assert {code for code, _ in verify(read_proof(proof), published).faults} == {"day"}


def test_what_a_conversion_moves_is_worth_forging() -> None:
    """The forgeries above matter: they move two of four venues."""
    price = honest()["windows"][1]["prices"][-1]
    forged = broken(honest(), another_price)["windows"][1]["prices"][-1]
    assert index_of(price["venues"], pip=Decimal("0.01"), venues_min=1, rules=RULES_NOW) == Decimal(price["price"])
    assert abs(Decimal(forged["price"]) - Decimal(price["price"])) > 10
