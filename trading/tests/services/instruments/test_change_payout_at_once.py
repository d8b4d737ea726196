"""Payouts that change while many orders come: every trade has the offer of one version, never a mix."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest

from accounts.domain.approvals.made_from import mark_of
from accounts.domain.approvals.work import ChangedMeanwhile
from accounts.tests.audit import assert_the_ledger_balances
from accounts.tests.cast import NOON
from accounts.tests.threads import at_once
from trading.domain.payouts import NOTICE, Payouts
from trading.models import FlashTrade, Instrument, PayoutVersion
from trading.selectors.liability import liability_faults
from trading.selectors.payouts import payout_faults, replaced_by
from trading.services.instruments.change_payout import change_payout, newest_of
from trading.tests.cast import Trader, open_stage, trader
from trading.tests.payouts import SKEWED, pay

pytestmark = pytest.mark.django_db(transaction=True)
VERSIONS = {1: ("0.85", "0.85"), 2: ("0.70", "0.60"), 3: ("0.71", "0.61"), 4: ("0.72", "0.62")}
MILLISECOND = timedelta(milliseconds=1)


def trade(who: Trader, hand: int) -> None:
    for number in range(12):
        at = NOON + (1000 + (hand + number) * 100) * MILLISECOND
        who.place(at=at, stake="1", seconds=(30, 60)[number % 2], key=f"{hand}-{number}")


def change(who: Trader, version: int) -> None:
    sixty, thirty = VERSIONS[version]
    payouts = Payouts(0, Decimal(sixty), {30: Decimal(thirty)})
    now = NOON + timedelta(seconds=version - 1) - NOTICE
    change_payout(symbol="BTC-USDT", payouts=payouts, reason="x", made_by=who.user.pk, now=now)


def change_thrice(who: Trader) -> None:
    for version in (2, 3, 4):
        change(who, version)


def test_each_trade_has_the_rate_of_one_version_while_they_change() -> None:
    alice, bob, stage = trader("alice"), trader("bob"), open_stage()
    stage.prices(NOON + timedelta(seconds=1), ["60000.00"])
    hands: list[Callable[[], None]] = [partial(trade, who, hand) for hand in range(3) for who in (alice, bob)]
    hands.append(partial(change_thrice, alice))
    assert at_once(hands) == [None] * 7
    found = set(FlashTrade.objects.values_list("payout_version", "duration_seconds", "payout_rate"))
    for version, seconds, rate in found:
        assert version is not None
        assert rate == Decimal(VERSIONS[version][seconds == 30])
    assert FlashTrade.objects.count() == 72
    # Placed after the versions were made, around the second in which each takes effect: the clock alone decides.
    later = [alice.place(at=NOON + ms * MILLISECOND, key=f"later-{ms}") for ms in (1000, 1999, 2000, 2999)]
    assert [each.payout_version for each in later] == [2, 2, 3, 3]
    assert_the_ledger_balances()


def test_versions_made_at_once_follow_each_other_and_replace_each_other() -> None:
    alice, _ = trader("alice"), open_stage()
    rates = [Decimal("0.80") + Decimal(number) / 100 for number in range(8)]
    make = partial(change_payout, symbol="BTC-USDT", reason="x", made_by=alice.user.pk)
    calls = [
        partial(make, payouts=Payouts(0, rate), now=NOON + (500 + number) * MILLISECOND)
        for number, rate in enumerate(rates)
    ]
    made = sorted((each.version, each.effective_from) for each in at_once(calls) if isinstance(each, PayoutVersion))
    assert made == [(version, NOON + NOTICE + timedelta(seconds=1)) for version in range(2, 10)]
    assert [replaced_by(each) for each in PayoutVersion.objects.filter(version__gt=2).order_by("version")] == [
        [version] for version in range(2, 9)
    ]


def test_a_double_click_makes_one_version() -> None:
    alice, bob, _ = trader("alice"), trader("bob"), open_stage()
    make = partial(change_payout, symbol="BTC-USDT", payouts=Payouts(0, Decimal("0.8")), reason="x")
    click = partial(make, made_by=alice.user.pk)
    clicks = [partial(click, now=NOON + number * 300 * MILLISECOND) for number in range(5)]
    assert {each.version for each in at_once(clicks) if isinstance(each, PayoutVersion)} == {2}
    assert PayoutVersion.objects.count() == 2
    later = NOON + timedelta(hours=1)
    others = [
        make(made_by=bob.user.pk, now=NOON),  # another person
        click(now=NOON),
        click(now=NOON, reason="y"),
        click(now=NOON, reason="y", effective_from=later),
        click(now=NOON, reason="y", effective_from=later),  # the same again
        click(now=later, reason="y"),  # the last one waits no longer
    ]
    assert [each.version for each in others] == [3, 4, 5, 6, 6, 7]


def test_of_two_who_knew_the_same_version_one_makes_the_next() -> None:
    people, _ = [trader("alice"), trader("bob"), trader("carol")], open_stage()
    known = mark_of(newest_of(PayoutVersion.objects.get()))
    make = partial(change_payout, symbol="BTC-USDT", payouts=Payouts(0, Decimal("0.8")), reason="x", now=NOON)
    results = at_once([partial(make, made_by=each.user.pk, made_from=known) for each in people])
    assert sum(isinstance(each, ChangedMeanwhile) for each in results) == 2
    made = PayoutVersion.objects.get(version=2)
    assert results.index(made) == [each.user.pk for each in people].index(made.made_by_id or 0)
    assert make(made_by=made.made_by_id or 0, made_from=known) == made  # a double click


def test_skewed_rates_stay_within_their_bounds_in_a_rush() -> None:
    people, _ = [trader(f"trader{n}") for n in range(6)], open_stage()
    Instrument.objects.update(liability_max=100_000)
    pay(**SKEWED)
    results = at_once([partial(rush, who) for who in people])
    assert results == [None] * 6
    rates = set(FlashTrade.objects.values_list("payout_rate", flat=True))
    assert len(rates) > 2
    assert Decimal("0.80") <= min(rates) <= max(rates) <= Decimal("0.90")
    assert payout_faults() == liability_faults() == []


def rush(who: Trader) -> None:
    for _ in range(8):
        who.place(stake="100")
