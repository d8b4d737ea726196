"""Freezing an account: from that moment on it has no new orders and no sessions, also in parallel with requests."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest
from django.test import Client

from accounts.domain.access.scopes import AccountFrozen
from accounts.domain.approvals.requests import AlreadyFrozen, Decision, NotFrozen, Role
from accounts.models import ApprovalRequest, User
from accounts.services.approvals.decide_request import decide_request
from accounts.services.approvals.request_approval import request_approval
from accounts.tests.cast import NOON, PASSWORD, standing
from accounts.tests.rest_client import Api
from accounts.tests.staff import staff_member
from accounts.tests.threads import at_once
from trading.models import FlashTrade
from trading.services.settlement.settle_due_trades import settle_due_trades
from trading.tests.cast import Stage, Trader, open_stage, trader

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def market() -> Stage:
    return open_stage()


@pytest.fixture
def ann(market: Stage) -> Trader:
    return trader("ann")


class Staff:
    """Sue asks, rick decides."""

    def __init__(self) -> None:
        self.sue, self.rick = staff_member("sue", Role.SUPPORT), staff_member("rick", Role.RISK)

    def ask(self, action: str, of: Trader) -> UUID:
        return request_approval(
            action=action,
            subject=f"user:{of.user.pk}",
            arguments={},
            reason="stolen password",
            requested_by=self.sue.pk,
            now=NOON,
        ).id

    def decide(self, id: UUID) -> ApprovalRequest:
        return decide_request(
            request_id=id, decision=Decision.APPROVE, reason="", decided_by=self.rick.pk, clock=standing(NOON)
        )

    def do(self, action: str, of: Trader) -> ApprovalRequest:
        return self.decide(self.ask(action, of))


def test_a_frozen_person_is_out_at_once_and_back_after_a_thaw(ann: Trader, client: Client) -> None:
    staff, api = Staff(), Api(ann)
    assert client.login(email=ann.user.email, password=PASSWORD)
    assert (client.get("/history/").status_code, api.get("/api/v1/wallets").status) == (200, 200)

    staff.do("freeze_user", ann)
    assert (client.get("/history/").status_code, api.get("/api/v1/wallets").status) == (302, 401)
    assert not client.login(email=ann.user.email, password=PASSWORD)
    user = User.objects.get(pk=ann.user.pk)
    assert (user.is_active, user.frozen_at) == (False, NOON)

    staff.do("unfreeze_user", ann)
    assert client.login(email=ann.user.email, password=PASSWORD)
    assert ann.place().state == "pending"


def test_what_was_under_way_settles_all_the_same(ann: Trader, market: Stage) -> None:
    ann.place()
    Staff().do("freeze_user", ann)
    with pytest.raises(AccountFrozen):
        ann.place()
    market.price(NOON + timedelta(seconds=1), "60000.00")
    market.price(NOON + timedelta(seconds=61), "60001.00")
    settle_due_trades(instrument="BTC-USDT", now=NOON + timedelta(seconds=61))
    assert ann.wallet.balance == 10085


def test_an_account_is_frozen_once_and_thawed_once(ann: Trader) -> None:
    staff = Staff()
    with pytest.raises(NotFrozen):
        staff.ask("unfreeze_user", ann)
    staff.do("freeze_user", ann)
    with pytest.raises(AlreadyFrozen):
        staff.ask("freeze_user", ann)


def test_a_closed_account_stays_closed_after_a_thaw(ann: Trader) -> None:
    staff = Staff()
    User.objects.filter(pk=ann.user.pk).update(is_active=False, closed_at=NOON)
    staff.do("freeze_user", ann)
    staff.do("unfreeze_user", ann)
    user = User.objects.get(pk=ann.user.pk)
    assert (user.is_active, user.frozen_at, user.closed_at) == (False, None, NOON)


def test_no_order_is_committed_after_the_freeze(ann: Trader) -> None:
    staff = Staff()
    id = staff.ask("freeze_user", ann)

    def freeze() -> object:
        staff.decide(id)
        return ann.wallet.revision  # grows with each order

    orders: list[Callable[[], object]] = [partial(ann.place, stake="1", key=f"k{n}") for n in range(11)]
    *results, revision = at_once([*orders, freeze])
    outcomes = Counter(type(result) for result in results)
    assert outcomes.keys() <= {FlashTrade, AccountFrozen}
    assert ann.wallet.revision == revision
    assert outcomes[FlashTrade] == FlashTrade.objects.count()
