"""The staff's pages of instruments: their status, and the house's exposure."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from accounts.domain.approvals.requests import Role
from accounts.models import AuditEvent, User
from accounts.tests.cast import NOON
from accounts.tests.staff import staff_member
from trading.domain.terms import Direction
from trading.models import Instrument
from trading.tests.cast import Stage, Trader, open_stage, trader

pytestmark = pytest.mark.django_db(transaction=True)
LIST = "/admin/trading/instrument/"
EXPOSURE = "/admin/trading/instrument/exposure/"


@pytest.fixture
def market() -> Stage:
    return open_stage()


@pytest.fixture
def boss(market: Stage) -> Client:
    user = staff_member("boss", Role.RISK)
    user.is_superuser = True
    user.save()
    return _signed_in(user)


@pytest.fixture
def auditor(market: Stage) -> Client:
    return _signed_in(staff_member("ada", Role.AUDITOR))


def _signed_in(user: object) -> Client:
    client = Client()
    client.force_login(user)  # type: ignore[arg-type]
    return client


def _set(client: Client, status: str, reason: str = "", reason_ko: str = "") -> str:
    form = {"symbols": ["BTC-USDT"], "status": status, "reason": reason, "reason_ko": reason_ko}
    return client.post(f"{LIST}status/", form, follow=True).content.decode()


def test_staff_pause_with_a_reason_in_each_language_and_open_without(boss: Client) -> None:
    assert "Traders read it: say why." in _set(boss, "paused")
    assert "Traders read it: say why." in _set(boss, "paused", "a venue is down")
    assert Instrument.objects.get().status == "open"
    assert "1 instrument changed." in _set(boss, "paused", "a venue is down", "거래소 장애")
    paused = Instrument.objects.get()
    assert (paused.status, paused.status_reason, paused.status_reason_ko) == (
        "paused",
        "a venue is down",
        "거래소 장애",
    )
    assert "a venue is down" in boss.get(LIST).content.decode()
    assert "1 instrument changed." in _set(boss, "open")
    assert Instrument.objects.get().status == "open"


def test_the_operator_pauses_and_changes_no_terms(market: Stage) -> None:
    operator = _signed_in(staff_member("otto", Role.OPERATOR))
    assert "1 instrument changed." in _set(operator, "close_only", "slow venue", "거래소 지연")
    page = f"{LIST}{Instrument.objects.get().pk}/change/"
    assert operator.post(page, CHANGE).status_code == 403


def test_who_only_looks_can_not_pause(auditor: Client) -> None:
    assert auditor.get(f"{LIST}status/").status_code == 403
    _set(auditor, "paused", "because", "이유")
    assert Instrument.objects.get().status == "open"


def test_a_form_changes_caps_and_never_the_status(boss: Client) -> None:
    instrument = Instrument.objects.get()
    form = {"stake_min": "1", "stake_max": "1000", "durations": "15,60", "payout_rate": "0.85", "reason": "because"}
    form |= {"liability_max": "5000", "stake_window_seconds": "3600", "status": "retired", "status_reason": "x"}
    answer = boss.post(f"{LIST}{instrument.pk}/change/", form)
    assert answer.status_code == 302
    instrument.refresh_from_db()
    assert (instrument.liability_max, instrument.status, instrument.status_reason) == (5000, "open", "")


def _hidden(client: Client, page: str) -> dict[str, str]:
    """The mark of the state that a page shows, as its form sends it."""
    (mark,) = re.findall(r'name="made_from" value="([^"]+)"', client.get(page).content.decode())
    return {"made_from": mark}


def test_a_form_of_an_older_page_changes_no_terms_and_says_who_was_quicker(boss: Client) -> None:
    page = f"{LIST}{Instrument.objects.get().pk}/change/"
    old = CHANGE | _hidden(boss, page)
    rick = _signed_in(staff_member("rick", Role.RISK))
    assert "changed successfully" in _sent(rick, page, old | {"stake_max": "800", "liability_max": "5000"})
    _set(rick, "paused", "a venue is down", "거래소 장애")
    for change in ({"stake_max": "5000"}, {"durations": "15"}, {"stake_max": "800", "liability_max": "5000"}):
        said = _sent(boss, page, old | change)
        assert "Nothing was changed. Its state now: durations in seconds: [15, 60], liability cap: 5000.0, " in said
        assert "largest stake: 800.0 · rick@example.com · 20" in said
    instrument = Instrument.objects.get()
    assert (instrument.stake_max, instrument.liability_max, instrument.durations) == (800, 5000, [15, 60])
    assert _sent(boss, page, CHANGE | _hidden(boss, page) | {"stake_max": "900"})
    assert Instrument.objects.get().stake_max == 900


def test_a_status_of_an_older_page_is_not_set(boss: Client) -> None:
    page = f"{LIST}status/"
    old = _hidden(boss, page) | {"symbols": "BTC-USDT", "reason": "stale", "reason_ko": "오래됨"}
    otto = _signed_in(staff_member("otto", Role.OPERATOR))
    first = _hidden(otto, page) | {"symbols": "BTC-USDT", "status": "paused", "reason": "wrong", "reason_ko": "오류"}
    state = "Nothing was changed. Its state now: BTC-USDT paused (wrong) · otto@example.com · 20"
    assert "1 instrument changed." in _sent(otto, page, first)
    assert state in _sent(boss, page, old | {"status": "close_only"})
    assert state in _sent(otto, page, first)  # a double click
    User.objects.filter(email="boss@example.com").update(locale="ko")
    said = _sent(boss, page, old | {"status": "open"})
    assert "변경된 것이 없습니다. 현재 상태: BTC-USDT 일시 중지 (오류) · otto@example.com · 20" in said
    assert Instrument.objects.get().status == "paused"
    assert _sent(boss, page, old | _hidden(boss, page) | {"status": "open"})
    assert Instrument.objects.get().status == "open"


def _sent(client: Client, page: str, form: dict[str, str]) -> str:
    return client.post(page, form, follow=True).content.decode()


CHANGE = {
    **{"stake_min": "1", "stake_max": "1000", "durations": "15,60"},
    **{"stake_window_seconds": "3600", "reason": "because"},
}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        *(({"stake_max": text}, "stake_max") for text in ("1_0", "1 0", "1e3", "NaN", "1,00", "999999999999.5")),
        ({"stake_min": "20", "stake_max": "10"}, "stake_max"),
        ({"liability_max": "5_000"}, "liability_max"),
        ({"liability_max": "1000000000000"}, "liability_max"),
        ({"open_trades_max": "1.5"}, "open_trades_max"),
        ({"stake_window_seconds": "3_600"}, "stake_window_seconds"),
        *(({"durations": text}, "durations") for text in ("15,15", "15;30", "1_5,30", "15,30.5", "5,15", "")),
    ],
)
def test_what_makes_no_sense_is_said_at_its_field(boss: Client, change: dict[str, str], field: str) -> None:
    before = Instrument.objects.values().get()
    answer = boss.post(f"{LIST}{before['id']}/change/", CHANGE | change)
    assert answer.context["adminform"].form.errors.keys() == {field}
    assert "Constraint" not in answer.content.decode()
    assert Instrument.objects.values().get() == before


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("15,0", "Duration 2: Ensure this value is greater than or equal to 15."),
        ("15,86401", "Duration 2: Ensure this value is less than or equal to 86400."),
        ("x,15", "Duration 1: Enter a whole number."),
    ],
)
def test_a_faulty_duration_has_its_reason(boss: Client, typed: str, reason: str) -> None:
    answer = boss.post(f"{LIST}{Instrument.objects.get().pk}/change/", CHANGE | {"durations": typed})
    assert answer.context["adminform"].form.errors["durations"] == [reason]


def test_a_change_has_a_reason_which_the_audit_keeps(boss: Client) -> None:
    page = f"{LIST}{Instrument.objects.get().pk}/change/"
    without = {name: value for name, value in CHANGE.items() if name != "reason"}
    assert boss.post(page, without).context["adminform"].form.errors.keys() == {"reason"}
    assert boss.post(page, CHANGE | {"reason": "fewer durations"}).status_code == 302
    event = AuditEvent.objects.filter(table="instruments", operation="UPDATE").latest("id")
    assert (event.context or {})["reason"] == "fewer durations"
    assert "fewer durations" in boss.get(f"/admin/accounts/auditevent/{event.pk}/change/").content.decode()


@pytest.mark.parametrize(
    ("change", "field"),
    [({"pip": "0"}, "pip"), ({"venues_min": "0"}, "venues_min"), ({"tradable": ""}, "status")],
)
def test_a_new_instrument_is_asked_for_sense_too(boss: Client, change: dict[str, str], field: str) -> None:
    form = CHANGE | {"symbol": "ETH-USDT", "currency": "USDT", "pip": "0.01", "venues_min": "3", "status": "paused"}
    form["tradable"] = "on"
    assert boss.post(f"{LIST}add/", form | change).context["adminform"].form.errors.keys() == {field}
    assert boss.post(f"{LIST}add/", form).status_code == 302


def test_the_exposure_page_adds_up_open_trades(auditor: Client, market: Stage) -> None:
    ann, ben = trader("ann"), trader("ben")
    Instrument.objects.update(liability_max=1000, bucket_liability_max=200)
    ann.place(stake="100", direction=Direction.UP)
    ben.place(stake="40", direction=Direction.DOWN)
    _place_later(ann, market)
    rows = _rows(auditor)
    assert rows == [
        ["in all", "3", "100.00", "60.00", "85.00", "51.00", "136.00", "62.00", "1,000.00", "13.6 %"],
        ["2026-03-01 12:00:00 UTC", "1", "0.00", "20.00", "0.00", "17.00", "17.00", "17.00", "200.00", "8.5 %"],
        ["2026-03-01 12:01:00 UTC", "2", "100.00", "40.00", "85.00", "34.00", "119.00", "45.00", "200.00", "59.5 %"],
    ]


def _place_later(who: Trader, market: Stage) -> None:
    """Its entry second is another one, so that the house may lose it together with all others."""
    market.price(NOON + timedelta(seconds=1), "60000.00")
    who.place(at=NOON + timedelta(seconds=1), stake="20", direction=Direction.DOWN, seconds=30)


def _rows(client: Client) -> list[list[str]]:
    answer = client.get(EXPOSURE)
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "BTC-USDT · demo · USDT" in page
    body = page[page.index("<tbody>") : page.index("</tbody>")]
    rows = re.findall(r"<tr.*?</tr>", body, re.DOTALL)
    return [re.findall(r"<t[hd].*?>(.*?)</t[hd]>", row) for row in rows]


def test_only_staff_see_the_exposure(market: Stage) -> None:
    ann = Client()
    ann.force_login(trader("ann").user)
    assert ann.get(EXPOSURE).status_code == 302
    assert _signed_in(staff_member("nobody")).get(EXPOSURE).status_code == 403
