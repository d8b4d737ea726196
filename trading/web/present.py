"""Values for the templates, ready to print: grouped digits, real signs, words in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.translation import gettext as _

from accounts.domain.money import write_money
from trading.domain.settlement import VoidReason
from trading.models import CloseOrder, FlashTrade, TradeCorrection
from trading.selectors.listings import Listing
from trading.selectors.past.totals import Totals
from trading.selectors.trades import close_order_of, correction_of
from trading.wire.market import write_price

HOUR, MINUTE = 3600, 60


@dataclass(frozen=True, slots=True)
class DurationShown:
    seconds: int
    text: str
    payout_percent: str


@dataclass(frozen=True, slots=True)
class IntervalShown:
    seconds: int
    text: str


def durations_shown(listing: Listing) -> list[DurationShown]:
    """Each duration with the gain of a win, before any skew."""
    return [
        DurationShown(seconds, duration_text(seconds), _percent(listing.payouts.base(seconds)))
        for seconds in listing.instrument.durations
    ]


def duration_text(seconds: int) -> str:
    """15 → 15s, 300 → 5m, 3600 → 1h. The page's scripts write durations the same way."""
    if seconds % HOUR == 0:
        return _("{n}h").format(n=seconds // HOUR)
    if seconds % MINUTE == 0:
        return _("{n}m").format(n=seconds // MINUTE)
    return _("{n}s").format(n=seconds)


@dataclass(frozen=True, slots=True)
class InstrumentShown:
    symbol: str
    currency: str
    price: str | None
    payout_percent: str
    """From the lowest to the highest of its durations, where they differ."""

    break_even: str
    """The rate of the first duration."""

    stake_min_short: str
    stake_max_short: str
    status_text: str
    """Empty for an instrument that is open."""

    source: str
    """Of the newest price; empty before the first one."""

    opening: str
    """The plain price that its change is measured from; empty without one."""

    change: str
    """In percent with its sign; empty without an opening."""

    @classmethod
    def of(cls, listing: Listing, opening: Decimal | None = None) -> InstrumentShown:
        instrument, newest = listing.instrument, listing.newest
        rates = [listing.payouts.base(seconds) for seconds in instrument.durations] or [listing.payouts.rate]
        return cls(
            symbol=instrument.symbol,
            currency=instrument.currency,
            price=intcomma(write_price(newest.price, instrument.pip)) if newest else None,
            payout_percent=_range(min(rates), max(rates)),
            break_even=f"{100 / (1 + rates[0]):.1f}%",  # rounded once, as the script does: 54.054 is not 54.05
            stake_min_short=intcomma(_short(instrument.stake_min)),
            stake_max_short=intcomma(_short(instrument.stake_max)),
            status_text="" if instrument.status == "open" else str(instrument.get_status_display()),
            source=newest.source if newest else "",
            opening=write_price(opening, instrument.pip) if opening else "",
            change=_change(opening, newest.price) if opening and newest else "",
        )


@dataclass(frozen=True, slots=True)
class TradeShown:
    trade: FlashTrade
    duration: str
    stake: str
    entry: str
    exit: str
    profit: str
    tone: str
    """The colour of the profit: up, down or none."""

    result: str
    void_because: str
    """In words; empty without a void at settlement."""

    correction: TradeCorrection | None
    given_back: str
    """The money that a void moved, with its sign; empty without a void."""

    ended_at: datetime
    """The second of the exit or of the sale."""

    close: CloseOrder | None
    """The latest close order in any state; below, its minimum, empty without one."""

    asked_least: str
    sale: str
    payout_percent: str

    @classmethod
    def of(cls, trade: FlashTrade) -> TradeShown:
        pip, correction, close = trade.instrument.pip, correction_of(trade), close_order_of(trade)
        least = close.min_price if close else None
        return cls(
            trade=trade,
            duration=duration_text(trade.duration_seconds),
            stake=_money(trade.stake, trade.currency),
            entry=_price(trade.entry_price, pip),
            exit=_price(trade.exit_price if trade.sold_at_price is None else trade.sold_at_price, pip),
            profit=signed_money(trade.profit, trade.currency) if trade.profit is not None else "",
            tone=tone_of(trade.profit),
            result=_result(trade),
            void_because=void_reasons()[VoidReason(trade.void_reason)] if trade.void_reason else "",
            correction=correction,
            given_back=signed_money(correction.amount, trade.currency) if correction else "",
            ended_at=trade.sold_priced_at or trade.expires_at,
            close=close,
            asked_least=_money(least, trade.currency) if least is not None else "",
            sale=_money(trade.sale, trade.currency) if trade.sale is not None else "",
            payout_percent=_percent(trade.payout_rate),
        )


@dataclass(frozen=True, slots=True)
class TotalsShown:
    demo: bool
    currency: str
    trades: str
    won: str
    staked: str
    result: str
    tone: str

    @classmethod
    def of(cls, totals: Totals) -> TotalsShown:
        return cls(
            demo=totals.demo,
            currency=totals.currency,
            trades=intcomma(totals.trades),
            won=intcomma(totals.won),
            staked=_money(totals.staked, totals.currency),
            result=signed_money(totals.result, totals.currency),
            tone=tone_of(totals.result),
        )


def _change(opening: Decimal, price: Decimal) -> str:
    percent = (100 * (price / opening - 1)).quantize(Decimal("0.01"))
    return f"{'+' if percent > 0 else '−' if percent < 0 else ''}{abs(percent)}%"


def _price(price: Decimal | None, pip: Decimal) -> str:
    return "" if price is None else str(intcomma(write_price(price, pip)))


def outcome_names() -> list[tuple[str, str]]:
    """The outcomes, each with its word."""
    return [
        ("won", _("Won")),
        ("lost", _("Lost")),
        ("tied", _("Tied")),
        ("voided", _("Voided")),
        ("sold", _("Closed early")),
    ]


def void_reasons() -> dict[VoidReason, str]:
    """Why a trade is void, each as the rules of the market say it."""
    return {
        VoidReason.NO_ENTRY_PRICE: _("No index price came in time for the entry."),
        VoidReason.NO_EXIT_PRICE: _("There was no index price at the expiry."),
        VoidReason.EXIT_NOT_AFTER_ENTRY: _("The expiry found no price later than that of the entry."),
        VoidReason.SIMULATED_PRICE: _("A price was simulated: those never decide a trade with real money."),
    }


def _result(trade: FlashTrade) -> str:
    words = {"pending": _("Pending"), "open": _("Open"), **dict(outcome_names())}
    return words[trade.outcome or trade.state]


def tone_of(profit: Decimal | None) -> str:
    """The colour of a profit: up, down or none."""
    if not profit:
        return ""
    return "up" if profit > 0 else "down"


def signed_money(amount: Decimal, currency: str) -> str:
    """An amount with a real sign and grouped digits."""
    sign = "+" if amount > 0 else "−" if amount < 0 else ""
    return sign + _money(abs(amount), currency)


def _money(amount: Decimal, currency: str) -> str:
    return str(intcomma(write_money(amount, currency)))


def _percent(rate: Decimal) -> str:
    return f"{_short(rate * 100)}%"


def _range(lowest: Decimal, highest: Decimal) -> str:
    return _percent(highest) if lowest == highest else f"{_short(lowest * 100)}–{_percent(highest)}"


def _short(value: Decimal) -> str:
    """Without trailing zeros: 85.00 → 85."""
    return f"{value.normalize():f}"
