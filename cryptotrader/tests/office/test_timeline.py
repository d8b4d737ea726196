"""The timeline of a person: in the order of time, each event once, bounded, and only what a reader's role opens."""

import re
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.approval_actions import registered_actions
from accounts.domain.access.scopes import LoginMethod
from accounts.domain.approvals.requests import Role
from accounts.domain.approvals.subjects import Subject
from accounts.domain.limits.exclusions import ExclusionKind
from accounts.models import ApiKey, ApprovalRequest, Exclusion, LedgerAccount, Login, TradingLimit, User
from accounts.services.people.write_note import write_note
from accounts.tests.cast import NOON
from accounts.tests.staff import asked, back_office, staff_member
from accounts.tests.till import customer
from cryptotrader.office.requests import OWNED
from cryptotrader.office.timeline import ROWS
from cryptotrader.tests.office.texts import text_of
from trading.tests.cast import Stage, Trader, trader
from trading.tests.voids import settled

pytestmark = pytest.mark.django_db(transaction=True)
KINDS = {"trades", "money", "logins", "access", "limits", "notes", "staff", "account"}
QUERIES_MAX = 25


def moment(number: int) -> datetime:
    """Moments in which the price of noon is fresh."""
    return NOON + timedelta(milliseconds=10 * number)


def a_past(ann: Trader, fay: User) -> None:
    """Something of each kind."""
    ann.place(stake="100")
    customer(ann).stored_deposit()
    asked("adjust_balance", str(Subject.of("wallet", ann.wallet.id)), by=fay, amount="-0.50")
    login(ann, 1, succeeded=False)
    limit = TradingLimit.objects.create(
        **{"user": ann.user, "kind": "loss", "currency": "USDT", "demo": True, "period_days": 7},
        **{"amount": 5000, "changed_at": NOON},
    )
    TradingLimit.objects.filter(pk=limit.pk).update(amount=4000)
    ApiKey.objects.create(user=ann.user, name="bot", prefix="ct_1", secret_hash="x", scopes=["read"], created_at=NOON)
    out = {"starts_at": NOON - timedelta(days=2), "ends_at": NOON - timedelta(days=1)}
    Authenticator.objects.create(user=ann.user, type=Authenticator.Type.WEBAUTHN, data={})
    Exclusion.objects.create(user=ann.user, kind=ExclusionKind.TIME_OUT, **out)
    write_note(person_id=ann.user.pk, text="called <twice>", written_by=fay.pk, now=NOON)
    asked("freeze_user", str(Subject.of("user", ann.user.pk)), by=fay)


def login(ann: Trader, number: int, *, succeeded: bool = True) -> None:
    at = moment(number)
    Login.objects.create(user=ann.user, at=at, method=LoginMethod.PASSWORD, succeeded=succeeded, address="192.0.2.7")


def page(browser: Client, ann: Trader, query: str = "") -> str:
    answer = browser.get(f"/admin/accounts/user/{ann.user.pk}/change/?part=1{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def walk(browser: Client, ann: Trader, query: str = "", between: Any = None) -> list[list[str]]:
    """The pages up to the last: of each, its rows."""
    pages = []
    while True:
        html = page(browser, ann, query)
        pages.append(re.findall(r"<li>\s*(<time.*?)</li>", html, re.DOTALL))
        older = re.search(r'href="\?([^"]*older=[^"]*)#timeline"', html)
        if not older:
            return pages
        query = "&" + older[1].replace("&amp;", "&")
        if between:
            between()


def time_of(row: str) -> str:
    found = re.search(r'datetime="([^"]*)"', row)
    assert found
    return found[1]


def kinds_of(html: str) -> set[str]:
    return set(re.findall(r'href="\?kind=(\w+)#timeline"', html))


def test_the_pages_have_each_event_once_and_the_newest_first(risk: Client, ann: Trader) -> None:
    login(ann, -100)
    for number in range(0, 50, 2):
        ann.place(stake="1", at=moment(number))
    for number in range(1, 50, 2):
        login(ann, number)
    sue = staff_member("sue", Role.SUPPORT)

    def happen() -> None:  # what belongs to the first page comes while somebody reads on
        login(ann, 3600)
        write_note(person_id=ann.user.pk, text="later", written_by=sue.pk, now=NOON)

    pages = walk(risk, ann, between=happen)
    assert [len(rows) for rows in pages[:-1]] == [ROWS] * (len(pages) - 1)
    rows = [row for rows in pages for row in rows]
    times = [time_of(row) for row in rows]
    assert times == sorted(times, reverse=True)
    assert (sum("Trading" in row for row in rows), sum("Logins" in row for row in rows)) == (25, 26)
    assert len(rows) == len(set(rows))


def test_each_kind_says_what_happened(risk: Client, market: Stage, ann: Trader) -> None:
    a_past(ann, staff_member("fay", Role.FINANCE))
    settled(market, "60001.00")
    assert kinds_of(page(risk, ann)) == KINDS
    for kind, words in {
        "trades": ("BTC-USDT", "100.00 USDT", "+85.00 USDT"),
        "money": (
            "Deposit",
            "100.00 USDT",
            "waiting for the payment",
            "Adjust a balance",
            "Amount: −0.50 USDT",
            "fay@example.com",
        ),
        "logins": ("failed", "password", "192.0.2.7"),
        "access": ("API key bot (ct_1…)", "Passkey", "made"),
        "limits": ("Loss 7 days USDT", "5000.00 → 4000.00", "time-out", "until 2026-02-28 12:00:00 UTC"),
        "notes": ("called &lt;twice&gt;", "fay@example.com"),
        "staff": ("Freeze an account", "pending", "because"),
        "account": ("User", "made"),
    }.items():
        answer = risk.get(f"/admin/accounts/user/{ann.user.pk}/change/?part=1&kind={kind}")
        shown = text_of(answer)
        assert [word for word in words if word not in shown] == [], shown
        assert ("BTC-USDT" in shown) == (kind == "trades")
    assert "<a href" in page(risk, ann, "&kind=account").partition("<ol")[2]


def test_a_role_sees_the_kinds_that_it_may_open(ann: Trader) -> None:
    a_past(ann, staff_member("fay", Role.FINANCE))
    sue = back_office(staff_member("sue", Role.SUPPORT))
    assert kinds_of(page(sue, ann)) == KINDS - {"account"}
    assert "/auditevent/" not in page(sue, ann)
    group = Group.objects.create(name="clerks")
    group.permissions.set(Permission.objects.filter(codename__in=("view_user", "view_personnote")))
    clerk = staff_member("cleo")
    clerk.groups.add(group)
    browser = back_office(clerk)
    shown = page(browser, ann)
    assert kinds_of(shown) == {"notes"}
    assert "called" in shown
    assert not any(word in shown for word in ("BTC-USDT", "192.0.2.7", "bot", "Loss", "Freeze"))
    for query in ("kind=logins", "older=login.999", "kind=notes&older=login.999", "kind=secrets"):
        assert browser.get(f"/admin/accounts/user/{ann.user.pk}/change/?part=1&{query}").status_code == 404, query


def test_the_requests_about_anything_of_a_person_are_theirs(risk: Client, market: Stage, ann: Trader) -> None:
    bob, sue = trader("bob"), staff_member("sue", Role.SUPPORT)
    people = [(person, things_of(person)) for person in (ann, bob)]
    settled(market, "60001.00")
    of_ann, of_bob = ([request(action, subject, sue) for action, subject in things] for _person, things in people)
    pages = {action.subject_page for action in registered_actions()} - {""}  # terms of the cashier are nobody's
    kinds = {"wallet", "user", *OWNED}
    subjects = {subject.partition(":")[0] for _action, subject in people[0][1]}
    assert subjects == kinds
    assert {model_of(page) for page in pages} == {User, LedgerAccount, *(model for model, *_ in OWNED.values())}
    whole = risk.get(f"/admin/accounts/user/{ann.user.pk}/change/").content.decode()
    waiting, rest = whole.partition('id="timeline"')[::2]
    for each in of_ann:
        assert str(each.pk) in waiting, each
        assert str(each.pk) in rest, each
    assert not any(str(each.pk) in whole for each in of_bob)
    assert "Void a settled trade" in page(risk, ann, "&kind=staff")


def things_of(person: Trader) -> list[tuple[str, str]]:
    """An action on each thing of theirs that has one."""
    till, trade = customer(person), person.place()
    limit = TradingLimit.objects.create(
        **{"user": person.user, "kind": "loss", "currency": "USDT", "demo": True, "period_days": 7},
        **{"amount": 5000, "changed_at": NOON},
    )
    return [
        ("freeze_user", f"user:{person.user.pk}"),
        ("adjust_balance", f"wallet:{person.wallet.id}"),
        ("void_trade", f"trade:{trade.pk}"),
        ("large_deposit", f"deposit:{till.stored_deposit().pk}"),
        ("large_withdrawal", f"withdrawal:{till.stored_withdrawal().pk}"),
        ("raise_limit", f"limit:{limit.pk}"),
    ]


def request(action: str, subject: str, by: User) -> ApprovalRequest:
    now = timezone.now()
    asking = {"requested_by": by, "requested_at": now, "expires_at": now + timedelta(hours=1), "reason": "because"}
    return ApprovalRequest.objects.create(id=uuid4(), action=action, subject=subject, **asking)


def model_of(page: str) -> type[Model]:
    app, _line, name = page.removeprefix("admin:").removesuffix("_change").partition("_")
    return apps.get_model(app, name)


@pytest.mark.parametrize("older", ["x", "note", "note.", "note.-1", "note.1~", "trade.12", "note." + "9" * 40, "\0"])
def test_a_position_that_no_page_gave_is_no_page(risk: Client, ann: Trader, older: str) -> None:
    assert risk.get(f"/admin/accounts/user/{ann.user.pk}/change/", {"older": older}).status_code == 404


@pytest.mark.long
def test_a_page_takes_as_many_queries_and_rows_for_a_long_past(risk: Client, ann: Trader) -> None:
    fay = staff_member("fay", Role.FINANCE)
    a_past(ann, fay)
    counts = []
    for _ in range(2):
        page(risk, ann)
        with CaptureQueriesContext(connection) as queries:
            page(risk, ann)
        counts.append(len(queries))
        assert not any("count(" in each["sql"].lower() for each in queries)
        for number in range(ROWS * 2):
            login(ann, number)
            ann.place(stake="1", at=moment(number))
            write_note(person_id=ann.user.pk, text="again", written_by=fay.pk, now=NOON)
    assert counts[1] <= counts[0] <= QUERIES_MAX, counts
    first = next(each["sql"] for each in queries if 'FROM "flash_trades"' in each["sql"])
    assert f"LIMIT {ROWS + 1}" in first
