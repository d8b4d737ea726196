"""The owner of moved money or of a closed account gets one mail, in their language, after the commit."""

from contextlib import suppress

import pytest
from django.db import transaction

from accounts.domain.cashier.real_money import WrongState
from accounts.models import User
from accounts.services.cashier.approve_withdrawal import approve_withdrawal
from accounts.services.cashier.cancel_withdrawal import cancel_withdrawal
from accounts.services.cashier.complete_withdrawal import complete_withdrawal
from accounts.services.cashier.credit_deposit import credit_deposit
from accounts.services.cashier.refuse_withdrawal import refuse_withdrawal
from accounts.services.people.close_account import close_account
from accounts.steps.tell_by_mail import tell_by_mail
from accounts.tests.cast import NOON, PASSWORD, Person, standing
from accounts.tests.letters import Mails
from accounts.tests.till import ADDRESS, TOMORROW, Customer

pytestmark = pytest.mark.django_db(transaction=True)


def lines(mails: Mails) -> list[str]:
    """Returns the lines of the only mail, and forgets it."""
    (mail,) = mails
    mails.clear()
    assert mail.to == ["alice@example.com"]
    return [str(mail.subject), *str(mail.body).splitlines()]


def test_a_credited_deposit_is_told_once(payer: Customer, fay: User, mails: Mails) -> None:
    deposit = payer.deposit("100")
    for _ in range(2):
        with suppress(WrongState):
            credit_deposit(deposit_id=deposit.pk, reference="bank 1", decided_by=fay.pk, now=NOON)
    told = lines(mails)
    assert told[0] == "Your deposit is in your wallet"
    assert {"Credited: 99.00 USDT", "Fee: 1.00 USDT"} <= set(told)


def test_a_withdrawal_is_told_once_when_it_is_asked_for(saver: Customer, mails: Mails) -> None:
    for _ in range(2):
        saver.withdraw("500", key="one")
    told = lines(mails)
    assert told[0] == "A withdrawal was asked for"
    assert {"Amount: 500.00 USDT", "Beneficiary: cold wallet"} <= set(told)


def test_the_end_of_a_withdrawal_is_told(saver: Customer, fay: User, mails: Mails) -> None:
    paid, refused = saver.withdraw("500"), saver.withdraw("50")
    cancel_withdrawal(withdrawal_id=saver.withdraw("40").pk, user_id=saver.id, now=TOMORROW)
    mails.clear()
    approve_withdrawal(withdrawal_id=paid.pk, decided_by=fay.pk, now=TOMORROW)
    assert mails == []
    complete_withdrawal(withdrawal_id=paid.pk, reference="tx <1>", decided_by=fay.pk, now=TOMORROW)
    told = lines(mails)
    assert told[0] == "Your withdrawal has been paid out"
    assert {"Amount: 500.00 USDT", "Beneficiary: cold wallet", "Payment: tx <1>"} <= set(told)
    refuse_withdrawal(withdrawal_id=refused.pk, reason="no such account", decided_by=fay.pk, now=TOMORROW)
    told = lines(mails)
    assert (told[0], "Reason: no such account" in told) == ("Your withdrawal was refused", True)


def test_a_new_beneficiary_is_told_while_its_owner_can_still_remove_it(payer: Customer, mails: Mails) -> None:
    payer.beneficiary()
    told = lines(mails)
    assert (told[0], f"Address: {ADDRESS} (USDT)" in told) == ("A beneficiary was added", True)


def test_a_closed_account_is_told(alice: Person, mails: Mails) -> None:
    email = alice.user.email
    close_account(user=alice.user, password=PASSWORD, code=None, confirmation=email, clock=standing(NOON))
    assert lines(mails)[0] == "Your account is closed"


def test_each_reads_their_own_language(alice: Person, mails: Mails) -> None:
    User.objects.update(locale="ko")
    tell_by_mail(alice.user.pk, "account_closed")
    (mail,) = mails
    assert '<html lang="ko">' in str(mail.alternatives[0][0])  # type: ignore[attr-defined]


def test_nothing_is_told_of_what_did_not_happen(alice: Person, mails: Mails) -> None:
    with transaction.atomic():
        tell_by_mail(alice.user.pk, "account_closed")
        transaction.set_rollback(True)
    assert mails == []


def test_a_mail_that_can_not_be_written_undoes_nothing(alice: Person, caplog: pytest.LogCaptureFixture) -> None:
    with transaction.atomic():
        User.objects.filter(pk=alice.user.pk).update(locale="ko")
        tell_by_mail(alice.user.pk, "no such mail")
    assert User.objects.get(pk=alice.user.pk).locale == "ko"
    assert "no such mail" in caplog.text
