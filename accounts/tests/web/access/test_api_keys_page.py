import re

import pytest
from django.test import Client
from django.utils import timezone

from accounts.domain.access.scopes import Scope
from accounts.models import ApiKey
from accounts.selectors.access.trading_stops import trading_stop_of
from accounts.services.access.stop_trading import stop_trading
from accounts.tests.cast import PASSWORD, Person
from accounts.tests.codes import App
from accounts.tests.keys import made_key
from accounts.tests.rest_client import Api

PATH = "/account/keys/"
WISH = {"name": "bot", "scopes": ["read"], "mode": "bearer", "networks": "", "life": "90", "password": PASSWORD}


@pytest.fixture
def browser(alice: Person) -> Client:
    client = Client()
    client.force_login(alice.user)
    return client


def test_the_secret_is_shown_once_and_works(browser: Client) -> None:
    answer = browser.post(PATH, WISH | {"networks": "127.0.0.1\n2001:db8::/32"})
    html = answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    found = re.search(r'id="the-secret">([^<]+)<', html)
    assert found is not None
    assert Api(token=found[1]).get("/api/v1/wallets").status == 200
    listed = browser.get(PATH).content.decode()
    assert found[1] not in listed
    assert "127.0.0.1/32, 2001:db8::/32" in listed
    assert ApiKey.objects.get().prefix in listed


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"scopes": []}, "Choose permissions for the key."),
        ({"scopes": ["admin"]}, "admin"),
        ({"networks": "10.0.0.1/8"}, "These are no addresses or networks"),
        ({"name": "  "}, "This field is required."),
        ({"life": "1000"}, "1000"),
        ({"scopes": ["withdraw"]}, "Set up a second factor first"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_made(browser: Client, change: dict[str, object], message: str) -> None:
    html = browser.post(PATH, WISH | change).content.decode()
    assert message in html
    assert 'class="problem"' in html
    assert not ApiKey.objects.exists()


def test_a_key_is_made_with_its_limits_and_lists_them(browser: Client) -> None:
    limits = {"stake_max": "10.5", "stake_a_day": "200", "open_trades_max": "3"}
    assert 'id="the-secret"' in browser.post(PATH, WISH | limits | {"scopes": ["read", "trade"]}).content.decode()
    listed = browser.get(PATH).content.decode()
    for line in ("Largest stake: 10.5", "Stakes a day: 200", "Trades at a time: 3"):
        assert line in listed
    html = browser.post(PATH, WISH | {"stake_max": "-1", "scopes": ["trade"]}).content.decode()
    assert "A number above 0, please" in html
    assert ApiKey.objects.count() == 1


def test_all_that_is_wrong_is_said_at_once(browser: Client) -> None:
    wrong = {"name": "", "scopes": ["withdraw"], "mode": "x", "networks": "10.0.0.1/8", "life": "1000"}
    html = browser.post(PATH, wrong).content.decode()
    required, network = "This field is required.", "These are no addresses or networks"
    for message in (required, network, "Set up a second factor first", "x is not one of", "1000 is not one of"):
        assert message in html
    assert html.count('<p class="problem">') == 6


def test_with_a_second_factor_a_code_is_asked_to_make_and_to_revoke(browser: Client, alice: Person) -> None:
    app = App(alice.user)
    assert "This code is wrong" in browser.post(PATH, WISH | {"code": app.wrong(timezone.now())}).content.decode()
    assert "the-secret" in browser.post(PATH, WISH | {"code": app.recovery_codes[0]}).content.decode()
    path = f"{PATH}{ApiKey.objects.get().pk}/revoke/"
    browser.post(path, {})
    assert ApiKey.objects.get().revoked_at is None
    assert browser.post(path, {"code": app.recovery_codes[1]})["Location"] == PATH
    assert ApiKey.objects.get().revoked_at is not None


def test_revoking_asks_first(browser: Client, alice: Person) -> None:
    made = made_key(alice)
    path = f"{PATH}{made.key.pk}/revoke/"
    assert made.key.name in browser.get(path).content.decode()
    assert Api(token=made.secret).get("/api/v1/wallets").status == 200
    browser.post(path, {})
    Api(token=made.secret).get("/api/v1/wallets").assert_problem(401, "invalid-api-key")
    assert browser.get(path).status_code == 404


def test_a_stopped_key_is_allowed_by_itself_and_all_can_still_be_stopped(browser: Client, alice: Person) -> None:
    stopped, other = (made_key(alice).key for _ in range(2))
    stop_trading(user_id=alice.user.pk, key_id=stopped.pk, clock=timezone.now)
    html = browser.get(PATH).content.decode()
    assert (f"{PATH}{stopped.pk}/allow/" in html, f"{PATH}{other.pk}/allow/" in html) == (True, False)
    assert f'action="{PATH}stop/"' in html
    browser.post(f"{PATH}stop/")
    browser.post(f"{PATH}{stopped.pk}/allow/")
    stop = trading_stop_of(alice.user.pk)
    assert (stop.stopped_at is None, stop.keys) == (False, ())


def test_the_keys_of_others_arent_there(browser: Client, bob: Person) -> None:
    made = made_key(bob, Scope.READ)
    for action in ("revoke", "allow"):
        assert browser.post(f"{PATH}{made.key.pk}/{action}/", {}).status_code == 404
    assert made.key.prefix not in browser.get(PATH).content.decode()
    assert Api(token=made.secret).get("/api/v1/wallets").status == 200


def test_who_has_twenty_is_told_so(browser: Client, alice: Person) -> None:
    for _ in range(20):
        made_key(alice)
    html = browser.get(PATH).content.decode()
    assert "revoke one first" in html
    assert 'name="scopes"' not in html
    assert "the-secret" not in browser.post(PATH, WISH).content.decode()


def test_visitors_are_led_to_the_entrance() -> None:
    for path in (PATH, f"{PATH}1/revoke/"):
        assert Client().get(path)["Location"].startswith("/accounts/login/")
