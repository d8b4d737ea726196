"""The staff pages of approvals and of the audit: requesters, deciders and readers."""

import re
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from accounts.admin.approvals import ask_address
from accounts.domain.approvals.requests import Role
from accounts.domain.approvals.subjects import Subject
from accounts.models import ApprovalRequest, AuditEvent, User
from accounts.tests.cast import PASSWORD
from accounts.tests.staff import staff_member
from trading.models import TradeCorrection
from trading.tests.cast import Stage, Trader, open_stage, trader
from trading.tests.voids import settled

pytestmark = pytest.mark.django_db(transaction=True)
LIST = "/admin/accounts/approvalrequest/"


@pytest.fixture
def market() -> Stage:
    return open_stage()


@pytest.fixture
def ann(market: Stage) -> Trader:
    return trader("ann")


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def sue(db: None) -> Client:
    return signed_in(staff_member("sue", Role.SUPPORT))


@pytest.fixture
def rick(db: None) -> Client:
    return signed_in(staff_member("rick", Role.RISK))


@pytest.fixture
def ada(db: None) -> Client:
    return signed_in(staff_member("ada", Role.AUDITOR))


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return re.sub(r"\s+", " ", answer.content.decode())


def decide(client: Client, decision: str, reason: str = "") -> Any:
    id = ApprovalRequest.objects.latest("requested_at").pk
    address = reverse("admin:accounts_approvalrequest_decide", args=[id])
    return client.post(address, {"decision": decision, "reason": reason}, follow=True)


def test_a_balance_is_adjusted_from_page_to_page(sue: Client, rick: Client, ann: Trader) -> None:
    wallet = f"/admin/accounts/ledgeraccount/{ann.wallet.id}/change/"
    form = ask_address("adjust_balance", Subject.of("wallet", ann.wallet.id))
    assert f'href="{form}"' in page(sue, wallet)
    assert f'href="{form}"' not in page(rick, wallet)
    assert "10,000.00 USDT (demo)" in page(sue, form)

    answer = sue.post(form, {"amount": "-0.50", "reason": "counted twice"}, follow=True)
    assert "Requested. Another member of staff has to approve it." in answer.content.decode()
    assert "Adjust a balance" in page(rick, "/admin/work/")
    listing = page(rick, LIST)
    assert all(
        word in listing for word in ("Adjust a balance", "sue@example.com", "counted twice", "0 of 1", "pending")
    )
    request = page(rick, f"{LIST}{ApprovalRequest.objects.get().pk}/change/")
    assert all(word in request for word in ("−0.50 USDT", "ann@example.com", "counted twice", 'value="approve"'))

    decide(rick, "approve")
    assert str(ann.wallet.balance.normalize()) == "9999.5"
    assert "Adjust a balance" not in page(rick, "/admin/work/")


def test_who_asks_can_only_withdraw(sue: Client, ann: Trader) -> None:
    sue.post(ask_address("freeze_user", Subject.of("user", ann.user.pk)), {"reason": "odd logins"})
    request = page(sue, f"{LIST}{ApprovalRequest.objects.get().pk}/change/")
    assert 'value="withdraw"' in request
    assert 'value="approve"' not in request
    assert "Others have to do this" in decide(sue, "approve").content.decode()
    decide(sue, "withdraw")
    assert ApprovalRequest.objects.get().state == "withdrawn"


def test_a_refusal_says_why(sue: Client, rick: Client, ann: Trader) -> None:
    sue.post(ask_address("freeze_user", Subject.of("user", ann.user.pk)), {"reason": "odd logins"})
    assert "Reason: a reason is required" in decide(rick, "refuse").content.decode()
    User.objects.filter(email__startswith="rick").update(locale="ko")
    assert "사유: 빠져 있습니다" in decide(rick, "refuse").content.decode()
    assert "it was her &lt;sister&gt;" in decide(rick, "refuse", "it was her <sister>").content.decode()
    assert ApprovalRequest.objects.get().state == "refused"


def test_a_refusal_names_actions_and_subjects_in_the_readers_words(sue: Client, rick: Client, ann: Trader) -> None:
    form = ask_address("adjust_balance", Subject.of("wallet", ann.wallet.id))
    sue.post(form, {"amount": "1", "reason": "x"})
    again = sue.post(form, {"amount": "2", "reason": "y"}).content.decode()
    assert (
        f"Another request about this is waiting for its approval already – Adjust a balance · wallet {ann.wallet.id}"
        in again
    )
    fred = signed_in(staff_member("fred", Role.SUPPORT))
    refused = decide(fred, "approve").content.decode()
    assert "Your role does not include this – to approve: Adjust a balance" in refused
    User.objects.filter(is_staff=True).update(locale="ko")
    for shown in (again, refused, sue.post(form, {"amount": "2", "reason": "y"}).content.decode()):
        assert "adjust_balance wallet:" not in shown
        assert "approve_adjust_balance" not in shown
    assert "잔액 조정 · 지갑" in sue.post(form, {"amount": "2", "reason": "y"}).content.decode()
    assert "a plain decimal number" not in sue.post(form, {"amount": "1e9", "reason": "y"}).content.decode()


def test_what_is_refused_at_the_end_is_shown_and_leaves_all_as_it_was(sue: Client, rick: Client, ann: Trader) -> None:
    sue.post(ask_address("adjust_balance", Subject.of("wallet", ann.wallet.id)), {"amount": "-10001", "reason": "x"})
    assert "Not enough is available in the wallet" in decide(rick, "approve").content.decode()
    assert ApprovalRequest.objects.get().state == "pending"


def test_a_form_that_is_filled_in_wrongly_keeps_what_was_typed(sue: Client, ann: Trader) -> None:
    form = ask_address("adjust_balance", Subject.of("wallet", ann.wallet.id))
    answer = sue.post(form, {"amount": "1e9", "reason": "counted twice"}).content.decode()
    assert all(word in answer for word in ("Amount: a plain decimal number", 'value="1e9"', "counted twice"))
    assert ApprovalRequest.objects.count() == 0


def test_an_auditor_reads_and_does_nothing(sue: Client, ada: Client, ann: Trader) -> None:
    form = ask_address("freeze_user", Subject.of("user", ann.user.pk))
    assert (ada.get(form).status_code, ada.post(form, {"reason": "x"}).status_code) == (404, 404)
    sue.post(form, {"reason": "odd logins"})
    request = page(ada, f"{LIST}{ApprovalRequest.objects.get().pk}/change/")
    assert 'name="decision"' not in request
    assert "Your role does not include this" in decide(ada, "approve").content.decode()
    assert ApprovalRequest.objects.get().state == "pending"
    page(ada, "/admin/accounts/auditevent/")


def test_traders_and_visitors_never_see_these_pages(ann: Trader, client: Client) -> None:
    form = ask_address("freeze_user", Subject.of("user", ann.user.pk))
    for visitor in (client, signed_in(ann.user)):
        for address in (LIST, form, "/admin/accounts/auditevent/"):
            assert visitor.get(address).status_code == 302


@pytest.mark.parametrize("subject", ["user:0", "user:x", "wallet:1", "trade:1"])
def test_a_form_for_nobody_is_not_there(sue: Client, subject: str) -> None:
    assert sue.get(ask_address("freeze_user", Subject.parse(subject))).status_code == 404
    assert sue.post(ask_address("freeze_user", Subject.parse(subject)), {"reason": "x"}).status_code == 404
    assert sue.get(ask_address("set_price", Subject.parse(subject))).status_code == 404


def test_a_trade_is_voided_from_its_page(sue: Client, rick: Client, market: Stage, ann: Trader) -> None:
    trade = ann.place()
    settled(market, "60001.00")
    address = f"/admin/trading/flashtrade/{trade.pk}/change/"
    form = ask_address("void_trade", Subject.of("trade", trade.pk))
    assert f'href="{form}"' in page(sue, address)
    sue.post(form, {"reason": "a venue erred"})
    decide(rick, "approve")
    assert TradeCorrection.objects.count() == 0
    decide(signed_in(staff_member("rosa", Role.RISK)), "approve")
    assert TradeCorrection.objects.count() == 1
    assert f'href="{form}"' not in page(sue, address)
    assert "a venue erred" in page(sue, "/admin/trading/tradecorrection/")
    history = page(signed_in(ann.user), "/history/")
    assert all(word in history for word in ("Voided afterwards: a venue erred", "−85.00"))


@pytest.mark.parametrize("model", ["approvalrequest", "auditevent"])
def test_nothing_here_is_edited_by_hand(ann: Trader, model: str) -> None:
    root = signed_in(User.objects.create_superuser("root@example.com", PASSWORD, locale="en"))
    signed_in(staff_member("sue", Role.SUPPORT)).post(
        ask_address("freeze_user", Subject.of("user", ann.user.pk)), {"reason": "odd logins"}
    )
    key = {"approvalrequest": ApprovalRequest, "auditevent": AuditEvent}[model].objects.latest("pk").pk  # type: ignore[attr-defined]
    for way in ("add/", f"{key}/change/", f"{key}/delete/"):
        assert root.post(f"/admin/accounts/{model}/{way}", {"state": "executed", "post": "yes"}).status_code == 403


def test_the_history_of_a_person_is_their_audit(rick: Client, ann: Trader, client: Client) -> None:
    root = User.objects.create_superuser("root@example.com", PASSWORD, locale="en")
    note = f"/admin/accounts/user/{ann.user.pk}/note/"
    signed_in(root).post(note, {"text": "asked by telephone"}, REMOTE_ADDR="203.0.113.7")
    answer = rick.get(f"/admin/accounts/user/{ann.user.pk}/history/", follow=True)
    text = re.sub(r"\s+", " ", answer.content.decode())
    assert all(
        word in text
        for word in ("note: asked by telephone", "root@example.com", "203.0.113.7 POST /admin/accounts/user/")
    )
    event = AuditEvent.objects.get(table="person_notes", person=ann.user)
    assert "<td>asked by telephone</td>" in page(rick, f"/admin/accounts/auditevent/{event.pk}/change/")
    for query in ("table=users", "q=root", "operation__exact=UPDATE", "q=%00", "person=x"):
        assert rick.get(f"/admin/accounts/auditevent/?{query}", follow=True).status_code == 200


def test_the_command_sets_roles_back_to_what_is_documented(capsys: pytest.CaptureFixture[str], rick: Client) -> None:
    User.objects.get(email="rick@example.com").groups.get().permissions.clear()
    call_command("make_staff_roles")
    assert "auditor: export_lists, view_exposure\n" in capsys.readouterr().out
    assert User.objects.get(email="rick@example.com").has_perm("accounts.approve_void_trade")
