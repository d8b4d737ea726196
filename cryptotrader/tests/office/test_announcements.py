"""Staff announce and withdraw a text, and read what has become of it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.domain.approvals.requests import Role
from accounts.models import Announcement, User
from accounts.tests.staff import back_office, staff_member
from cryptotrader.tests.office.texts import text_of
from trading.tests.cast import Trader

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_announcement_is_shown_in_the_readers_language(ann: Trader) -> None:
    otto = back_office(staff_member("otto", Role.OPERATOR))
    now = timezone.now()
    form = {
        **{"kind": "maintenance", "text_en": "Short break tonight", "text_ko": "오늘 밤 잠시 점검합니다"},
        "starts_at": f"{now - timedelta(minutes=1):%Y-%m-%d %H:%M}",
        "ends_at": f"{now + timedelta(hours=1):%Y-%m-%d %H:%M}",
    }
    assert otto.post("/admin/accounts/announcement/add/", form | {"text_ko": ""}).status_code == 200
    assert otto.post("/admin/accounts/announcement/add/", form | {"ends_at": form["starts_at"]}).status_code == 200
    assert Announcement.objects.count() == 0
    assert "Noted. State: shown now" in sent(otto, "/admin/accounts/announcement/add/", form)
    again = sent(back_office(staff_member("olga", Role.OPERATOR)), "/admin/accounts/announcement/add/", form)
    assert "Nothing was changed. Its state now: shown now · otto@example.com · 20" in again
    reader = Client()
    assert "Maintenance: Short break tonight" in reader.get("/", HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert "오늘 밤 잠시 점검합니다" in reader.get("/", HTTP_ACCEPT_LANGUAGE="ko").content.decode()
    withdraw = f"/admin/accounts/announcement/{Announcement.objects.get().pk}/withdraw/"
    assert "Noted. State: withdrawn" in sent(otto, withdraw)
    assert "Short break" not in reader.get("/", HTTP_ACCEPT_LANGUAGE="en").content.decode()
    rob = back_office(staff_member("rob", Role.OPERATOR))  # his page was older
    User.objects.filter(email="rob@example.com").update(locale="ko")
    assert "변경된 것이 없습니다. 현재 상태: 철회 · otto@example.com · 20" in sent(rob, withdraw)


def sent(client: Client, address: str, form: dict[str, str] | None = None) -> str:
    return text_of(client.post(address, form or {}, follow=True))
