"""The list of losses tells staff what to do about real money, by whether the restored state knows its request."""

from decimal import Decimal
from uuid import UUID

import pytest
from django.db import transaction
from django.utils import timezone
from pytest_django import Settings

from accounts.domain.approvals.requests import Role
from accounts.domain.ledger.transfers import TransferKind
from accounts.models import Deposit, Withdrawal
from accounts.services.cashier.approve_withdrawal import approve_withdrawal
from accounts.services.cashier.cancel_withdrawal import cancel_withdrawal
from accounts.services.cashier.complete_withdrawal import complete_withdrawal
from accounts.services.cashier.credit_deposit import credit_seen_payment
from accounts.steps.move_against_house import move_against_house
from accounts.steps.open_operator_accounts import open_operator_accounts
from accounts.tests.cast import NOON
from accounts.tests.codes import App
from accounts.tests.staff import staff_member
from accounts.tests.till import TOMORROW, Customer, customer, open_terms
from cryptotrader.tests.recovery.stand import quiet
from monitoring.archive.watch import Watch
from monitoring.recovery.elsewhere import on_database
from monitoring.services.backups.make_backup import make_backup
from monitoring.services.restore_backup import restore_backup
from monitoring.services.restore_dump import Restored, Target
from trading.tests.cast import trader

pytestmark = [pytest.mark.process, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def finn(live: Target, settings: Settings) -> int:
    """A member of staff of finance, and the open cashier."""
    settings.REAL_CURRENCIES = ["USDT"]
    open_terms()
    open_operator_accounts(currency="USDT", demo=False, now=NOON)
    return int(staff_member("finn", Role.FINANCE).pk)


@pytest.fixture
def payer(finn: int) -> Customer:
    """A trader with 500 USDT who may withdraw."""
    alice = trader("payer")
    payer = customer(alice, App(alice.user))
    payer.pay_in("500", by=finn)
    payer.beneficiary()
    return payer


def restored(name: str, live: Target) -> Restored:
    return restore_backup(wanted=name, target=live, clock=timezone.now, say=quiet, exchange=True)


def adjust(who: Customer, amount: str, reference: UUID) -> None:
    with transaction.atomic():
        move_against_house(
            wallet_id=who.wallet.id,
            amount=Decimal(amount),
            kind=TransferKind.ADJUSTMENT,
            reference=reference,
            now=NOON,
        )


def pay(withdrawal: Withdrawal, *, by: int) -> UUID:
    """Approves a withdrawal and pays it out."""
    approve_withdrawal(withdrawal_id=withdrawal.pk, decided_by=by, now=TOMORROW)
    complete_withdrawal(withdrawal_id=withdrawal.pk, reference=f"bank {withdrawal.pk}", decided_by=by, now=TOMORROW)
    return withdrawal.pk


def test_money_that_moved_since_is_told_by_whether_the_restored_state_knows_of_it(
    live: Target, finn: int, payer: Customer
) -> None:
    email = payer.trader.user.email
    known, cancelled, announced = payer.withdraw("20"), payer.withdraw("21"), payer.deposit("30")
    name = make_backup(clock=timezone.now, watch=Watch()).name
    restored(name, live)
    with on_database(live.server, live.live):
        adjust(payer, "-1.5", known.pk)
        pay(known, by=finn)
        cancel_withdrawal(withdrawal_id=cancelled.pk, user_id=payer.id, now=TOMORROW)
        gone, asked = pay(payer.withdraw("300"), by=finn), payer.withdraw("40").pk
        credit_seen_payment(announced, reference="seen", decided_by=finn, now=TOMORROW)
        payer.pay_in("50", by=finn)
        (credited,) = Deposit.objects.filter(amount=51).values_list("pk", flat=True)
    assert [line for line in restored(name, live).lost if "people" not in line.partition(":")[0]] == [
        "withdrawals were paid out since then and are open again: compare with the bank, don't pay twice: "
        f"{known.pk} of 20.00 USDT",
        "withdrawals were requested and paid out since then, and are unknown now: their money is in the wallets again, "
        f"take it back by adjustments: {gone} of 302.00 USDT with the fee, to {email}",
        "withdrawals were refused or cancelled since then and are open again: end them again, don't pay them: "
        f"{cancelled.pk} of 21.00 USDT",
        "withdrawals were requested since then, and are unknown now: don't pay them, the traders ask again: "
        f"{asked} of 40.00 USDT",
        f"deposits were credited since then: credit them again: {announced.pk} of 30.00 USDT",
        "deposits were announced and credited since then, and are unknown now: give their money by adjustments: "
        f"{credited} of 50.00 USDT without the fee, for {email}",
        f"staff adjusted balances or results since then: do it again: adjustment {known.pk} of −1.50 USDT, {email}",
    ]
    with on_database(live.server, live.live):
        assert Withdrawal.objects.filter(pk__in=(known.pk, cancelled.pk), state="review").count() == 2
        assert not Withdrawal.objects.filter(pk__in=(gone, asked)).exists()
