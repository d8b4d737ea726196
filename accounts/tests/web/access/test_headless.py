"""Apps sign in by allauth's own doors, and meet the same rules as everywhere."""

from functools import partial
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from pytest_django import Settings

from accounts.domain.access.scopes import LoginMethod
from accounts.models import User
from accounts.selectors.access.logins import logins_of
from accounts.selectors.ledger.wallets import wallets_of
from accounts.tests.cast import NOON, PASSWORD, Person, person
from accounts.tests.letters import Mails, key_in
from accounts.tests.rest_client import Answer, Api
from accounts.tests.threads import at_once
from accounts.tests.web.access.test_second_factor import code_of

pytestmark = pytest.mark.django_db
BASE = "/_allauth/app/v1"
NEWCOMER = {"email": "carol@example.com", "password": PASSWORD}


class App(Api):
    """An app that keeps its session token, as allauth expects it."""

    def post(self, path: str, body: object, content_type: str = "application/json", **headers: str) -> Answer:
        answer = super().post(f"{BASE}/{path}", body, content_type, **headers)
        token = answer.json().get("meta", {}).get("session_token")
        self.headers |= {"X-Session-Token": token} if token else {}
        return answer

    def send_text(self, method: str, path: str, body: str | None) -> Answer:
        sent = self.client.generic(method, f"{BASE}/{path}", body or "", "application/json", headers=self.headers)
        return Answer(sent)


def pending(answer: Answer) -> list[str]:
    return [flow["id"] for flow in answer.json()["data"]["flows"] if flow.get("is_pending")]


def test_an_app_signs_up_verifies_and_is_in(mails: Mails) -> None:
    app = App()
    answer = app.post("auth/signup", NEWCOMER)
    assert (answer.status, pending(answer)) == (401, ["verify_email"])
    carol = User.objects.get()
    assert [(wallet.demo, str(wallet.balance)) for wallet in wallets_of(carol.pk)] == [(True, "10000.00000000")]

    answer = app.post("auth/email/verify", {"key": key_in(mails[0])})
    assert answer.status == 200
    meta = answer.json()["meta"]
    assert Api(token=meta["access_token"]).get("/api/v1/wallets").status == 200
    pair = Api().post("/api/v1/auth/refresh", {"refresh": meta["refresh_token"]})
    assert Api(token=pair.json()["access"]).get("/api/v1/wallets").status == 200


def test_signing_up_with_a_known_email_looks_the_same(alice: Person, mails: Mails) -> None:
    answers = []
    for email in ("alice@example.com", "carol@example.com"):
        answer = App().post("auth/signup", NEWCOMER | {"email": email})
        body = answer.json()
        body["meta"].pop("session_token")
        body.pop("request_id")
        answers.append((answer.status, body))
    assert answers[0] == answers[1]
    assert [mail.subject for mail in mails] == ["You have an account already", "Confirm your email"]


def test_nobody_gets_a_token_before_the_email_is_verified(mails: Mails) -> None:
    App().post("auth/signup", NEWCOMER)
    answer = App().post("auth/login", NEWCOMER)
    assert (answer.status, pending(answer)) == (401, ["verify_email"])
    assert "access_token" not in answer.json()["meta"]


def test_an_app_signs_in_and_is_in_the_login_history(alice: Person) -> None:
    for password in ("wrong", PASSWORD):
        answer = App().post("auth/login", {"email": "Alice@example.com", "password": password})
    meta = answer.json()["meta"]
    assert Api(token=meta["access_token"]).get("/api/v1/wallets").status == 200
    assert [(t.method, t.succeeded) for t in logins_of(alice.user.pk, limit=5)] == [
        (LoginMethod.TOKEN, True),
        (LoginMethod.TOKEN, False),
    ]


def test_signing_out_ends_the_tokens(alice: Person) -> None:
    app = App()
    meta = app.post("auth/login", {"email": "alice@example.com", "password": PASSWORD}).json()["meta"]
    app.client.delete(f"{BASE}/auth/session", headers=app.headers)
    Api(token=meta["access_token"]).get("/api/v1/wallets").assert_problem(401, "not-authenticated")


@pytest.mark.parametrize("reason", ["frozen_at", "closed_at"])
def test_a_frozen_or_closed_person_stays_out(alice: Person, reason: str) -> None:
    app = App()
    login = {"email": "alice@example.com", "password": PASSWORD}
    app.post("auth/login", login)
    User.objects.update(is_active=False, **{reason: NOON})
    for answer in (App().post("auth/login", login), app.post("auth/reauthenticate", {"password": PASSWORD})):
        assert answer.status in (401, 410)
        assert "access_token" not in answer.json().get("meta", {})


def test_guesses_are_counted_together_with_those_elsewhere(alice: Person) -> None:
    wrong = {"email": "alice@example.com", "password": "wrong"}
    for _ in range(2):
        App().post("auth/login", wrong)
        Api().post("/api/v1/auth/token", wrong)
    App().post("auth/login", wrong)
    right = wrong | {"password": PASSWORD}
    Api().post("/api/v1/auth/token", right).assert_problem(429, "too-many-attempts")
    answer = App().post("auth/login", right).assert_problem(429, "too-many-attempts")
    assert 0 < int(answer.headers["Retry-After"]) <= 300


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete"])
@pytest.mark.parametrize(
    "path",
    [
        "app/v1/account/email",
        "app/v1/account/phone",
        "app/v1/auth/code/request",
        "app/v1/auth/code/confirm",
        "app/v1/auth/sessions",
        "app/v1/auth/webauthn/signup",
        "app/v1/tokens/refresh",
        "browser/v1/auth/login",
        "browser/v1/config",
        "openapi.json",
    ],
)
def test_the_other_doors_are_not_there(alice: Person, method: str, path: str) -> None:
    app = App()
    app.post("auth/login", {"email": "alice@example.com", "password": PASSWORD})
    response = getattr(app.client, method)(f"/_allauth/{path}", headers=app.headers)
    Answer(response).assert_problem(404, "not-found")


@pytest.mark.parametrize("path", ["auth/signup", "auth/login", "auth/password/request", "auth/email/verify"])
@pytest.mark.parametrize(
    "body",
    [
        {"email": "\ud800@example.com", "password": "\ud800 horse battery", "key": "\ud800"},
        {"email": "a\0@example.com", "password": "\0", "key": "\0"},
        "{",
        "[" * 60_000,
        b"\xff",
    ],
)
def test_what_no_database_takes_is_refused(path: str, body: Any) -> None:
    assert App().post(path, body).status == 400
    assert not User.objects.exists()


@pytest.mark.parametrize("body", ["[]", "null", '"x"', "1", "", "{}", '{"email": 1, "password": {}, "key": []}'])
def test_what_is_no_object_of_texts_is_refused(body: str) -> None:
    for path in ("auth/signup", "auth/login", "auth/password/request", "auth/email/verify", "auth/reauthenticate"):
        assert App().post(path, body).status in (400, 401)


def test_a_reset_by_an_app_is_as_quiet_and_ends_the_lock(alice: Person, mails: Mails) -> None:
    login = {"email": "alice@example.com", "password": "wrong"}
    for _ in range(6):
        App().post("auth/login", login)
    answers = {
        (a.status, a.content)
        for a in [App().post("auth/password/request", {"email": e}) for e in ("alice@example.com", "x@example.com")]
    }
    assert len(answers) == 1
    (reset,) = (mail for mail in mails if mail.subject == "Choose a new password")
    key = key_in(reset)
    assert App().post("auth/password/reset", {"key": key, "password": "quite another one"}).status == 401
    assert App().post("auth/login", login | {"password": "quite another one"}).status == 200


def test_a_second_factor_is_asked_for_counted_and_spent_as_elsewhere(alice: Person) -> None:
    secret = generate_totp_secret()
    TOTP.activate(alice.user, secret)
    login = {"email": "alice@example.com", "password": PASSWORD}
    app = App()
    answer = app.post("auth/login", login)
    assert (answer.status, pending(answer)) == (401, ["mfa_authenticate"])
    assert "access_token" not in answer.json()["meta"]
    assert app.post("auth/2fa/authenticate", {"code": "000000"}).status == 400
    code = code_of(secret)
    meta = app.post("auth/2fa/authenticate", {"code": code}).json()["meta"]
    assert Api(token=meta["access_token"]).get("/api/v1/wallets").status == 200
    Api().post("/api/v1/auth/token", login | {"code": code}).assert_problem(401, "second-factor-wrong")
    assert [t.succeeded for t in logins_of(alice.user.pk, limit=9)] == [False, True, False]

    other = App()
    other.post("auth/login", login)
    for _ in range(5):
        other.post("auth/2fa/authenticate", {"code": "000000"})
    locked = other.post("auth/2fa/authenticate", {"code": code_of(secret)}).assert_problem(429, "too-many-attempts")
    assert 0 < int(locked.headers["Retry-After"]) <= 300
    Api().post("/api/v1/auth/token", login | {"code": code_of(secret)}).assert_problem(429, "too-many-attempts")


def ready_to_set_up(app: App) -> dict[str, str]:
    """Returns a code of the key that this app has just been shown, to set up an authenticator app."""
    app.post("auth/login", {"email": "alice@example.com", "password": PASSWORD})
    app.post("auth/reauthenticate", {"password": PASSWORD})
    path = f"{BASE}/account/authenticators/totp"
    shown = app.client.get(path, headers=app.headers).json()
    return {"code": code_of(shown["meta"]["secret"])}


@pytest.mark.django_db(transaction=True)
def test_of_several_set_ups_at_once_one_wins() -> None:
    alice = person("alice")
    wishes = [(app, ready_to_set_up(app)) for app in [App() for _ in range(5)]]
    answers = at_once([partial(app.post, "account/authenticators/totp", code) for app, code in wishes])
    won = [answer for answer in answers if isinstance(answer, Answer) and answer.status == 200]
    assert len(won) == 1
    for answer in answers:
        assert isinstance(answer, Answer)
        if answer is not won[0]:  # too late, or after the winner has ended the sessions of before
            assert (answer.status, answer.json()["code"]) in {(409, "app-already-set"), (410, "session-ended")}
    assert Authenticator.objects.filter(user=alice.user).count() == 2  # with its recovery codes


def test_a_second_set_up_is_refused_with_any_code(alice: Person) -> None:
    first, second = App(), App()
    codes = [ready_to_set_up(app) for app in (first, second)]
    assert first.post("account/authenticators/totp", codes[0]).status == 200
    for code in (codes[1], {"code": "000000"}):
        second.post("account/authenticators/totp", code).assert_problem(409, "app-already-set")


def test_changing_second_factors_asks_who_it_is(alice: Person, settings: Settings) -> None:
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 0
    app = App()
    app.post("auth/login", {"email": "alice@example.com", "password": PASSWORD})
    assert app.post("account/authenticators/totp", {"code": "000000"}).status in (400, 401)
    assert app.post("account/authenticators/recovery-codes", {}).status in (400, 401)
    assert not Authenticator.objects.exists()


def test_a_forged_key_verifies_nobody(mails: Mails) -> None:
    App().post("auth/signup", NEWCOMER)
    assert App().post("auth/email/verify", {"key": key_in(mails[0])[:-1]}).status == 400
    assert not EmailAddress.objects.get().verified
