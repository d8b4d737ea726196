"""Forgeries of conversions, each with the expected fault codes: before the day is published, and after.

The forger has the platform's own key, and recomputes every digest that the forgery changes.
"""

import copy
from collections.abc import Callable
from itertools import pairwise

from trading.tests.chains import Json, seal
from trading.tests.domain.proof.undated_forgeries import made_again


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
    """A rate of four seconds ago, with the chain cut off behind it."""
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
    """The last price of the conversion comes from other quotes, and everything fits."""
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


def other_pip(proof: Json) -> None:
    """Rounded so coarsely that the rate is another one."""
    rate = proof["conversions"][0]["pieces"][1][-1]
    rate.update(pip="0.002", price="1.000")
    seal(rate)

    def change(price: Json) -> None:
        for venue in price["venues"][1::2]:
            venue["conversion"]["price"] = "1.000"

    made_again(proof, change)


def by(instrument: str) -> Callable[[Json], None]:
    """One venue is converted by a rate of another currency, with a chain of its own."""

    def change(proof: Json) -> None:
        proof["conversions"].append(copy.deepcopy(proof["conversions"][0]) | {"instrument": instrument})
        for price in (price for piece in proof["conversions"][1]["pieces"] for price in piece):
            price["instrument"] = instrument
        for piece in proof["conversions"][1]["pieces"]:
            for before, price in pairwise([None, *piece]):
                price["previous"] = before["digest"] if before else price["previous"]
                seal(price)
        made_again(proof, lambda price: price["venues"][1]["conversion"].update(instrument=instrument))

    return change


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
    "another pip": (other_pip, {"price"}, {"price", "day"}),
    "by euros": (by("EUR-USD"), {"conversion"}, {"conversion", "day"}),
    "by the instrument itself": (by("BTC-USDT"), {"conversion"}, {"conversion", "day"}),
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
}  # fmt: skip
