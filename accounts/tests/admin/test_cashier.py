"""Staff at the cashier: actions of one person, actions of two people, and forbidden ones."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts.domain.approvals.requests import Role
from accounts.models import ApprovalRequest, Deposit, User, Withdrawal
from accounts.tests.btcpay_server import BTCPayServer
from accounts.tests.cast import PASSWORD
from accounts.tests.staff import back_office, staff_member
from accounts.tests.till import Customer

pytestmark = pytest.mark.django_db(transaction=True)


def at(row: Deposit | Withdrawal, action: str = "") -> str:
    page = f"admin:accounts_{row._meta.model_name}"
    return reverse(f"{page}_do", args=[row.pk, action]) if action else reverse(f"{page}_change", args=[row.pk])


def actions_on(client: Client, row: Deposit | Withdrawal) -> set[str]:
    return set(re.findall(r'action="\.\./do/([a-z]+)/"', client.get(at(row)).content.decode()))


def test_one_member_of_staff_credits_an_everyday_deposit(payer: Customer, fay: User) -> None:
    deposit, staff = payer.stored_deposit(), back_office(fay)
    assert actions_on(staff, deposit) == {"credit", "refuse"}
    answer = staff.post(at(deposit, "credit"), {"text": ""}, follow=True).content.decode()
    assert "Payment: 1 to 120 printable characters" in answer
    staff.post(at(deposit, "credit"), {"text": "bank 4711"})
    assert (Deposit.objects.get().state, payer.money) == ("done", ("100.00", "0.00"))
    assert actions_on(staff, deposit) == set()
    fred = back_office(staff_member("fred", Role.FINANCE))  # his page was older
    for action in ("credit", "refuse"):
        answer = fred.post(at(deposit, action), {"text": "bank 4712"}, follow=True).content.decode()
        assert f"Nothing was changed. Its state now: done · {fay.email} · 20" in answer
    assert payer.money == ("100.00", "0.00")


def test_a_large_deposit_is_asked_for(payer: Customer, fay: User, rick: User) -> None:
    deposit, staff = payer.deposit("1000"), back_office(fay)
    assert "credit" not in actions_on(staff, deposit)
    staff.post(at(deposit, "credit"), {"text": "bank 4711"})
    assert Deposit.objects.get().state == "requested"
    ask = reverse("admin:accounts_approvalrequest_ask", args=["large_deposit", f"deposit:{deposit.pk}"])
    assert ask in staff.get(at(deposit)).content.decode()
    assert payer.trader.user.email in staff.get(ask).content.decode()
    staff.post(ask, {"reference": "bank 4711", "reason": "on the statement of today"})
    request = ApprovalRequest.objects.get()
    decide = reverse("admin:accounts_approvalrequest_decide", args=[request.pk])
    back_office(rick).post(decide, {"decision": "approve", "reason": "seen"})
    rose = back_office(staff_member("rose", Role.RISK))
    late = rose.post(decide, {"decision": "refuse", "reason": "too late"}, follow=True).content.decode()
    assert f"Nothing was changed. Its state now: executed · {rick.email} · 20" in late
    assert (Deposit.objects.get().state, payer.money) == ("done", ("999.00", "0.00"))


def test_a_withdrawal_is_approved_and_paid_out(saver: Customer, fay: User) -> None:
    withdrawal, staff = saver.withdraw("500"), back_office(fay)
    assert actions_on(staff, withdrawal) == {"approve", "refuse"}
    staff.post(at(withdrawal, "complete"), {"text": "tx 1"})
    assert Withdrawal.objects.get().state == "review"
    staff.post(at(withdrawal, "approve"))
    assert actions_on(staff, withdrawal) == {"complete"}
    fred, late = (back_office(staff_member(name, Role.FINANCE)) for name in ("fred", "lara"))
    fred.post(at(withdrawal, "complete"), {"text": "tx 1"})
    assert (Withdrawal.objects.get().state, saver.money) == ("done", ("4498.00", "0.00"))
    answer = late.post(at(withdrawal, "complete"), {"text": "tx 2"}, follow=True).content.decode()
    assert "Nothing was changed. Its state now: done · fred@example.com · 20" in answer
    page = answer[answer.index("field-approved") :]
    assert page.index(fay.email) < page.index("field-ended") < page.index("fred@example.com")


def test_one_payment_is_named_once_however_it_is_typed(saver: Customer, fay: User) -> None:
    staff, rows = back_office(fay), [saver.withdraw("100"), saver.withdraw("100")]
    for row, text in zip(rows, ("tx 1", " TX1"), strict=True):
        staff.post(at(row, "approve"))
        answer = staff.post(at(row, "complete"), {"text": text}, follow=True)
    assert "This payment has paid another withdrawal already – TX1" in answer.content.decode()
    assert sorted(Withdrawal.objects.values_list("state", flat=True)) == ["approved", "done"]
    for deposit, text in zip([saver.stored_deposit(), saver.stored_deposit()], ("bank 1", "Bank  1"), strict=True):
        answer = staff.post(at(deposit, "credit"), {"text": text}, follow=True)
    assert "This payment has been credited to another deposit already – Bank  1" in answer.content.decode()


def test_a_refusal_says_why(saver: Customer, fay: User) -> None:
    withdrawal, staff = saver.withdraw("500"), back_office(fay)
    staff.post(at(withdrawal, "refuse"), {"text": " "})
    assert Withdrawal.objects.get().state == "review"
    staff.post(at(withdrawal, "refuse"), {"text": "the name doesn't fit"})
    assert (Withdrawal.objects.get().reason, saver.money) == ("the name doesn't fit", ("5000.00", "0.00"))


def test_a_large_withdrawal_is_asked_for(saver: Customer, fay: User) -> None:
    withdrawal, staff = saver.withdraw("1000"), back_office(fay)
    assert actions_on(staff, withdrawal) == set()
    staff.post(at(withdrawal, "approve"))
    assert Withdrawal.objects.get().state == "review"
    ask = reverse("admin:accounts_approvalrequest_ask", args=["large_withdrawal", f"withdrawal:{withdrawal.pk}"])
    assert ask in staff.get(at(withdrawal)).content.decode()
    assert Withdrawal.objects.get().beneficiary.address in staff.get(ask).content.decode()


def test_other_staff_read_and_do_nothing(saver: Customer, rick: User) -> None:
    withdrawal, staff = saver.withdraw("500"), back_office(rick)
    assert actions_on(staff, withdrawal) == set()
    staff.post(at(withdrawal, "approve"))
    staff.post(at(withdrawal, "refuse"), {"text": "because"})
    assert Withdrawal.objects.get().state == "review"
    for name in ("deposit", "withdrawal", "beneficiary", "cashierterms"):
        assert staff.get(reverse(f"admin:accounts_{name}_changelist")).status_code == 200


def test_not_even_a_superuser_writes_a_sum_or_a_state(saver: Customer) -> None:
    withdrawal = saver.withdraw("500")
    deposit = Deposit.objects.get()
    staff = back_office(User.objects.create_superuser("root@example.com", PASSWORD, locale="en"))
    for row in (withdrawal, deposit):
        assert staff.post(at(row), {"amount": "1", "state": "done"}).status_code == 403
        assert staff.post(reverse(f"admin:accounts_{row._meta.model_name}_delete", args=[row.pk])).status_code == 403
    assert (Withdrawal.objects.get().state, Withdrawal.objects.get().amount) == ("review", 500)


def test_actions_need_a_form_and_a_row(saver: Customer, fay: User) -> None:
    withdrawal, staff = saver.withdraw("500"), back_office(fay)
    assert staff.get(at(withdrawal, "approve")).status_code == 302
    assert staff.post(at(withdrawal, "nothing")).status_code == 404
    assert Withdrawal.objects.get().state == "review"
    other = Withdrawal(pk="018e5a6e-8b1c-7abc-8def-0123456789ab")
    assert staff.post(at(other, "approve")).status_code == 404
    assert Client().post(at(withdrawal, "approve")).status_code == 403


def test_the_provider_is_asked_again_by_hand(payer: Customer, btcpay: BTCPayServer, fay: User) -> None:
    deposit, staff = payer.deposit("100"), back_office(fay)
    btcpay.pay(str(deposit.provider_reference))
    assert actions_on(staff, deposit) == {"credit", "refuse", "ask"}
    staff.post(at(deposit, "ask"))
    assert payer.money == ("100.00", "0.00")
