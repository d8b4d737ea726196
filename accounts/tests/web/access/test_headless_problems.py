"""allauth's own doors refuse in the form of every other door, and still tell an app what it needs."""

from secrets import randbits

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from pytest_django import Settings

from accounts.tests.cast import PASSWORD, Person
from accounts.tests.web.access.test_headless import NEWCOMER, App
from accounts.web.access.headless import urlpatterns

pytestmark = pytest.mark.django_db
ROUTES = [str(each.pattern) for each in urlpatterns]
TWICE = '{"email": "a", "email": "b"}'


def app_of_an_ended_session() -> App:
    app = App()
    app.headers |= {"X-Session-Token": "ended"}
    return app


@pytest.mark.parametrize("path", [route.removeprefix("_allauth/app/v1/") for route in ROUTES])
def test_every_refusal_of_every_door_is_a_problem(alice: Person, path: str) -> None:
    """Strangers, people who are signed in, and who have just proved who they are, with all that a door may refuse."""
    signed_in, proved = App(), App()
    for app in (signed_in, proved):
        app.post("auth/login", {"email": "alice@example.com", "password": PASSWORD})
    proved.post("auth/reauthenticate", {"password": PASSWORD})
    ended = app_of_an_ended_session()
    for app in (App(), ended, signed_in, proved):
        for method, body in (
            ("GET", None),
            ("PUT", "[]"),
            ("TRACE", None),
            ("POST", "{}"),
            ("POST", "{"),
            ("POST", TWICE),
        ):
            answer = app.send_text(method, path, body)
            if answer.status >= 400:
                told = answer.json()
                assert answer.headers["Content-Type"] == "application/problem+json", (method, body)
                assert (told["status"], told["type"]) == (answer.status, f"/docs/problems#{told['code']}")
                assert all(error["code"] and error["message"] and "field" in error for error in told.get("errors", []))


def test_a_byte_order_mark_says_nothing(alice: Person) -> None:
    body = f'\ufeff{{"email": "alice@example.com", "password": "{PASSWORD}"}}'
    assert App().post("auth/login", body).status == 200


def test_an_app_learns_how_to_go_on(alice: Person) -> None:
    """allauth's own members stay in the problem: the flows that are open, and the names of wrong fields."""
    stranger = App().post("auth/login", {"email": "alice@example.com", "password": "wrong"})
    assert stranger.json()["code"] == "invalid-input"
    assert [(each["field"], each["param"]) for each in stranger.json()["errors"]] == [("password", "password")]
    ended = app_of_an_ended_session().send_text("GET", "auth/session", None)
    assert (ended.status, ended.json()["code"]) == (410, "session-ended")

    app = App()
    app.post("auth/login", {"email": "alice@example.com", "password": PASSWORD})
    assert app.post("auth/login", {"email": "alice@example.com", "password": PASSWORD}).json()["code"] == "conflict"
    app.post("auth/reauthenticate", {"password": PASSWORD})
    shown = app.send_text("GET", "account/authenticators/totp", None)
    assert (shown.status, shown.json()["code"], len(shown.json()["meta"]["secret"])) == (404, "not-found", 32)
    TOTP.activate(alice.user, generate_totp_secret())
    other = App().post("auth/login", {"email": "alice@example.com", "password": PASSWORD})
    assert other.json()["code"] == "second-factor-required"


def test_so_many_sign_ups_from_one_address(settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"signup": f"2/{60 + randbits(30)}s/ip"}
    answers = [App().post("auth/signup", NEWCOMER | {"email": f"dan{n}@example.com"}) for n in range(3)]
    assert [answer.status for answer in answers] == [401, 401, 429]
    assert answers[2].assert_problem(429, "too-many-requests").headers["Retry-After"] == "60"


@pytest.mark.parametrize(
    ("path", "member"), [("auth/reauthenticate", "password"), ("account/password/change", "current_password")]
)
def test_a_lock_is_told_with_the_time_to_wait(alice: Person, path: str, member: str) -> None:
    app = App()
    app.post("auth/login", {"email": "alice@example.com", "password": PASSWORD})
    wrong = {member: "wrong", **({"new_password": "another horse battery"} if "change" in path else {})}
    answers = [app.post(path, wrong) for _ in range(6)]
    assert [answer.status for answer in answers] == [400] * 5 + [429]
    seconds = answers[5].assert_problem(429, "too-many-attempts").headers["Retry-After"]
    assert 240 < int(seconds) <= 301


@pytest.mark.parametrize("value", [1, True, 1.5, ["a"], {"a": 1}])
@pytest.mark.parametrize(
    ("path", "member"),
    [("auth/login", "email"), ("auth/2fa/authenticate", "code"), ("account/authenticators/webauthn", "name")],
)
def test_another_type_is_not_made_a_text(alice: Person, path: str, member: str, value: object) -> None:
    answer = App().post(path, {member: value}).assert_problem(400, "invalid-input")
    assert answer.fields == {member: "invalid"}
