"""Forms of the back office: the text of one that is refused, and times in the reader's zone."""

from datetime import timedelta
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from accounts.domain.approvals.requests import Role
from accounts.domain.approvals.subjects import Subject
from accounts.models import PersonNote
from accounts.tests.staff import asked, back_office, staff_member
from cryptotrader.tests.office.texts import text_of
from trading.models import PayoutVersion
from trading.tests.cast import Stage, Trader

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_form_that_comes_after_the_sessions_end_gives_its_text_back(risk: Client, ann: Trader) -> None:
    page = f"/admin/accounts/user/{ann.user.pk}/change/"
    stranger = Client(headers={"referer": f"http://testserver{page}"})
    answer = stranger.post(f"/admin/accounts/user/{ann.user.pk}/note/", {"text": "called\n<twice>"})
    shown = answer.content.decode()
    assert answer.status_code == 403
    assert "called\n&lt;twice&gt;" in shown
    assert f"/admin/login/?next={quote(page, safe='')}" in shown
    elsewhere = Client(headers={"referer": "https://elsewhere.example/x"}).post("/admin/work/claim/", {"do": "take"})
    assert "elsewhere" not in elsewhere.content.decode()
    refused = text_of(risk.post(f"/admin/accounts/user/{ann.user.pk}/note/", {"text": "called \u202e twice"}))
    assert "called \u202e twice" in refused
    assert PersonNote.objects.count() == 0


def test_times_are_told_and_typed_in_the_readers_zone(market: Stage, ann: Trader) -> None:
    kim = staff_member("kim", Role.RISK)
    kim.time_zone = "Asia/Seoul"
    kim.save()
    request = asked("freeze_user", str(Subject.of("user", ann.user.pk)), by=staff_member("sue", Role.SUPPORT))
    office = back_office(kim)
    assert "2026-03-01 21:00:00 KST" in text_of(office.get(f"/admin/accounts/approvalrequest/{request.pk}/change/"))
    ann.place(stake="40", seconds=300)
    assert "2026-03-01 21:05:00 KST" in text_of(office.get("/admin/trading/instrument/exposure/"))
    address = "/admin/trading/payoutversion/add/?instrument=BTC-USDT"
    assert "Like 2026-03-01 12:00, in KST" in text_of(office.get(address))
    at = (timezone.now() + timedelta(days=2)).astimezone(ZoneInfo("Asia/Seoul")).replace(second=0, microsecond=0)
    form = {"rate": "0.8", "rate_skew_max": "0", "edge_min": "0", "reason": "quiet", "step": "save"}
    told = office.post(address, form | {"effective_from": f"{at:%Y-%m-%d %H:%M}"}, follow=True)
    assert f"is scheduled for {at:%Y-%m-%d %H:%M}:00 KST" in text_of(told)
    assert PayoutVersion.objects.latest("pk").effective_from == at
