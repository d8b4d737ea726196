"""Forgeries that the proof itself reveals, without a published day. Each has the expected fault codes.

The forger has the platform's own key, and recomputes every digest that the forgery changes.
"""

from collections.abc import Callable
from decimal import Decimal

from trading.domain.index import index_of
from trading.domain.rules import RULES_NOW
from trading.tests.chains import PIP, Json
from trading.tests.domain.proof.forgeries import chain_again, trade

VOID = {"entry_price": None, "exit_price": None, "exit_samples": None, "profit": "0.00"}


def won_trade_voided(proof: Json) -> None:
    """As if the entry had got no price; the exit's prices came."""
    window, entry_at = proof["windows"][0], proof["trade"]["entry_at"]
    window["prices"] = [price for price in window["prices"] if price["priced_at"] < entry_at]
    proof["trade"].update(outcome="voided", void_reason="no-entry-price", **VOID)


def exit_chosen_earlier(by: int) -> Callable[[Json], None]:
    """As if the series had ended before the expiry, and the settlement hadn't waited."""

    def cut(proof: Json) -> None:
        prices = proof["windows"][1]["prices"]
        del prices[-by:]
        proof["trade"].update(exit_price=prices[-1]["price"])

    return cut


def exit_chosen_earlier_later(proof: Json) -> None:
    """The same, with a claimed decision after grace, which isn't over yet."""
    exit_chosen_earlier(1)(proof)
    proof["trade"]["settled_at"] = "2026-03-01T12:10:00Z"


def exit_numbered(by: int) -> Callable[[Json], None]:
    def renumber(proof: Json) -> None:
        for price in proof["windows"][1]["prices"]:
            price["sequence"] += by
        chain_again(proof, 1, 0)

    return renumber


def exit_follows_another(proof: Json) -> None:
    """The exit's numbers follow those of the entry's window, but it doesn't continue that window's last price."""
    after = proof["windows"][0]["prices"][-1]["sequence"] + 1
    exit_numbered(after - proof["windows"][1]["prices"][0]["sequence"])(proof)


def made_again(proof: Json, change: Callable[[Json], object], window: int = 1, position: int = -1) -> None:
    """A price with other inputs, whose value and digest fit these."""
    prices = proof["windows"][window]["prices"]
    price = prices[position]
    change(price)
    made = index_of(price["venues"], pip=PIP, venues_min=1, rules=RULES_NOW)
    assert made is not None
    price["price"] = f"{made:.2f}"
    chain_again(proof, window, len(prices) + position)
    proof["trade"].update(exit_price=price["price"])


def put_out_at_the_edge(price: Json) -> None:
    """A venue within the bound for one that counted a second ago, marked as deviating."""
    quote = str((Decimal(price["price"]) * Decimal("1.004")).quantize(PIP))
    price["venues"][0].update(bid=quote, ask=quote, out="deviating")


def clock_ahead(price: Json) -> None:
    """The venue's quote has a later time than its receipt, and counts all the same."""
    price.update(source="live", simulated=False)
    price["venues"][0]["venue_at"] = "2026-03-01T12:01:08Z"


def no_venues_needed(price: Json) -> None:
    price["venues_min"] = 0


UNDATED = {
    "a won trade voided": (won_trade_voided, {"window"}),
    "an exit a second earlier": (exit_chosen_earlier(1), {"outcome"}),
    "an exit two seconds earlier": (exit_chosen_earlier(2), {"outcome"}),
    "an exit earlier, decided in the future": (exit_chosen_earlier_later, {"outcome"}),
    "an exit numbered before the entry": (exit_numbered(-55), {"chain"}),
    "an exit numbered too far after the entry": (exit_numbered(100_000), {"chain"}),
    "an exit of another chain": (exit_follows_another, {"chain"}),
    "a venue put out that was in": (lambda p: made_again(p, put_out_at_the_edge), {"price"}),
    "a venue whose clock is ahead": (lambda p: made_again(p, clock_ahead), {"price"}),
    "no venues needed": (lambda p: made_again(p, no_venues_needed), {"price"}),
    "settled after the proof": (trade(settled_at="2026-03-01T13:00:00Z"), {"outcome"}),
    "a close order that it doesn't list": (trade(close={"state": "lapsed"}), {"terms"}),
}  # fmt: skip
