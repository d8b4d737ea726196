"""Adjustments of any amount in any order: the balance equals a sum of a few lines."""

from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.domain.approvals.subjects import Subject
from accounts.domain.errors import InsufficientFunds
from accounts.models import ApprovalRequest
from accounts.services.ledger import adjust_balance
from accounts.tests.audit import assert_the_ledger_balances
from accounts.tests.cast import NOON, Person

AMOUNTS = st.decimals("-12000", "12000", places=2).filter(bool)


def adjust(wallet_id: int, amount: Decimal) -> None:
    """Executes the action without its approval."""
    subject = Subject.of("wallet", wallet_id)
    arguments = adjust_balance.read_arguments(subject, {"amount": str(amount)})
    with transaction.atomic():
        adjust_balance.execute(ApprovalRequest(id=uuid4(), subject=str(subject), arguments=arguments), NOON)


@pytest.mark.long
@given(amounts=st.lists(AMOUNTS, max_size=12))
@settings(max_examples=60)
def test_a_wallet_is_never_overdrawn_and_the_ledger_balances(alice: Person, amounts: list[Decimal]) -> None:
    with transaction.atomic():
        expected = alice.wallet.available
        for amount in amounts:
            try:
                adjust(alice.wallet.id, amount)
            except InsufficientFunds:
                assert expected + amount < 0
                continue
            expected += amount
            assert expected >= 0
        assert alice.wallet.available == expected
        assert_the_ledger_balances()
        transaction.set_rollback(True)
