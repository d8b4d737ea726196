"""Staff change payouts: each change is a new version, and the form explains errors."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.tests.cast import PASSWORD
from trading.domain.payouts import begin
from trading.models import PayoutVersion
from trading.tests.cast import Stage

ADD = "/admin/trading/payoutversion/add/?instrument=BTC-USDT"
FORM = {
    "rate": "0.84",
    "rates": "300: 0.82\n3600:0.8\n",
    "rate_skew_max": "0.05",
    "rate_skew_scale": "2,000",
    "edge_min": "0.02",
    "effective_from": "",
    "reason": "weekend",
    "step": "save",
}


@pytest.fixture
def staff(stage: Stage, client: Client) -> Client:
    client.force_login(User.objects.create_superuser("staff@example.com", PASSWORD, locale="en"))
    return client


def test_the_form_makes_the_next_version(staff: Client) -> None:
    page = staff.get(ADD).content.decode()
    assert 'value="0.85"' in page
    answer = staff.post(ADD, FORM, follow=True)
    assert "BTC-USDT: version 2 is scheduled for " in answer.content.decode()
    made = PayoutVersion.objects.get(version=2)
    assert (made.rate, made.rates) == (Decimal("0.84"), {"300": "0.82", "3600": "0.8"})
    assert (made.skew_max, made.skew_scale, made.edge_min) == (Decimal("0.05"), 2000, Decimal("0.02"))
    assert (made.reason, str(made.made_by)) == ("weekend", "staff@example.com")
    assert made.effective_from == begin(None, made.made_at)
    facts = " ".join(re.sub(r"<[^>]*>", " ", staff.get(ADD).content.decode()).split())
    assert "Scheduled versions 2 · 84 % · 20" in facts
    instruments = staff.get("/admin/trading/instrument/").content.decode()
    assert ADD in instruments.replace("&amp;", "&")


def test_it_first_shows_what_the_version_changes(staff: Client) -> None:
    looked = staff.post(ADD, FORM | {"step": "look", "rate": "0.95", "rates": "", "edge_min": "0"}).content.decode()
    text = re.sub(r"<[^>]*>", "", looked)
    assert all(word in text for word in ("85 % → 95 %", "7.5 % → 2.5 %", "54.05 % → 51.28 %"))
    assert 'value="save"' in looked
    assert 'value="save"' not in staff.post(ADD, FORM | {"step": "look", "edge_min": "0.1"}).content.decode()
    assert PayoutVersion.objects.count() == 1


def test_it_names_the_scheduled_versions_that_it_replaces(staff: Client) -> None:
    now = timezone.now()
    days = {number: f"{now + timedelta(days=number):%Y-%m-%d %H:%M}" for number in (1, 2, 3)}
    said = [staff.post(ADD, FORM | {"effective_from": days[day]}, follow=True).content.decode() for day in (1, 3, 2)]
    assert ["It replaces" in each for each in said] == [False, False, True]
    assert "It replaces the scheduled version: 3." in said[2]  # the third day's; the first day's comes before
    # Not the third day's: the second day's version had already replaced it.
    assert "It replaces the scheduled version: 2. It replaces the scheduled version: 4." in (
        staff.post(ADD, FORM, follow=True).content.decode()
    )


def test_a_form_of_an_older_page_makes_no_version(staff: Client) -> None:
    (mark,) = re.findall(r'name="made_from" value="([^"]+)"', staff.get(ADD).content.decode())
    old = FORM | {"made_from": mark}
    assert mark in staff.post(ADD, old | {"step": "look"}).content.decode()
    for _ in range(2):  # a double click
        assert "version 2 is scheduled for " in staff.post(ADD, old, follow=True).content.decode()
    said = staff.post(ADD, old | {"rate": "0.8"}, follow=True).content.decode()
    assert "Nothing was changed. Its state now: BTC-USDT: version 2 · staff@example.com · 20" in said
    assert PayoutVersion.objects.count() == 2


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"rate": "NaN"}, "rate"),
        ({"rate": "1.2"}, "edge_min"),
        ({"rate": ""}, "rate"),
        ({"rates": "60"}, "rates"),
        ({"rates": "60: NaN"}, "rates"),
        ({"rates": "６０: 0.8"}, "rates"),
        ({"rates": "60: 1_0"}, "rates"),
        ({"rates": "60: 0.80001"}, "rates"),
        ({"rates": "60: 0.8\n060: 0.7"}, "rates"),
        ({"rates": "45: 0.8"}, "rates"),
        *(({"rate": text}, "rate") for text in ("0_1", "0 .8", "8e-1")),
        ({"rate_skew_scale": "1_0"}, "rate_skew_scale"),
        ({"rate_skew_scale": "2,00"}, "rate_skew_scale"),
        ({"edge_min": "-1"}, "edge_min"),
        ({"effective_from": "9999-01-01 00:00"}, "effective_from"),
        ({"rate_skew_scale": ""}, "rate_skew_scale"),
        ({"edge_min": "0.1"}, "edge_min"),
        ({"effective_from": "2020-01-01 00:00"}, "effective_from"),
        ({"effective_from": "soon"}, "effective_from"),
        ({"reason": " "}, "reason"),
        ({"reason": "nul \0"}, "reason"),
    ],
)
def test_what_makes_no_sense_is_said_at_its_field(staff: Client, change: dict[str, str], field: str) -> None:
    answer = staff.post(ADD, FORM | change)
    assert (answer.status_code, field in answer.context["form"].errors) == (200, True)
    assert PayoutVersion.objects.count() == 1


def test_no_version_is_edited_or_deleted_even_by_a_superuser(staff: Client) -> None:
    key = PayoutVersion.objects.get().pk
    page = f"/admin/trading/payoutversion/{key}"
    answers = [staff.post(f"{page}/change/", {"rate": "5"}), staff.post(f"{page}/delete/", {"post": "yes"})]
    assert [answer.status_code for answer in answers] == [403, 403]
    assert staff.get(f"{page}/change/").status_code == 200


def test_others_may_not(stage: Stage, client: Client) -> None:
    client.force_login(User.objects.create_user("aide@example.com", PASSWORD, is_staff=True, locale="en"))
    assert client.post(ADD, FORM).status_code == 403
    assert PayoutVersion.objects.count() == 1
