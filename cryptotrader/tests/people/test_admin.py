"""Staff can do their own work in the admin, and nobody can set a price or a result there."""

from datetime import timedelta

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.staticfiles import finders
from django.test import Client, RequestFactory
from django.urls import reverse
from pytest_django import Settings

from accounts.models import LedgerAccount, Transfer, User
from accounts.selectors.access.logins import logins_of
from accounts.services.people.register_staff import register_staff
from accounts.tests.cast import NOON, PASSWORD
from trading.models import FlashTrade, IndexPrice, Instrument, PayoutVersion
from trading.services.settlement.settle_due_trades import settle_due_trades
from trading.tests.cast import Stage, Trader

READ_ONLY = [LedgerAccount, Transfer, FlashTrade, IndexPrice]


@pytest.fixture
def staff(db: None, client: Client) -> Client:
    client.force_login(User.objects.create_superuser("staff@example.com", PASSWORD, locale="en"))
    return client


@pytest.fixture
def _history(stage: Stage, alice: Trader) -> None:
    alice.place()
    stage.price(NOON + timedelta(seconds=1), "60000.00")
    stage.price(NOON + timedelta(seconds=61), "60001.00")
    settle_due_trades(instrument="BTC-USDT", now=NOON + timedelta(seconds=61))


def test_browsers_find_an_icon_for_pages_that_name_none(client: Client) -> None:
    icon = client.get("/favicon.ico")
    assert icon.status_code == 302
    assert finders.find(icon["Location"].removeprefix("/static/"))


def address(model: type, page: str, *args: object) -> str:
    meta = model._meta  # type: ignore[attr-defined]
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_{page}", args=args)


@pytest.mark.usefixtures("_history")
@pytest.mark.parametrize("model", [*READ_ONLY, Instrument, PayoutVersion, User])
def test_staff_can_look_at_everything(staff: Client, model: type) -> None:
    listing = staff.get(address(model, "changelist"))
    row = model.objects.order_by("pk").first()  # type: ignore[attr-defined]
    assert (listing.status_code, staff.get(address(model, "change", row.pk)).status_code) == (200, 200)


@pytest.mark.usefixtures("_history")
@pytest.mark.parametrize("model", READ_ONLY)
def test_not_even_a_superuser_can_write_prices_trades_or_money(staff: Client, model: type) -> None:
    rows = model.objects.order_by("pk")  # type: ignore[attr-defined]
    before = list(rows.values())
    key = rows[0].pk
    fields = {"price": "1", "outcome": "won", "balance": "1", "amount": "1", "profit": "1", "state": "settled"}
    answers = [
        staff.post(address(model, "add"), fields).status_code,
        staff.post(address(model, "change", key), fields).status_code,
        staff.post(address(model, "delete", key), {"post": "yes"}).status_code,
    ]
    staff.post(address(model, "changelist"), {"action": "delete_selected", "_selected_action": [key], "post": "yes"})
    assert answers == [403, 403, 403]
    assert list(rows.values()) == before


def test_staff_write_these_and_nothing_that_a_library_brings_along(rf: RequestFactory) -> None:
    request = rf.get("/admin/")
    request.user = User(is_staff=True, is_superuser=True, is_active=True)
    writable = {
        model.__name__
        for model, page in admin.site._registry.items()
        if page.has_add_permission(request) or page.has_change_permission(request)
    }
    assert writable == {"Announcement", "Instrument", "PayoutVersion"}


def test_staff_pause_and_open_an_instrument(staff: Client, stage: Stage) -> None:
    for status in ("paused", "close_only", "open"):
        form = {
            "symbols": [stage.instrument.symbol],
            "status": status,
            "reason": "a venue is down",
            "reason_ko": "장애",
        }
        staff.post(reverse("admin:trading_status"), form)
        stage.instrument.refresh_from_db()
        assert stage.instrument.status == status


def test_staff_change_limits_but_not_what_prices_are_written_in(staff: Client, stage: Stage) -> None:
    fields = {
        "symbol": "HACKED",
        "currency": "USDT",
        "pip": "5",
        "status": "open",
        "stake_min": "2",
        "stake_max": "500",
        "durations": "15,30",
        "venues_min": "9",
        "stake_window_seconds": "3600",
        "reason": "because",
    }
    staff.post(address(Instrument, "change", stage.instrument.pk), fields)
    stage.instrument.refresh_from_db()
    instrument = stage.instrument
    assert (str(instrument.stake_max), instrument.durations) == ("500.00", [15, 30])
    assert (instrument.symbol, str(instrument.pip), instrument.venues_min) == ("BTC-USDT", "0.01000000", 3)


def test_traders_are_shown_the_door(client: Client, alice: Trader) -> None:
    client.force_login(alice.user)
    assert client.get("/admin/").status_code == 302


def test_staff_come_in_by_the_entrance_of_everybody(db: None, client: Client) -> None:
    register_staff(email="staff@example.com", password=PASSWORD, now=NOON)
    page = client.get("/admin/", follow=True)
    assert page.redirect_chain[-1][0] == "/accounts/login/?next=%2Fadmin%2F"
    form = {"login": "staff@example.com", "password": PASSWORD, "next": "/admin/"}
    assert client.post("/accounts/login/", form)["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200
    assert UserSession.objects.get().user.email == "staff@example.com"
    assert [login.succeeded for login in logins_of(UserSession.objects.get().user_id, limit=5)] == [True]


def test_the_old_login_form_is_no_way_around(db: None, client: Client) -> None:
    register_staff(email="staff@example.com", password=PASSWORD, now=NOON)
    form = {"username": "staff@example.com", "password": PASSWORD}
    assert client.post("/admin/login/", form)["Location"].startswith("/accounts/login/")
    assert "_auth_user_id" not in client.session


def test_where_it_is_required_the_back_office_opens_with_a_second_factor_only(
    staff: Client, settings: Settings
) -> None:
    settings.ADMIN_MFA_REQUIRED = True
    page = staff.get("/admin/", follow=True)
    assert page.redirect_chain[-1][0] == "/security/"
    assert "second factor" in page.content.decode()
    assert staff.get(address(User, "changelist")).status_code == 302

    TOTP.activate(User.objects.get(), generate_totp_secret())
    assert staff.get("/admin/").status_code == 200


def test_staff_change_their_password_where_everybody_does(staff: Client) -> None:
    assert staff.get("/admin/password_change/")["Location"] == "/accounts/password/change/"


def test_logins_are_not_handed_out_here() -> None:
    assert "account.emailaddress" not in {model._meta.label_lower for model in admin.site._registry}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("symbol", "evil"),
        ("symbol", "A/B"),
        ("symbol", "ＢＴＣ-USDT"),
        ("durations", "14"),
        ("durations", "99999999"),
        ("currency", "XYZ"),
    ],
)
def test_a_mistyped_instrument_is_refused_in_the_form(staff: Client, field: str, value: str) -> None:
    fields = {
        "symbol": "DOGE-USDT",
        "currency": "USDT",
        "pip": "0.00001",
        "status": "open",
        "tradable": "on",
        "stake_min": "1",
        "stake_max": "100",
        "durations": "15",
        "venues_min": "3",
        "stake_window_seconds": "3600",
        "reason": "because",
    }
    answer = staff.post(address(Instrument, "add"), fields | {field: value})
    assert (answer.status_code, list(answer.context["errors"]) != []) == (200, True)
    assert staff.post(address(Instrument, "add"), fields).status_code == 302
    assert list(Instrument.objects.values_list("symbol", flat=True)) == ["DOGE-USDT"]
