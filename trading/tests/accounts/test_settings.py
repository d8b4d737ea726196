import pytest
from django.test import Client

from accounts.models import User
from accounts.tests.cast import PASSWORD
from trading.tests.cast import Stage, Trader

FORM = {
    "locale": "ko",
    "time_zone": "asia/seoul",
    "colours": "world",
    "sounds": "on",
    "reality_check_minutes": "30",
}


@pytest.fixture
def reader(client: Client, stage: Stage, alice: Trader) -> Client:
    assert client.login(email=alice.user.email, password=PASSWORD)
    return client


def test_a_visitor_is_sent_to_sign_in(client: Client, db: None) -> None:
    assert client.get("/settings/")["Location"] == "/accounts/login/?next=/settings/"


def test_saving_takes_effect_on_every_page_at_once(reader: Client, alice: Trader) -> None:
    html = reader.get("/").content.decode()
    assert 'lang="en" data-colours="world" data-time-zone="">' in html
    response = reader.post("/settings/", FORM)
    assert (response.status_code, response["Location"]) == (302, "/settings/")
    told = reader.get("/").content.decode()
    assert "<strong>저장되었습니다.</strong>" in told.split("data-toasts", 1)[1]
    assert 'class="messages"' not in told, "the trade page doesn't move down"
    html = reader.get("/history/").content.decode()
    assert 'lang="ko" data-colours="world" data-time-zone="Asia/Seoul" data-sounds>' in html
    assert "<span data-zone>Asia/Seoul</span>" in html
    alice.user.refresh_from_db()
    assert alice.user.reality_check_minutes == 30


def test_times_are_shown_in_the_chosen_zone(reader: Client, alice: Trader) -> None:
    alice.place()
    assert ">2026-03-01 12:00:00<" in reader.get("/history/").content.decode()
    User.objects.filter(pk=alice.user.pk).update(time_zone="Asia/Seoul")
    html = reader.get("/history/").content.decode()
    assert 'datetime="2026-03-01T21:00:00+09:00"' in html
    assert ">2026-03-01 21:00:00<" in html


def test_a_persons_choice_wins_over_cookie_and_browser(reader: Client) -> None:
    reader.cookies["django_language"] = "ko"
    assert 'lang="en"' in reader.get("/", headers={"Accept-Language": "ko"}).content.decode()
    assert reader.get("/settings/")["Content-Language"] == "en"


def test_the_switch_in_the_header_is_a_setting_too(reader: Client, alice: Trader) -> None:
    response = reader.post("/i18n/setlang/", {"language": "ko", "next": "/settings/"})
    assert (response.status_code, response["Location"]) == (302, "/settings/")
    assert (
        'lang="ko"' in Client().get("/", headers={"Cookie": f"sessionid={reader.session.session_key}"}).content.decode()
    )
    assert reader.get("/i18n/setlang/").status_code == 405


def test_the_switch_serves_visitors_and_knows_only_our_languages(reader: Client, client: Client, alice: Trader) -> None:
    visitor = Client()
    visitor.post("/i18n/setlang/", {"language": "ko", "next": "/"})
    assert 'lang="ko"' in visitor.get("/").content.decode()
    for language in ("fr", "", "\0", "ko-KR"):
        reader.post("/i18n/setlang/", {"language": language, "next": "/"})
    alice.user.refresh_from_db()
    assert alice.user.locale == "en"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("time_zone", "Mars/Olympus"),
        ("time_zone", "\0"),
        ("locale", "fr"),
        ("colours", ""),
        ("reality_check_minutes", "1_5"),
    ],
)
def test_a_value_that_is_none_is_explained_beside_its_field(
    reader: Client, alice: Trader, field: str, value: str
) -> None:
    response = reader.post("/settings/", FORM | {field: value})
    assert 'class="problem"' in response.content.decode()
    alice.user.refresh_from_db()
    assert alice.user.locale == "en"
