"""Random histories of deposits and withdrawals: after all attempts the money matches the states."""

from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from typing import Any, NamedTuple

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from accounts.domain.errors import Refusal
from accounts.models import Deposit, LedgerAccount, User, Withdrawal
from accounts.services.cashier.approve_withdrawal import approve_withdrawal
from accounts.services.cashier.cancel_withdrawal import cancel_withdrawal
from accounts.services.cashier.complete_withdrawal import complete_withdrawal
from accounts.services.cashier.credit_deposit import credit_deposit
from accounts.services.cashier.refuse_deposit import refuse_deposit
from accounts.services.cashier.refuse_withdrawal import refuse_withdrawal
from accounts.services.cashier.submit_deposit import submit_deposit
from accounts.services.cashier.sweep_deposits import sweep_deposits
from accounts.tests.audit import assert_the_ledger_balances
from accounts.tests.staff import approved, asked
from accounts.tests.till import TOMORROW, Customer

ACTIONS = (
    *("pay in", "withdraw", "withdraw", "say paid", "credit", "credit", "refuse deposit", "a week passes"),
    *("approve", "approve", "complete", "complete", "cancel", "refuse withdrawal", "fail"),
)


class Step(NamedTuple):
    """One attempt, with the number of its deposit or withdrawal where it needs one."""

    action: str
    amount: str
    which: int


STEPS = st.builds(
    Step,
    st.sampled_from(ACTIONS),
    st.sampled_from(["10", "20", "99.99", "500.01", "999", "1000", "2000"]),
    st.integers(0, 3),
)


class Till:
    """One customer, one member of staff, and the colleagues who must approve."""

    def __init__(self, payer: Customer, staff: User, *colleagues: User) -> None:
        self.payer, self.staff, self.colleagues, self.now, self.tries = payer, staff, colleagues, TOMORROW, 0

    def attempt(self, step: Step) -> None:
        """Makes the attempt. Most histories contain refused ones."""
        self.tries += 1
        with suppress(Refusal, IndexError):
            self._do(step)

    def _do(self, step: Step) -> None:
        action, key = step.action, f"key {self.now} {self.tries}"
        if action == "pay in":
            self.payer.deposit(step.amount, key=key, at=self.now)
        elif action == "withdraw":
            self.payer.withdraw(step.amount, key=key, at=self.now)
        elif action == "a week passes":
            self.now += timedelta(days=7)
            sweep_deposits(now=self.now)
        elif action in ("say paid", "credit", "refuse deposit"):
            self._with_deposit(step)
        else:
            self._with_withdrawal(step)

    def _with_deposit(self, step: Step) -> None:
        deposit_id = Deposit.objects.order_by("-id")[step.which].pk
        if step.action == "say paid":
            submit_deposit(deposit_id=deposit_id, user_id=self.payer.id, note="I have paid")
        elif step.action == "credit":
            reference = f"bank {step.which}"
            credit_deposit(deposit_id=deposit_id, reference=reference, decided_by=self.staff.pk, now=self.now)
        else:
            refuse_deposit(deposit_id=deposit_id, reason="never came", decided_by=self.staff.pk, now=self.now)

    def _with_withdrawal(self, step: Step) -> None:
        which: dict[str, Any] = {"withdrawal_id": Withdrawal.objects.order_by("-id")[step.which].pk, "now": self.now}
        if step.action == "cancel":
            cancel_withdrawal(user_id=self.payer.id, **which)
        elif step.action == "approve":
            approve_withdrawal(decided_by=self.staff.pk, **which)
        elif step.action == "complete":
            complete_withdrawal(reference=f"tx {which['withdrawal_id']}", decided_by=self.staff.pk, **which)
        elif step.action == "fail":
            subject = f"withdrawal:{which['withdrawal_id']}"
            approved(
                asked("fail_withdrawal", subject, by=self.staff, at=self.now, told="no"), *self.colleagues, at=self.now
            )
        else:
            refuse_withdrawal(reason="not today", decided_by=self.staff.pk, **which)


@pytest.mark.long
@given(steps=st.lists(STEPS, min_size=5, max_size=30))
@settings(
    max_examples=20,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@pytest.mark.django_db(transaction=True)
def test_the_money_is_where_the_states_say(
    payer: Customer, fay: User, rick: User, rosa: User, steps: list[Step]
) -> None:
    if not Withdrawal.objects.exists() and not Deposit.objects.exists():
        payer.pay_in("3000", by=fay.pk)
        payer.beneficiary()
    till = Till(payer, fay, rick, rosa)
    till.now += timedelta(days=1000 + Deposit.objects.count() + Withdrawal.objects.count())
    for step in steps:
        till.attempt(step)
        assert_the_states_tell(payer)


def assert_the_states_tell(payer: Customer) -> None:
    """The wallet, its hold, the fees and the operator's funding follow from the rows' states alone."""
    paid_in = Deposit.objects.filter(state="done")
    paid_out = Withdrawal.objects.filter(state="done")
    under_way = Withdrawal.objects.filter(state__in=["review", "approved"])
    came, came_fees = total(paid_in, "amount"), total(paid_in, "fee")
    went, went_fees = total(paid_out, "amount"), total(paid_out, "fee")
    assert payer.wallet.balance == came - came_fees - went - went_fees
    assert payer.wallet.held == total(under_way, "amount") + total(under_way, "fee")
    operator = {account.kind: account.balance for account in LedgerAccount.objects.filter(owner=None, demo=False)}
    assert (operator["funding"], operator["fees"]) == (went - came, came_fees + went_fees)
    assert_the_ledger_balances()


def total(rows: Any, name: str) -> Decimal:
    return sum(rows.values_list(name, flat=True), Decimal(0))
