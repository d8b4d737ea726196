"""The market of the back office's tests, a trader, and a member of staff at work."""

import pytest
from django.test import Client

from accounts.domain.approvals.requests import Role
from accounts.tests.staff import back_office, staff_member
from trading.tests.cast import Stage, Trader, open_stage, trader


@pytest.fixture
def market() -> Stage:
    return open_stage()


@pytest.fixture
def ann(market: Stage) -> Trader:
    return trader("ann")


@pytest.fixture
def risk(market: Stage) -> Client:
    return back_office(staff_member("rick", Role.RISK))
