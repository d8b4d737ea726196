"""A raise by staff with four eyes waits a day like any other, and a later change by the owner wins over it."""

from collections import Counter
from contextlib import suppress
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.domain.access.scopes import AccountClosed, AccountFrozen
from accounts.domain.approvals.requests import Decision, DuplicateRequest, NotPermitted, OwnRequest, Role
from accounts.domain.errors import InvalidInput, NotFound
from accounts.domain.limits.exclusions import PersonExcluded
from accounts.domain.limits.limit_changes import LimitChange
from accounts.domain.limits.own_limits import LimitChanged, LimitKind
from accounts.models import ApprovalRequest, TradingLimit, User
from accounts.selectors.limits.restrictions import restrictions_on
from accounts.services.approvals.decide_request import decide_request
from accounts.services.approvals.request_approval import request_approval
from accounts.services.limits.set_trading_limits import set_trading_limits
from accounts.services.limits.take_time_out import take_time_out
from accounts.tests.cast import NOON, Person, standing
from accounts.tests.letters import Mails
from accounts.tests.staff import staff_member
from accounts.tests.threads import at_once

DAY = timedelta(days=1)
LATER = NOON + timedelta(hours=1)


@pytest.fixture
def sue(db: None) -> User:
    return staff_member("sue", Role.SUPPORT)


def wish(who: Person, amount: str | None, kind: LimitKind = LimitKind.LOSS, *, now: datetime = NOON) -> TradingLimit:
    """Sets the trader's own limit."""
    days = 7 if kind is LimitKind.LOSS else 0
    currency, demo = ("", False) if kind is LimitKind.SESSION else ("USDT", True)
    wanted = None if amount is None else Decimal(amount)
    set_trading_limits(user_id=who.user.pk, changes=[LimitChange(kind, currency, demo, days, wanted)], now=now)
    return TradingLimit.objects.get(user=who.user, kind=kind)


def ask(by: User, limit: TradingLimit, amount: object, now: datetime = NOON) -> ApprovalRequest:
    return request_approval(
        action="raise_limit",
        subject=f"limit:{limit.pk}",
        arguments={"amount": amount},
        reason="asked by phone",
        requested_by=by.pk,
        now=now,
    )


def approve(request: ApprovalRequest, by: User, now: datetime = LATER) -> ApprovalRequest:
    return decide_request(
        request_id=request.pk, decision=Decision.APPROVE, reason="", decided_by=by.pk, clock=standing(now)
    )


def in_force(who: Person, now: datetime) -> list[Decimal]:
    return [limit.amount for limit in restrictions_on(who.user.pk, now=now).limits]


def test_it_holds_a_day_after_the_approval(sue: User, rick: User, alice: Person) -> None:
    approve(ask(sue, wish(alice, "100"), "250.50"), rick)
    assert in_force(alice, LATER + DAY - timedelta(microseconds=1)) == [Decimal(100)]
    assert in_force(alice, LATER + DAY) == [Decimal("250.5")]


def test_none_takes_the_limit_away_after_the_day(sue: User, rick: User, alice: Person) -> None:
    approve(ask(sue, wish(alice, "60", LimitKind.SESSION), "none"), rick)
    assert in_force(alice, LATER) == [Decimal(60)]
    assert in_force(alice, LATER + DAY) == []


@pytest.mark.django_db(transaction=True)
def test_its_owner_reads_it_in_a_mail_and_can_lower_it_again(
    sue: User, rick: User, alice: Person, mails: Mails
) -> None:
    approve(ask(sue, wish(alice, "100"), "250"), rick)
    (mail,) = mails
    assert (mail.to, mail.subject) == (["alice@example.com"], "A limit of yours will rise")
    told = {"Limit: Loss, 7 days, demo", "Limit now: 100.00 USDT", "New limit: 250.00 USDT"}
    assert told | {"Takes effect: 2026-03-02 13:00 UTC"} <= set(str(mail.body).splitlines())

    wish(alice, "90", now=LATER)
    assert in_force(alice, LATER + 2 * DAY) == [Decimal(90)]


@pytest.mark.parametrize(
    "amount", ["NaN", "1e400", "1_0", "1 00", "100.001", "-1", "1" + "0" * 12, "", None, "None", 100.5, True]
)
def test_an_amount_that_is_none_is_refused(sue: User, alice: Person, amount: object) -> None:
    with pytest.raises(InvalidInput) as refused:
        ask(sue, wish(alice, "50"), amount)
    assert [field.code for field in refused.value.fields] == ["invalid-number"]


@pytest.mark.parametrize("amount", ["100", "99.99", "0"])
def test_what_is_no_raise_is_refused(sue: User, alice: Person, amount: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        ask(sue, wish(alice, "100"), amount)
    assert [field.code for field in refused.value.fields] == ["not-a-raise"]


@pytest.mark.parametrize("subject", ["limit:0", "limit:x", "limit:", "user:1", "limit:" + "9" * 30, "limit:１"])
def test_only_a_limit_that_there_is_can_be_raised(sue: User, subject: str) -> None:
    with pytest.raises(NotFound):
        request_approval(
            action="raise_limit",
            subject=subject,
            arguments={"amount": "1"},
            reason="x",
            requested_by=sue.pk,
            now=NOON,
        )


def test_what_its_owner_has_wished_since_goes_first(sue: User, rick: User, alice: Person) -> None:
    request = ask(sue, wish(alice, "100"), "250")
    wish(alice, "80", now=NOON + timedelta(minutes=1))
    with pytest.raises(LimitChanged):
        approve(request, rick)
    request.refresh_from_db()
    assert (request.state, in_force(alice, LATER + 2 * DAY)) == ("pending", [Decimal(80)])


def test_below_what_its_owner_asked_for_there_is_nothing_to_raise(sue: User, alice: Person) -> None:
    wish(alice, "100")
    limit = wish(alice, "500")
    for when in (NOON, NOON + 2 * DAY):  # while their own raise waits, and after it has come into force
        with pytest.raises(InvalidInput) as refused:
            ask(sue, limit, "300", when)
        assert [field.code for field in refused.value.fields] == ["not-a-raise"]


def test_a_limit_that_is_gone_or_goes_can_not_be_raised(sue: User, alice: Person) -> None:
    wish(alice, "100")
    with pytest.raises(InvalidInput):
        ask(sue, wish(alice, None), "300")


@pytest.mark.parametrize("hours", [0, 23, 25])
def test_a_raise_of_their_own_goes_first(sue: User, rick: User, alice: Person, hours: int) -> None:
    """The trader's raise may still wait or be in force: the staff's, though higher, neither replaces nor delays it."""
    wish(alice, "100")
    limit = wish(alice, "500")
    request = ask(sue, limit, "900")
    if hours < 24:
        with pytest.raises(LimitChanged):
            approve(request, rick, NOON + timedelta(hours=hours))
    else:
        approve(request, rick, NOON + timedelta(hours=hours))
    assert in_force(alice, NOON + DAY) == [500]


def test_nobody_approves_a_raise_of_their_own(sue: User, rick: User) -> None:
    session = LimitChange(LimitKind.SESSION, "", demo=False, period_days=0, amount=Decimal(60))
    set_trading_limits(user_id=rick.pk, changes=[session], now=NOON)
    with pytest.raises(OwnRequest):
        approve(ask(sue, TradingLimit.objects.get(), "120"), rick)


def test_it_does_not_rise_for_who_keeps_themselves_from_trading(sue: User, rick: User, alice: Person) -> None:
    request = ask(sue, wish(alice, "100"), "250")
    take_time_out(user_id=alice.user.pk, hours=24, clock=standing(NOON))
    with pytest.raises(PersonExcluded):
        approve(request, rick)
    assert in_force(alice, LATER + 2 * DAY) == [Decimal(100)]


@pytest.mark.parametrize(("mark", "refusal"), [("frozen_at", AccountFrozen), ("closed_at", AccountClosed)])
def test_it_does_not_rise_in_a_shut_account(
    sue: User, rick: User, alice: Person, mark: str, refusal: type[Exception]
) -> None:
    request = ask(sue, wish(alice, "100"), "250")
    User.objects.filter(pk=alice.user.pk).update(**{mark: NOON, "is_active": False})
    with pytest.raises(refusal):
        approve(request, rick)


def test_support_asks_and_risk_approves(sue: User, fay: User, rick: User, alice: Person) -> None:
    limit = wish(alice, "100")
    for other in (fay, rick):
        with pytest.raises(NotPermitted):
            ask(other, limit, "250")
    request = ask(sue, limit, "250")
    with pytest.raises(DuplicateRequest):
        ask(sue, limit, "300")
    with pytest.raises((NotPermitted, OwnRequest)):
        approve(request, sue)
    with pytest.raises(NotPermitted):
        approve(request, fay)
    assert approve(request, rick).state == "executed"


@pytest.mark.django_db(transaction=True)
def test_many_approvals_at_once_raise_once(sue: User, rick: User, alice: Person) -> None:
    request = ask(sue, wish(alice, "100"), "250")
    results = at_once([partial(approve, request, rick) for _ in range(6)])
    assert Counter(type(result).__name__ for result in results) == {"ApprovalRequest": 1, "AlreadyDecided": 5}
    limit = TradingLimit.objects.get()
    assert (limit.amount, limit.next_amount, limit.next_from) == (100, 250, LATER + DAY)


@given(steps=st.lists(st.tuples(st.decimals("0.02", "1000", places=2), st.booleans()), min_size=1, max_size=5))
@settings(max_examples=15)
def test_a_raise_never_acts_before_its_day(
    sue: User, rick: User, bob: Person, steps: list[tuple[Decimal, bool]]
) -> None:
    """Staff raise and the trader lowers, hour after hour: within a day of the first raise, no limit has risen."""
    limit, least = wish(bob, "0.01"), Decimal("0.01")
    began = TradingLimit.objects.get().changed_at
    for amount, is_lowered in steps:
        now = TradingLimit.objects.get().changed_at + timedelta(hours=1)
        with suppress(InvalidInput, LimitChanged, DuplicateRequest):  # a raise already waits
            approve(ask(sue, limit, str(amount), now), rick, now)
        if is_lowered:
            wish(bob, str(least), now=now + timedelta(minutes=1))
    assert in_force(bob, began + DAY) == [least]
