"""The database keeps the cashier's requests unchanged and their states in order, against every program."""

from datetime import timedelta
from uuid import uuid4

import pytest

from accounts.models import Beneficiary, Deposit, LedgerAccount, User, WebhookDelivery, Withdrawal
from accounts.services.cashier.approve_withdrawal import approve_withdrawal
from accounts.services.cashier.refuse_deposit import refuse_deposit
from accounts.services.cashier.refuse_withdrawal import refuse_withdrawal
from accounts.tests.cast import NOON
from accounts.tests.guards import refused, run_sql
from accounts.tests.staff import approved, asked
from accounts.tests.till import TOMORROW, Customer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def deposit(payer: Customer) -> Deposit:
    return payer.deposit("100")


@pytest.fixture
def withdrawal(payer: Customer, fay: User) -> Withdrawal:
    payer.pay_in("1000", by=fay.pk)
    payer.beneficiary()
    return payer.withdraw("100")


@pytest.mark.parametrize("change", ["amount = 1", "fee = 3", "wallet_id = 1", "user_id = 1", "currency = 'BTC'"])
def test_what_was_asked_for_stays(deposit: Deposit, withdrawal: Withdrawal, change: str) -> None:
    for table in ("deposits", "withdrawals"):
        with refused(f"{table}_keep_their_terms"):
            run_sql(f"UPDATE {table} SET {change.replace('= 1', '= -1')}")


def test_where_a_withdrawal_goes_stays(withdrawal: Withdrawal) -> None:
    with refused("withdrawals_keep_their_terms"):
        run_sql("UPDATE withdrawals SET beneficiary_id = %s", uuid4())
    for change in ("address = 'mine'", "user_id = 0", "usable_from = created_at", "label = 'x'"):
        with refused("beneficiaries_never_change"):
            run_sql(f"UPDATE beneficiaries SET {change}")


def test_a_payment_stays_with_its_deposit(deposit: Deposit) -> None:
    run_sql("UPDATE deposits SET provider_reference = 'one'")
    with refused("deposits_keep_their_terms"):
        run_sql("UPDATE deposits SET provider_reference = NULL")


def test_nothing_is_deleted(deposit: Deposit, withdrawal: Withdrawal) -> None:
    for table in ("deposits", "withdrawals", "beneficiaries"):
        with refused(f"{table}_are_kept"):
            run_sql(f"DELETE FROM {table}")


@pytest.mark.parametrize("state", ["requested", "review", "done", "expired"])
def test_the_end_of_a_deposit_is_final(deposit: Deposit, fay: User, state: str) -> None:
    refuse_deposit(deposit_id=deposit.pk, reason="no", decided_by=fay.pk, now=NOON)
    with refused("deposits_only_move_on"):
        run_sql("UPDATE deposits SET state = %s WHERE id = %s", state, deposit.pk)


@pytest.mark.parametrize("state", ["review", "approved", "done", "cancelled"])
def test_the_end_of_a_withdrawal_is_final(withdrawal: Withdrawal, fay: User, state: str) -> None:
    refuse_withdrawal(withdrawal_id=withdrawal.pk, reason="no", decided_by=fay.pk, now=TOMORROW)
    with refused("withdrawals_only_move_on"):
        run_sql("UPDATE withdrawals SET state = %s", state)


def test_nothing_is_paid_out_unapproved_or_cancelled_after_that(withdrawal: Withdrawal, fay: User) -> None:
    with refused("withdrawals_only_move_on"):
        run_sql("UPDATE withdrawals SET state = 'done', provider_reference = 'x', ended_at = now()")
    approve_withdrawal(withdrawal_id=withdrawal.pk, decided_by=fay.pk, now=TOMORROW)
    for state in ("cancelled", "review"):
        with refused("withdrawals_only_move_on"):
            run_sql("UPDATE withdrawals SET state = %s", state)


def test_a_payout_without_a_reference_is_none(withdrawal: Withdrawal, fay: User) -> None:
    approve_withdrawal(withdrawal_id=withdrawal.pk, decided_by=fay.pk, now=TOMORROW)
    with refused("a_payout_has_a_reference"):
        run_sql("UPDATE withdrawals SET state = 'done', ended_at = now()")


def test_each_starts_at_its_beginning(deposit: Deposit, withdrawal: Withdrawal) -> None:
    copy = Deposit.objects.get(pk=deposit.pk)
    copy.pk, copy.idempotency_key, copy.state, copy.ended_at = uuid4(), "new", "done", NOON
    with refused("deposits_start_requested"):
        copy.save(force_insert=True)
    other = Withdrawal.objects.get()
    other.pk, other.idempotency_key, other.state = uuid4(), "new", "approved"
    with refused("withdrawals_start_in_review"):
        other.save(force_insert=True)


def test_money_comes_into_and_goes_out_of_the_owners_real_wallet(
    deposit: Deposit, withdrawal: Withdrawal, other_payer: Customer
) -> None:
    demo = LedgerAccount.objects.get(owner=deposit.user, demo=True)
    for wallet in (demo.pk, other_payer.wallet.id):
        copy = Deposit.objects.get(pk=deposit.pk)
        copy.pk, copy.idempotency_key, copy.wallet_id = uuid4(), "new", wallet
        with refused("real_wallet_of_its_owner"):
            copy.save(force_insert=True)
        out = Withdrawal.objects.get()
        out.pk, out.idempotency_key, out.wallet_id = uuid4(), "new", wallet
        with refused("real_wallet_of_its_owner"):
            out.save(force_insert=True)


def test_money_goes_to_the_owners_beneficiary_that_has_waited(withdrawal: Withdrawal, other_payer: Customer) -> None:
    out = Withdrawal.objects.get()
    out.pk, out.idempotency_key, out.beneficiary = uuid4(), "new", other_payer.beneficiary()
    with refused("usable_beneficiary_of_its_owner"):
        out.save(force_insert=True)
    early = Withdrawal.objects.get()
    early.pk, early.idempotency_key = uuid4(), "new"
    early.requested_at = early.beneficiary.usable_from - timedelta(seconds=1)
    with refused("usable_beneficiary_of_its_owner"):
        early.save(force_insert=True)


def test_a_beneficiary_waits_and_is_removed_once(payer: Customer) -> None:
    beneficiary = payer.beneficiary()
    hasty = Beneficiary.objects.get()
    hasty.pk, hasty.address, hasty.usable_from = uuid4(), "x" * 30, NOON + timedelta(hours=23)
    with refused("a_new_beneficiary_waits"):
        hasty.save(force_insert=True)
    Beneficiary.objects.filter(pk=beneficiary.pk).update(removed_at=NOON)
    with refused("beneficiaries_never_change"):
        run_sql("UPDATE beneficiaries SET removed_at = NULL")


def test_a_delivery_stays_as_it_came(db: None) -> None:
    fields = {"provider": "btcpay", "event": "x", "reference": "y", "body": {}, "received_at": NOON}
    WebhookDelivery.objects.create(delivery_id="one", **fields)
    for statement in ("UPDATE webhook_deliveries SET body = '{}'", "DELETE FROM webhook_deliveries"):
        with refused("deliveries_never_change"):
            run_sql(statement)
    with refused("one_delivery_each"):
        WebhookDelivery.objects.create(delivery_id="one", **fields)


def test_nobody_decides_on_their_own(deposit: Deposit, withdrawal: Withdrawal) -> None:
    for table in ("deposit", "withdrawal"):
        with refused(f"nobody_decides_on_their_own_{table}"):
            run_sql(f"UPDATE {table}s SET decided_by_id = user_id WHERE state IN ('requested', 'review')")


def test_an_approved_withdrawal_fails_only_with_two_approvals(
    withdrawal: Withdrawal, fay: User, rick: User, rosa: User
) -> None:
    approve_withdrawal(withdrawal_id=withdrawal.pk, decided_by=fay.pk, now=TOMORROW)
    failing = "UPDATE withdrawals SET state = 'refused', ended_at = now()"
    request = asked("fail_withdrawal", f"withdrawal:{withdrawal.pk}", by=fay, at=TOMORROW, told="it came back")
    for person in (None, rick):
        if person:
            approved(request, person, at=TOMORROW)
        with refused("approved_withdrawals_fail_together"):
            run_sql(failing)
    approved(request, rosa, at=TOMORROW)
    assert Withdrawal.objects.get().state == "refused"
