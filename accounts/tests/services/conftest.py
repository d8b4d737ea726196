"""A small staff: fay of finance asks, rick and rosa of risk decide."""

import pytest

from accounts.domain.approvals import Role
from accounts.models import User
from accounts.tests.staff import staff_member


@pytest.fixture
def fay(db: None) -> User:
    return staff_member("fay", Role.FINANCE)


@pytest.fixture
def rick(db: None) -> User:
    return staff_member("rick", Role.RISK)


@pytest.fixture
def rosa(db: None) -> User:
    return staff_member("rosa", Role.RISK)
