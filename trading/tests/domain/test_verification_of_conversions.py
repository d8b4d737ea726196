"""What a quote was converted by is proven as the price is: by its own chain, its own venues, its own days."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from trading.domain.index import index_of
from trading.domain.reading_proofs import read_proof
from trading.domain.rules import RULES, RULES_NOW
from trading.domain.verification import verify
from trading.tests.chains import ACCEPTED, Json, dollars, seal, steady
from trading.tests.domain.forgeries import broken
from trading.tests.domain.test_verification import codes, script
from trading.tests.domain.undated_forgeries import made_again
from trading.tests.proofs import JWKS, proof_of, signed


def honest(days: bool = False) -> Json:
    return proof_of(steady(rates=dollars()), days=days)


def converted(proof: Json) -> Json:
    """How the last venue of the exit price was converted."""
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
    """That none came in between is shown by the one that came after."""
    proof = proof_of(steady(rates=dollars([*range(-3, 70), 73])), days=True)
    assert converted(proof)["sequence"] == proof["conversions"][0]["pieces"][1][-2]["sequence"]
    assert codes(proof) == set()


def test_when_none_came_after_it_the_proof_says_so() -> None:
    proof = proof_of(steady(rates=dollars(range(-3, 71))))
    assert codes(proof) == set()
    told = "USDT-USD: none after 74 was known when the proof was made, at 2026-03-01T12:07:02Z"
    assert told in verify(read_proof(proof)).notes
    assert told in script.verify(signed(proof), JWKS)[0].notes


def test_without_a_fresh_price_the_venue_is_not_there() -> None:
    proof = proof_of(steady(rates=dollars(range(-3, 60))), days=True)
    assert [venue["venue"] for venue in proof["windows"][1]["prices"][-1]["venues"]] == ["venue0", "venue2"]
    assert [len(piece) for piece in proof["conversions"][0]["pieces"]] == [12]
    assert codes(proof) == set()


def test_what_only_the_neighbours_of_a_window_used_is_not_asked_for() -> None:
    """They decide nothing, and pruning forgets it."""
    begin = ACCEPTED.replace(microsecond=0)
    chain = steady(seconds=14, rates=dollars())
    chain.add(begin + timedelta(seconds=65), ["60000", "60001", "60002"])
    proof = proof_of(chain, days=True)
    assert proof["trade"]["void_reason"] == "no-exit-price"
    neighbour = proof["windows"][1]["prices"][-1]
    assert "conversion" in neighbour["venues"][1]
    assert neighbour["priced_at"] > proof["conversions"][0]["pieces"][-1][-1]["priced_at"]
    assert codes(proof) == set()


def another_price(proof: Json) -> None:
    def change(price: Json) -> None:
        for venue in price["venues"][1::2]:
            venue["conversion"]["price"] = "0.9990"

    made_again(proof, change)


def an_older_one(proof: Json) -> None:
    before = proof["conversions"][0]["pieces"][1][-2]

    def change(price: Json) -> None:
        for venue in price["venues"][1::2]:
            venue["conversion"].update(sequence=before["sequence"], price=before["price"])

    made_again(proof, change)


def an_older_one_and_the_newer_cut(proof: Json) -> None:
    an_older_one(proof)
    proof["conversions"][0]["pieces"][1].pop()


def one_too_old(proof: Json) -> None:
    """Of four seconds ago, with the chain cut off behind it."""
    pieces = proof["conversions"][0]["pieces"]
    del pieces[1][1:]
    pieces[1][0]["priced_at"] = "2026-03-01T12:00:58Z"
    seal(pieces[1][0])

    def change(price: Json) -> None:
        for venue in price["venues"][1::2]:
            venue["conversion"].update(sequence=pieces[1][0]["sequence"], price=pieces[1][0]["price"])

    made_again(proof, change)


def one_that_never_was(proof: Json) -> None:
    def change(price: Json) -> None:
        price["venues"][1]["conversion"]["sequence"] = 10_000

    made_again(proof, change)


def another_past(proof: Json) -> None:
    """The last price of the conversion is made of other quotes, and everything fits."""
    rate = proof["conversions"][0]["pieces"][1][-1]
    for venue in rate["venues"]:
        venue.update(bid="0.999", ask="0.999")
    rate["price"] = "0.999000"
    seal(rate)
    another_price(proof)


def of_another_source(proof: Json) -> None:
    """An invented rate in a live price."""
    for piece in proof["windows"]:
        for price in piece["prices"]:
            price.update(source="live", simulated=False)
            seal(price)
    for window in proof["windows"]:
        for before, after in zip(window["prices"], window["prices"][1:], strict=False):
            after["previous"] = before["digest"]
            seal(after)


def itself_converted(proof: Json) -> None:
    rate = proof["conversions"][0]["pieces"][1][-1]
    rate["venues"][0]["conversion"] = {"instrument": "USD-KRW", "sequence": 1, "price": "1"}
    seal(rate)


def left_out(position: int) -> Callable[[Json], None]:
    def leave_out(proof: Json) -> None:
        del proof["conversions"][0]["pieces"][1][position]

    return leave_out


def rate(**changes: object) -> Callable[[Json], None]:
    return lambda proof: proof["conversions"][0]["pieces"][1][-1].update(changes)


FORGERIES: dict[str, tuple[Callable[[Json], object], set[str], set[str]]] = {
    "another price": (another_price, {"conversion"}, {"conversion", "day"}),
    "an older one": (an_older_one, {"conversion"}, {"conversion", "day"}),
    "an older one, the newer cut": (an_older_one_and_the_newer_cut, set(), {"conversion", "day"}),
    "one that is too old": (one_too_old, {"conversion"}, {"conversion", "day"}),
    "one that never was": (one_that_never_was, {"conversion"}, {"conversion", "day"}),
    "another past": (another_past, set(), {"day"}),
    "an invented rate in a live price": (of_another_source, {"conversion"}, {"conversion", "day"}),
    "a conversion that is converted": (itself_converted, {"conversion"}, {"conversion", "day"}),
    "no conversions": (lambda p: p["conversions"].clear(), {"conversion"}, {"conversion"}),
    "two chains of it": (lambda p: p["conversions"].append(p["conversions"][0]), {"conversion"}, {"conversion"}),
    "another instrument": (lambda p: p["conversions"][0].update(instrument="USDT-EUR"), {"conversion", "price"},
                           {"conversion", "day", "price"}),
    "one left out in the middle": (left_out(3), {"conversion", "chain"}, {"conversion", "chain"}),
    "the last one left out": (left_out(-1), {"conversion"}, {"conversion", "day"}),
    "its price only": (rate(price="0.999000"), {"conversion", "digest", "price"}, {"conversion", "digest", "price"}),
    "its inputs only": (rate(venues=[]), {"digest", "price"}, {"digest", "price"}),
    "its place in the chain": (rate(previous="ab" * 32), {"digest", "chain"}, {"digest", "chain"}),
    "another root of its day": (lambda p: [day.update(root="00" * 32) for day in p["conversions"][0]["days"]], set(),
                                {"day"}),
}  # fmt: skip


@pytest.mark.parametrize("forgery", FORGERIES)
@pytest.mark.parametrize("days", [False, True])
def test_whatever_is_forged_of_a_conversion_is_found(forgery: str, days: bool) -> None:
    change, undated, dated = FORGERIES[forgery]
    proof = honest(days)
    if forgery == "another root of its day" and not days:
        return
    assert codes(broken(proof, change)) - {"outcome"} == (dated if days else undated)


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
    """The forgeries above are no trifles: two of four venues come through it."""
    price = honest()["windows"][1]["prices"][-1]
    forged = broken(honest(), another_price)["windows"][1]["prices"][-1]
    assert index_of(price["venues"], pip=Decimal("0.01"), venues_min=1, rules=RULES_NOW) == Decimal(price["price"])
    assert abs(Decimal(forged["price"]) - Decimal(price["price"])) > 10
