import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts.selectors.access.signed_in_devices import devices_of
from accounts.services.access.note_session_use import note_session_use
from accounts.tests.cast import NOON, PASSWORD, Person
from accounts.tests.rest_client import Api

pytestmark = pytest.mark.django_db

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:135.0) Gecko/20100101 Firefox/135.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_3 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.3 Mobile/15E148 Safari/604.1"
)


def signed_in(trader: Person, device: str = FIREFOX) -> Client:
    client = Client(headers={"User-Agent": device})
    client.post("/accounts/login/", {"login": trader.user.email, "password": PASSWORD})
    return client


def ids(client: Client) -> list[str]:
    html = client.get("/security/devices/").content.decode()
    return [part.split('"', 1)[0] for part in html.split('data-row="')[1:]]


def test_it_lists_browsers_and_apps_this_one_first(alice: Person, bob: Person) -> None:
    own, phone = signed_in(alice), signed_in(alice, IPHONE)
    Api(alice).get("/api/v1/wallets")
    signed_in(bob)
    listed = devices_of(alice.user.pk, this_session_key=own.session.session_key, now=timezone.now())
    assert [device.is_this for device in listed] == [True, False, False]
    assert listed[0].device == "Firefox, Windows"
    assert "Mobile Safari, iOS" in {device.device for device in listed}
    html = own.get("/security/devices/").content.decode()
    assert html.count("This device") == 1
    assert str(phone.session.session_key) not in html


def test_signing_one_out_acts_at_once_and_leaves_the_others(alice: Person) -> None:
    own, phone = signed_in(alice), signed_in(alice, IPHONE)
    other = ids(own)[1]
    assert own.post(f"/security/devices/{other}/sign-out/")["Location"] == "/security/devices/"
    assert phone.get("/security/").status_code == 302
    assert own.get("/security/").status_code == 200
    assert len(ids(own)) == 1


def test_signing_all_others_out_ends_apps_too(alice: Person) -> None:
    own, phone, app = signed_in(alice), signed_in(alice, IPHONE), Api(alice)
    assert own.post("/security/devices/sign-out-others/")["Location"] == "/security/devices/"
    assert phone.get("/security/").status_code == 302
    app.get("/api/v1/wallets").assert_problem(401, "not-authenticated")
    assert own.get("/security/").status_code == 200


def test_signing_this_device_out_leads_to_the_front_page(alice: Person) -> None:
    own = signed_in(alice)
    (this,) = ids(own)
    assert own.post(f"/security/devices/{this}/sign-out/")["Location"] == "/"
    assert own.get("/security/").status_code == 302


def test_nobody_signs_another_person_out(alice: Person, bob: Person) -> None:
    own, bobs = signed_in(alice), signed_in(bob)
    (his,) = ids(bobs)
    assert own.post(f"/security/devices/{his}/sign-out/").status_code == 404
    assert own.post("/security/devices/999999999999999999999/sign-out/").status_code == 404
    assert own.get(f"/security/devices/{his}/sign-out/").status_code == 405
    assert bobs.get("/security/").status_code == 200


def test_a_session_past_its_time_is_not_listed(alice: Person) -> None:
    own, phone = signed_in(alice), signed_in(alice, IPHONE)
    Session.objects.filter(session_key=phone.session.session_key).update(expire_date=NOON)
    assert len(ids(own)) == 1


def test_when_a_session_was_last_seen_is_written_once_a_minute(alice: Person) -> None:
    key = str(signed_in(alice).session.session_key)
    cache.clear()
    note_session_use(session_key=key, address="192.0.2.7", now=NOON)
    note_session_use(session_key=key, address="192.0.2.8", now=timezone.now())
    row = UserSession.objects.get(session_key=key)
    assert (row.last_seen_at, row.ip) == (NOON, "192.0.2.7")


def test_the_login_history_shows_success_and_failure_with_device_and_address(alice: Person, bob: Person) -> None:
    Client(headers={"User-Agent": IPHONE}).post("/accounts/login/", {"login": alice.user.email, "password": "wrong"})
    html = signed_in(alice).get("/security/logins/").content.decode()
    rows = html.split("data-row=")[1:]
    assert len(rows) == 2
    assert "✓ Signed in" in rows[0]
    assert "Firefox, Windows" in rows[0]
    assert "✕ Failed" in rows[1]
    assert "Mobile Safari, iOS" in rows[1]
    assert "127.0.0.1" in rows[1]
    assert signed_in(bob).get("/security/logins/").content.decode().count("data-row=") == 1


def test_older_logins_are_a_page_further(alice: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accounts.web.access.devices.PAGE_SIZE", 2)
    for _ in range(3):
        client = signed_in(alice)
    html = client.get("/security/logins/").content.decode()
    older = html.split("?before=", 1)[1].split('"', 1)[0]
    assert html.count("data-row=") == 2
    html = client.get(f"/security/logins/?before={older}").content.decode()
    assert html.count("data-row=") == 1
    assert 'rel="next"' not in html


@pytest.mark.parametrize("before", ["", "x", "-1", "1_0", "１", "9" * 30, "\0"])
def test_a_cursor_that_is_none_is_not_found(alice: Person, before: str) -> None:
    assert signed_in(alice).get("/security/logins/", {"before": before}).status_code == 404


def test_a_visitor_is_sent_to_sign_in(client: Client) -> None:
    for path in ("", "devices/", "logins/"):
        assert client.get(f"/security/{path}")["Location"].startswith("/accounts/login/")
