"""Forgeries of a proof, each with the expected fault codes. The forger has the platform's own key."""

import copy
from collections.abc import Callable

from trading.domain.index import index_of
from trading.domain.rules import RULES_NOW
from trading.tests.chains import PIP, Json, seal


def broken(proof: Json, change: Callable[[Json], object]) -> Json:
    changed = copy.deepcopy(proof)
    change(changed)
    assert changed != proof
    return changed


def chain_again(proof: Json, window: int, start: int) -> None:
    """Like a forger: recompute every digest from there on."""
    prices = proof["windows"][window]["prices"]
    for n in range(start, len(prices)):
        if n > start:
            prices[n]["previous"] = prices[n - 1]["digest"]
        seal(prices[n])


def the_price(proof: Json, **changes: object) -> None:
    proof["windows"][1]["prices"][-1].update(changes)


def other_venue(proof: Json) -> None:
    proof["windows"][1]["prices"][-1]["venues"][0]["bid"] = "59000.00"


def rechained_venue(proof: Json) -> None:
    other_venue(proof)
    chain_again(proof, 1, len(proof["windows"][1]["prices"]) - 1)


def rechained_price(proof: Json) -> None:
    the_price(proof, price="1.00")
    chain_again(proof, 1, len(proof["windows"][1]["prices"]) - 1)


def all_of_another_price(proof: Json) -> None:
    """Another price with fitting inputs and digest: only the published day reveals it."""
    price = proof["windows"][1]["prices"][-1]
    for venue in price["venues"]:
        venue.update(bid="59000", ask="59000")
    price["price"] = "59000.00"
    seal(price)
    proof["trade"].update(exit_price="59000.00", outcome="lost", profit="-100.00")


def silenced_venue(proof: Json) -> None:
    """A venue that agreed with the others is marked as deviating, and the price is made without it."""
    prices = proof["windows"][1]["prices"]
    venues = prices[-1]["venues"]
    venues[0]["out"] = "deviating"
    prices[-1]["price"] = f"{index_of(venues, pip=PIP, venues_min=1, rules=RULES_NOW):.2f}"
    chain_again(proof, 1, len(prices) - 1)


def stale_venue(proof: Json) -> None:
    prices = proof["windows"][1]["prices"]
    prices[-1]["venues"][3]["received_at"] = "2026-03-01T12:00:00Z"
    chain_again(proof, 1, len(prices) - 1)


def without(window: int, position: int) -> Callable[[Json], None]:
    def leave_out(proof: Json) -> None:
        del proof["windows"][window]["prices"][position]

    return leave_out


def renumbered(proof: Json) -> None:
    """A price is left out, and all later ones are renumbered and chained anew."""
    prices = proof["windows"][1]["prices"]
    del prices[1]
    for n in range(1, len(prices)):
        prices[n]["sequence"] -= 1
        prices[n]["previous"] = prices[n - 1]["digest"]
        seal(prices[n])


def trade(**changes: object) -> Callable[[Json], None]:
    return lambda proof: proof["trade"].update(changes)


def first_price_by(version: int) -> Callable[[Json], None]:
    """The price claims other rules, and its digest fits."""

    def change(proof: Json) -> None:
        for window in range(2):
            for price in proof["windows"][window]["prices"]:
                price["rule_version"] = version
            chain_again(proof, window, 0)

    return change


FORGERIES = {
    "a changed price": (lambda p: the_price(p, price="60001.00"), {"price", "digest", "outcome"}),
    "a changed price, chained again": (rechained_price, {"price", "outcome", "day"}),
    "a changed venue input": (other_venue, {"price", "digest"}),
    "a changed venue input, chained again": (rechained_venue, {"price", "day"}),
    "a whole other price": (all_of_another_price, {"day"}),
    "a silenced venue": (silenced_venue, {"price", "outcome", "day"}),
    "a stale venue": (stale_venue, {"price", "day"}),
    "another source": (lambda p: the_price(p, source="live"), {"digest"}),
    "a broken chain": (lambda p: the_price(p, previous="ab" * 32), {"chain", "digest"}),
    "a price left out in the middle": (without(1, 1), {"chain"}),
    "a price left out and the rest renumbered": (renumbered, {"day"}),
    "the first price left out": (without(0, 0), {"window"}),
    "the last price left out": (without(1, -1), {"window", "outcome", "day"}),
    "no prices": (lambda p: p["windows"][1].update(prices=[]), {"window", "outcome"}),
    "another window": (lambda p: p["windows"][1].update(since="2026-03-01T12:01:01Z"), {"window"}),
    "one window only": (lambda p: p["windows"].pop(), {"window", "outcome"}),
    "a wrong outcome": (trade(outcome="lost", profit="-100.00"), {"outcome"}),
    "a wrong profit": (trade(profit="84.99"), {"outcome"}),
    "a void without a reason": (trade(outcome="voided", void_reason="no-exit-price", profit="0.00"), {"outcome"}),
    "a wrong entry price": (trade(entry_price="60000.00"), {"outcome"}),
    "other samples": (trade(exit_samples=5), {"outcome"}),
    "the other direction": (trade(direction="down"), {"outcome"}),
    "a smaller payout": (trade(payout="184.99", profit="84.99"), {"terms"}),
    "another entry second": (trade(entry_at="2026-03-01T12:00:03Z"), {"terms", "window", "outcome"}),
    "another expiry": (trade(expires_at="2026-03-01T12:01:01Z"), {"terms", "window", "outcome"}),
    "another acceptance": (trade(accepted_at="2026-03-01T12:00:00.500000Z"), {"window"}),
    "another rule version of the trade": (trade(rule_version=1), {"rule-version"}),
    "rules that never were": (trade(rule_version=3), {"rule-version"}),
    "prices of other rules": (first_price_by(1), {"rule-version", "price", "day"}),
    "prices of rules that never were": (first_price_by(9), {"rule-version", "day"}),
    "another pip": (lambda p: p.update(pip="0.1"), {"price"}),
    "another instrument": (trade(instrument="ETH-USDT"), {"price", "day"}),
    "another root": (lambda p: p["days"][0].update(root="00" * 32), {"day"}),
    "another count": (lambda p: p["days"][0].update(count=79), {"day"}),
    "another path": (lambda p: p["paths"][0]["path"].reverse(), {"day"}),
    "no path": (lambda p: p["paths"].clear(), {"day"}),
    "a correction of another amount": (
        trade(correction={"reason": "x", "amount": "-1.00", "corrected_at": "2026-03-02T00:00:00Z"}),
        {"correction"},
    ),
}  # fmt: skip
