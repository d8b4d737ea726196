"""Limits, time-outs and self-exclusions: setting them, and their effect on deposits and top-ups."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from accounts.domain.access.scopes import AccountClosed, AccountFrozen
from accounts.domain.errors import InvalidInput
from accounts.domain.limits.exclusions import SelfExcluded, TimedOut
from accounts.domain.limits.limit_changes import LimitChange
from accounts.domain.limits.own_limits import Limit, LimitKind, LimitReached
from accounts.models import Deposit, LedgerAccount, TradingLimit, User
from accounts.selectors.limits.restrictions import restrictions_on
from accounts.services.limits.self_exclude import self_exclude
from accounts.services.limits.set_trading_limits import set_trading_limits
from accounts.services.limits.take_time_out import take_time_out
from accounts.steps.cashier.check_money_in import check_money_in
from accounts.tests.cast import NOON, Person, standing

DAY = timedelta(days=1)
LOSS = LimitChange(LimitKind.LOSS, "USDT", True, 7, Decimal(100))


def wish(who: Person, *wishes: LimitChange, now: datetime = NOON) -> None:
    set_trading_limits(user_id=who.user.pk, changes=wishes, now=now)


def limits(who: Person, now: datetime = NOON) -> list[Limit]:
    return list(restrictions_on(who.user.pk, now=now).limits)


def pay_in(who: Person, amount: int, *, demo: bool = False, balance: int = 0, now: datetime = NOON) -> None:
    check_money_in(
        user_id=who.user.pk, currency="USDT", demo=demo, balance=Decimal(balance), amount=Decimal(amount), now=now
    )


def ask_for_deposit(who: Person, amount: int, state: str, at: datetime) -> None:
    wallet, _new = LedgerAccount.objects.get_or_create(
        kind="wallet", owner=who.user, currency="USDT", demo=False, defaults={"created_at": NOON}
    )
    deposit = Deposit.objects.create(
        id=uuid4(), user=who.user, wallet=wallet, idempotency_key=str(uuid4()), amount=amount,
        currency="USDT", provider="manual", requested_at=at, expires_at=at + DAY,
    )  # fmt: skip
    if state != "requested":
        ended_at = at if state in {"done", "refused", "expired"} else None
        Deposit.objects.filter(pk=deposit.pk).update(state=state, ended_at=ended_at)


def test_a_limit_holds_for_its_owner_and_nobody_else(alice: Person, bob: Person) -> None:
    session = LimitChange(LimitKind.SESSION, "", False, 0, Decimal(60))
    wish(alice, LOSS, session)
    assert limits(alice) == [
        Limit(LimitKind.LOSS, "USDT", True, 7, Decimal(100)),
        Limit(LimitKind.SESSION, "", False, 0, Decimal(60)),
    ]
    assert limits(bob) == []
    assert restrictions_on(alice.user.pk, now=NOON).of_wallet("USDT", demo=False) == ()


def test_a_raise_waits_and_then_holds_by_itself(alice: Person) -> None:
    wish(alice, LOSS)
    wish(alice, LimitChange(LimitKind.LOSS, "USDT", True, 7, Decimal(200)), now=NOON + DAY)
    assert [limit.amount for limit in limits(alice, NOON + 2 * DAY - timedelta(seconds=1))] == [100]
    assert [limit.amount for limit in limits(alice, NOON + 2 * DAY)] == [200]


def test_a_limit_that_is_removed_is_gone_after_a_day_and_can_be_set_again(alice: Person) -> None:
    wish(alice, LOSS)
    wish(alice, LimitChange(LimitKind.LOSS, "USDT", True, 7, None))
    assert (len(limits(alice)), len(limits(alice, NOON + DAY))) == (1, 0)
    wish(alice, LOSS, now=NOON + 2 * DAY)
    assert len(limits(alice, NOON + 2 * DAY)) == 1
    assert TradingLimit.objects.count() == 1


def test_to_be_rid_of_what_was_never_set_is_nothing(alice: Person) -> None:
    wish(alice, LimitChange(LimitKind.STAKE, "USDT", True, 0, None))
    assert TradingLimit.objects.count() == 0


def test_a_change_whose_clock_was_read_before_the_last_one_counts_from_the_last(alice: Person) -> None:
    wish(alice, LOSS, now=NOON + DAY)
    wish(alice, LimitChange(LimitKind.LOSS, "USDT", True, 7, Decimal(200)), now=NOON)
    assert TradingLimit.objects.get().next_from == NOON + 2 * DAY


@pytest.mark.parametrize("hours", [0, -1, 6 * 7 * 24 + 1])
def test_a_time_out_lasts_an_hour_to_six_weeks(alice: Person, hours: int) -> None:
    with pytest.raises(InvalidInput):
        take_time_out(user_id=alice.user.pk, hours=hours, clock=standing(NOON))
    take_time_out(user_id=alice.user.pk, hours=6 * 7 * 24, clock=standing(NOON))
    assert restrictions_on(alice.user.pk, now=NOON + 42 * DAY - timedelta(seconds=1)).exclusion
    assert restrictions_on(alice.user.pk, now=NOON + 42 * DAY).exclusion is None


@pytest.mark.parametrize("months", [0, 5, 61])
def test_a_self_exclusion_lasts_six_months_to_five_years(alice: Person, months: int) -> None:
    with pytest.raises(InvalidInput):
        self_exclude(user_id=alice.user.pk, months=months, clock=standing(NOON))
    assert self_exclude(user_id=alice.user.pk, months=60, clock=standing(NOON)).exclusion.ends_at == datetime(
        2031, 3, 1, 12, tzinfo=UTC
    )


def test_of_several_exclusions_the_last_to_end_counts(alice: Person) -> None:
    self_exclude(user_id=alice.user.pk, months=6, clock=standing(NOON))
    take_time_out(user_id=alice.user.pk, hours=1, clock=standing(NOON))
    with pytest.raises(SelfExcluded):
        pay_in(alice, 1)


def test_an_exclusion_counts_for_an_order_whose_clock_was_read_before_it(alice: Person) -> None:
    take_time_out(user_id=alice.user.pk, hours=1, clock=standing(NOON))
    assert restrictions_on(alice.user.pk, now=NOON - timedelta(seconds=5)).exclusion


@pytest.mark.parametrize("demo", [True, False])
def test_an_excluded_frozen_or_closed_person_brings_no_money_in(alice: Person, demo: bool) -> None:
    take_time_out(user_id=alice.user.pk, hours=1, clock=standing(NOON))
    with pytest.raises(TimedOut):
        pay_in(alice, 1, demo=demo)
    User.objects.update(is_active=False, frozen_at=NOON)
    with pytest.raises(AccountFrozen):
        pay_in(alice, 1, demo=demo)
    User.objects.update(closed_at=NOON)
    with pytest.raises(AccountClosed):
        pay_in(alice, 1, demo=demo)


def test_deposits_count_from_when_they_are_asked_for_unless_they_never_came(alice: Person) -> None:
    wish(alice, LimitChange(LimitKind.DEPOSIT, "USDT", False, 7, Decimal(100)))
    for state, days in (("done", 6), ("requested", 0), ("review", 1), ("refused", 0), ("expired", 0), ("done", 7)):
        ask_for_deposit(alice, 20, state, NOON - days * DAY)
    pay_in(alice, 40)
    with pytest.raises(LimitReached) as caught:
        pay_in(alice, 41)
    assert (caught.value.extra["used"], caught.value.extra["resets_at"]) == ("60.00", "2026-03-02T00:00:00Z")


def test_deposits_that_would_go_above_the_balance_limit_are_refused(alice: Person) -> None:
    wish(alice, LimitChange(LimitKind.BALANCE, "USDT", False, 0, Decimal(100)))
    ask_for_deposit(alice, 20, "requested", NOON)
    pay_in(alice, 30, balance=50)
    with pytest.raises(LimitReached):
        pay_in(alice, 31, balance=50)


def test_a_top_up_of_demo_money_meets_the_demo_wallets_balance_limit_only(alice: Person) -> None:
    wish(alice, LimitChange(LimitKind.BALANCE, "USDT", True, 0, Decimal(100)))
    ask_for_deposit(alice, 90, "requested", NOON)
    pay_in(alice, 50, balance=50, demo=True)
    with pytest.raises(LimitReached):
        pay_in(alice, 51, balance=50, demo=True)
