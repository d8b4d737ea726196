"""Today, a person, the search, work, notes and exports."""

import csv
import json
import re
from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.messages import get_messages
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.database_errors import constraint_of
from accounts.domain.approvals.requests import Role
from accounts.domain.approvals.subjects import Subject
from accounts.domain.limits.exclusions import ExclusionKind
from accounts.models import AlertAnswer, AuditEvent, Exclusion, ListExport, PersonNote, User, WorkClaim
from accounts.selectors.approvals.work import ANSWER_LASTS, answers_now
from accounts.selectors.people.found import people_found
from accounts.tests.cast import NOON
from accounts.tests.staff import asked, back_office, staff_member
from cryptotrader.tests.office.texts import text_of
from trading.selectors.office.market_days import house_result
from trading.services.instruments.count_market_days import count_market_days
from trading.tests.cast import Stage, Trader
from trading.tests.voids import settled

pytestmark = pytest.mark.django_db(transaction=True)


def test_today_shows_the_result_and_the_exposure(risk: Client, market: Stage, ann: Trader) -> None:
    ann.place(stake="40", seconds=300)
    ann.place(stake="100")
    settled(market, "60001.00")
    count_market_days(now=NOON + timedelta(minutes=3))
    (day,) = house_result([1], now=NOON).periods
    assert (day.trades, day.staked, day.profit, day.before) == (2, 140, -85, None)
    (week,) = house_result([1], now=NOON + timedelta(days=1)).days.values()
    assert [(each.day, each.profit) for each in week] == [(NOON.date(), -85)]
    shown = text_of(risk.get("/admin/"))
    assert all(word in shown for word in ("Exposure against caps", "BTC-USDT", "34.00 USDT", "Alerts"))


def test_a_person_stands_on_one_screen(risk: Client, market: Stage, ann: Trader) -> None:
    ann.place(stake="100")
    settled(market, "60001.00")
    now = timezone.now()
    out = {"kind": ExclusionKind.TIME_OUT, "starts_at": now, "ends_at": now + timedelta(days=1)}
    Exclusion.objects.create(user=ann.user, **out)
    shown = text_of(risk.get(f"/admin/accounts/user/{ann.user.pk}/change/"))
    assert "self-exclusion" not in shown
    for word in (
        "ann@example.com",
        "10,085.00 USDT",
        "+85.00 USDT",
        "time-out until",
        "Second factors",
        "Notes",
        "Timeline",
    ):
        assert word in shown, word
    assert risk.get("/admin/accounts/user/999999/change/").status_code == 404


@pytest.mark.parametrize("typed", ["an", "ann@ex", "exampl", "@example.c", "ANN@"])
def test_half_an_email_finds_a_person(risk: Client, ann: Trader, typed: str) -> None:
    assert "ann@example.com" in text_of(risk.get("/admin/search/", {"q": typed}))


def test_half_an_id_finds_a_trade(risk: Client, ann: Trader) -> None:
    trade = ann.place()
    for typed in (str(trade.pk)[:8], str(trade.pk)[:15], str(trade.pk).replace("-", "")[:14], str(trade.pk)):
        assert "ann@example.com" in text_of(risk.get("/admin/search/", {"q": typed, "part": "1"}))


@pytest.mark.parametrize("typed", ["", "x", "nul\0", "%", "é" * 200, "zzzz-zzzz", "9" * 40])
def test_a_search_for_nothing_finds_nothing(risk: Client, ann: Trader, typed: str) -> None:
    assert "ann@example.com" not in text_of(risk.get("/admin/search/", {"q": typed}))


def test_the_search_goes_by_indexes() -> None:
    User.objects.bulk_create(User(email=f"p{n}@d{n}.example", locale="en", password="!") for n in range(3_000))
    with connection.cursor() as cursor, CaptureQueriesContext(connection) as queries:
        cursor.execute("ANALYZE users")
        assert [each.email for each in people_found("p77@", limit=8)] == ["p77@d77.example"]
        look_up = next(query["sql"] for query in queries if "strpos" in query["sql"])
        cursor.execute("EXPLAIN " + look_up)
        plan = " ".join(row for (row,) in cursor.fetchall())
    assert "users_by_email_start" in plan
    assert "users_by_domain_start" in plan


def test_a_note_stays_as_it_was_written(risk: Client, ann: Trader) -> None:
    address = f"/admin/accounts/user/{ann.user.pk}/note/"
    risk.post(address, {"text": "asked for <her> limit\r\nby telephone"})
    shown = risk.get(f"/admin/accounts/user/{ann.user.pk}/change/").content.decode()
    assert "asked for &lt;her&gt; limit\nby telephone" in shown
    for change in (lambda: PersonNote.objects.update(text="x"), PersonNote.objects.all().delete):
        with pytest.raises(DatabaseError) as refused, transaction.atomic():
            change()
        assert constraint_of(refused.value) == "notes_are_for_ever"
    assert AuditEvent.objects.filter(table="person_notes", person=ann.user).exists()


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 2001, "nul \0"])
def test_a_note_says_something(risk: Client, ann: Trader, text: str) -> None:
    answer = risk.post(f"/admin/accounts/user/{ann.user.pk}/note/", {"text": text})
    assert [str(each) for each in get_messages(answer.wsgi_request)]
    assert PersonNote.objects.count() == 0


def test_work_is_taken_taken_over_and_left_to_others(risk: Client, ann: Trader) -> None:
    sue = staff_member("sue", Role.SUPPORT)
    request = asked("freeze_user", str(Subject.of("user", ann.user.pk)), by=sue, at=timezone.now())
    piece = {"subject": f"approval:{request.pk}"}
    assert "Take" in text_of(risk.get("/admin/work/"))
    page = f"/admin/accounts/user/{ann.user.pk}/change/"
    assert "Waits for staff Work Freeze an account sue@example.com" in text_of(risk.get(page))
    risk.post("/admin/work/claim/", {**piece, "do": "take"})
    assert "rick@example.com" in text_of(back_office(sue).get("/admin/work/"))
    back_office(sue).post("/admin/work/claim/", {**piece, "do": "return"})
    assert WorkClaim.objects.get().taken_by.email == "rick@example.com"
    late = back_office(sue).post("/admin/work/claim/", {**piece, "do": "take"}, follow=True)  # her page was older
    assert "since you opened the page – rick@example.com" in text_of(late)
    assert WorkClaim.objects.get().taken_by.email == "rick@example.com"
    rick = str(WorkClaim.objects.get().taken_by_id)
    back_office(sue).post("/admin/work/claim/", {**piece, "do": "take", "instead_of": rick})
    assert WorkClaim.objects.get().taken_by == sue
    back_office(sue).post("/admin/work/claim/", {**piece, "do": "return"})
    assert WorkClaim.objects.count() == 0
    assert risk.post("/admin/work/claim/", {"subject": "deposit:1", "do": "take"}).status_code == 403


def test_an_alert_is_taken_and_tells_what_to_do_in_the_readers_language(risk: Client, ann: Trader) -> None:
    found = re.search(r'value="(alert:index-stale:[^"]+)"', risk.get("/admin/work/").content.decode())
    assert found
    risk.post("/admin/work/claim/", {"subject": found[1], "do": "take"})
    assert WorkClaim.objects.get(subject=found[1]).taken_by.email == "rick@example.com"
    kim = staff_member("kim", Role.RISK)
    User.objects.filter(pk=kim.pk).update(locale="ko")
    shown = text_of(back_office(kim).get("/admin/work/"))
    assert "rick@example.com" in shown
    assert "`manage.py run_feed`를 시작하거나 로그를 확인하세요" in shown
    sue = back_office(staff_member("sue", Role.SUPPORT))
    assert sue.post("/admin/work/claim/", {"subject": found[1], "do": "take"}).status_code == 403


def test_an_answered_alert_leaves_the_queue_until_it_lasts_too_long(risk: Client, ann: Trader) -> None:
    subject = "alert:index-stale:BTC-USDT"
    risk.post("/admin/work/claim/", {"subject": subject, "do": "take"})
    for text in ("", " \n", "x" * 2001, "nul \0"):
        risk.post("/admin/work/answer/", {"subject": subject, "text": text})
    assert AlertAnswer.objects.count() == 0
    risk.post("/admin/work/answer/", {"subject": subject, "text": "a venue is down; <they> know"})
    answer = AlertAnswer.objects.get()
    assert (answer.subject, answer.answered_by.email) == (subject, "rick@example.com")
    assert WorkClaim.objects.count() == 0
    shown = risk.get("/admin/work/").content.decode()
    assert f'value="{subject}"' not in shown
    assert "a venue is down; &lt;they&gt; know" in shown
    assert risk.post("/admin/work/claim/", {"subject": subject, "do": "take"}).status_code == 403
    late = back_office(staff_member("rose", Role.RISK)).post(
        "/admin/work/answer/", {"subject": subject, "text": "the same"}, follow=True
    )
    assert "answered this alert already – rick@example.com: a venue is down" in text_of(late)
    assert (AlertAnswer.objects.count(), WorkClaim.objects.count()) == (1, 0)
    assert "a venue is down" in text_of(risk.get("/admin/work/answer/", {"subject": subject}))
    assert answers_now(answer.answered_at + ANSWER_LASTS - timedelta(seconds=1)) == [answer]
    assert answers_now(answer.answered_at + ANSWER_LASTS) == []
    assert risk.get("/admin/work/answer/", {"subject": "alert:disk-low:nothing"}).status_code == 302
    for change in (lambda: AlertAnswer.objects.update(text="x"), AlertAnswer.objects.all().delete):
        with pytest.raises(DatabaseError) as refused, transaction.atomic():
            change()
        assert constraint_of(refused.value) == "answers_are_for_ever"
    assert AuditEvent.objects.get(table="alert_answers").actor == answer.answered_by


def test_an_export_has_what_the_list_shows_and_is_recorded(risk: Client, ann: Trader) -> None:
    trade = ann.place(stake="100")
    answer = risk.post("/admin/trading/flashtrade/export/?state__exact=pending")
    rows = list(csv.reader(StringIO(answer.content.decode().removeprefix("\ufeff"))))
    assert rows[0][:7] == ["trade", "accepted", "trader", "instrument", "direction", "stake", "stake: currency"]
    assert rows[1][:3] == [str(trade.pk), "2026-03-01 12:00:00 UTC", "ann@example.com"]
    assert rows[1][5:7] == ["100.00", "USDT"]
    taken = ListExport.objects.get()
    assert (taken.list_name, taken.filters, taken.rows) == ("flashtrade", "state__exact=pending", 1)
    event = AuditEvent.objects.get(table="list_exports")
    assert str(event.actor) == "rick@example.com"
    with pytest.raises(DatabaseError) as refused, transaction.atomic():
        ListExport.objects.all().delete()
    assert constraint_of(refused.value) == "exports_are_for_ever"


def test_an_event_by_no_person_is_told_in_words_and_keeps_no_key(risk: Client) -> None:
    Client().post("/accounts/confirm-email/MTA:1secret-key/")
    for program, context, words in (
        ("uvicorn by root", {"path": "/accounts/confirm-email/MTA:1secret/"}, "A visitor who isn&#x27;t signed in"),
        ("manage.py seed_demo by root", None, "The command seed_demo, run by root"),
        ("celery worker by root", {"task": "trading.sweep"}, "The platform itself: trading.sweep"),
        ("psql", None, "By the database login"),
    ):
        with connection.cursor() as cursor:
            cursor.execute(
                'INSERT INTO audit_events (at, "table", object_id, operation, context, program, database_user)'
                " VALUES (now(), 'users', '1', 'INSERT', %s::jsonb, %s, 'app')",
                [None if context is None else json.dumps(context), program],
            )
        shown = risk.get("/admin/accounts/auditevent/").content.decode()
        assert words in shown
        assert "1secret" not in shown


def test_today_and_a_person_take_as_many_queries_for_many_rows(risk: Client, ann: Trader) -> None:
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as today:
            risk.get("/admin/")
        with CaptureQueriesContext(connection) as person:
            risk.get(f"/admin/accounts/user/{ann.user.pk}/change/")
        counts.append((len(today), len(person)))
        for second in range(3):
            ann.place(stake="1", at=NOON + timedelta(seconds=second))
    assert counts[1][0] <= counts[0][0] <= 45
    assert counts[1][1] <= counts[0][1] + 1 <= 45
