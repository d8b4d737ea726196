from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts.domain.access.scopes import Scope
from accounts.tests.cast import NOON, PASSWORD, Person
from accounts.tests.codes import App
from accounts.tests.keys import SigningApi, made_key, signed_headers
from accounts.tests.rest_client import Api

PATH = "/api/v1/api-keys"
WISH = {"name": "bot", "scopes": ["read", "trade"], "password": PASSWORD}
ORDER = '{"amount": 100, "direction": "up", "duration": 60, "client_order_id": "one"}'


def test_the_secret_is_shown_once_and_opens_what_was_asked(alice: Person) -> None:
    api = Api(alice)
    answer = api.post(PATH, WISH | {"networks": ["127.0.0.1"], "expires_at": "2100-01-01T00:00:00Z"})
    assert (answer.status, answer.headers["Cache-Control"]) == (201, "no-store")
    made = answer.json()
    secret = made.pop("secret")
    assert made | {"id": 0, "prefix": "", "created_at": ""} == {
        "id": 0,
        "name": "bot",
        "prefix": "",
        "mode": "bearer",
        "scopes": ["read", "trade"],
        "networks": ["127.0.0.1/32"],
        "stake_max": None,
        "stake_a_day": None,
        "open_trades_max": None,
        "created_at": "",
        "expires_at": "2100-01-01T00:00:00Z",
        "last_used_at": None,
        "last_used_from": None,
    }
    assert Api(token=secret).get("/api/v1/wallets").status == 200

    (listed,) = api.get(PATH).json()["results"]
    assert listed["last_used_from"] == "127.0.0.1"
    assert listed["last_used_at"]
    assert "secret" not in listed


def test_limits_are_shown_as_they_were_asked(alice: Person) -> None:
    api = Api(alice)
    limits = {"stake_max": "10.50", "stake_a_day": 200, "open_trades_max": 3}
    assert api.post(PATH, WISH | limits).status == 201
    (listed,) = api.get(PATH).json()["results"]
    assert [listed[name] for name in limits] == ["10.5", "200", 3]


@pytest.mark.parametrize("name", ["stake_max", "stake_a_day", "open_trades_max"])
@pytest.mark.parametrize("value", [0, -1, "x", True, [], "NaN", 10**12, "1.000000001"])
def test_a_limit_that_is_none_is_refused_at_its_field(alice: Person, name: str, value: object) -> None:
    problem = Api(alice).post(PATH, WISH | {name: value}).assert_problem(400, "invalid-input").json()
    assert [error["field"] for error in problem["errors"]] == [name]


def test_a_key_that_does_not_trade_has_no_limits(alice: Person) -> None:
    problem = Api(alice).post(PATH, WISH | {"scopes": ["read"], "stake_max": 5}).assert_problem(400, "invalid-input")
    assert [(error["field"], error["code"]) for error in problem.json()["errors"]] == [("stake_max", "not-needed")]


def test_a_revoked_key_is_gone_at_once(alice: Person) -> None:
    made = made_key(alice)
    assert Api(alice).send("DELETE", f"{PATH}/{made.key.pk}").status == 204
    Api(token=made.secret).get("/api/v1/wallets").assert_problem(401, "invalid-api-key")
    assert Api(alice).get(PATH).json()["results"] == []
    Api(alice).send("DELETE", f"{PATH}/{made.key.pk}").assert_problem(404, "not-found")


@pytest.mark.parametrize("id", ["0", "9" * 18, "9" * 40])
def test_a_key_that_never_was_is_not_found(alice: Person, id: str) -> None:
    Api(alice).send("DELETE", f"{PATH}/{id}").assert_problem(404, "not-found")


def test_making_and_revoking_ask_for_a_fresh_code_where_there_is_a_second_factor(alice: Person) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        api = Api(alice)
        app = App(alice.user)
        api.post(PATH, WISH).assert_problem(401, "second-factor-required")
        api.post(PATH, WISH | {"code": app.wrong(NOON)}).assert_problem(401, "second-factor-wrong")
        assert api.post(PATH, WISH | {"scopes": ["nothing"], "code": app.at(NOON)}).status == 400  # spends no code
        made = api.post(PATH, WISH | {"scopes": ["withdraw"], "code": app.at(NOON)})
        assert made.status == 201
        path = f"{PATH}/{made.json()['id']}"
        api.send("DELETE", path, {"code": app.at(NOON)}).assert_problem(401, "second-factor-wrong")
        clock.shift(timedelta(seconds=30))
        assert api.send("DELETE", path, {"code": app.at(timezone.now())}).status == 204


def test_the_withdraw_scope_needs_a_second_factor(alice: Person) -> None:
    Api(alice).post(PATH, WISH | {"scopes": ["withdraw"]}).assert_problem(409, "second-factor-not-set")


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"name": None}, {"name": "required"}),
        ({"name": 5}, {"name": "invalid"}),
        ({"name": "x" * 61}, {"name": "invalid"}),
        ({"name": "\0"}, {"name": "invalid"}),
        ({"scopes": "read"}, {"scopes": "invalid"}),
        ({"scopes": [1]}, {"scopes": "invalid"}),
        ({"scopes": None}, {"scopes": "invalid"}),
        ({"networks": {"a": 1}}, {"networks": "invalid"}),
        ({"networks": ["10.0.0.1/8"]}, {"networks": "invalid"}),
        ({"expires_at": "2100-01-01"}, {"expires_at": "invalid-time"}),
        ({"expires_at": 4102444800}, {"expires_at": "invalid-time"}),
        ({"expires_at": "2001-01-01T00:00:00Z"}, {"expires_at": "not-in-the-future"}),
        ({"mode": "none"}, {"mode": "invalid"}),
        ({"mode": ["hmac"]}, {"mode": "invalid"}),
        ({"name": "", "scopes": []}, {"name": "invalid", "scopes": "invalid"}),
    ],
)
def test_it_names_what_is_wrong(alice: Person, change: dict[str, Any], fields: dict[str, str]) -> None:
    assert Api(alice).post(PATH, WISH | change).assert_problem(400, "invalid-input").fields == fields


def test_a_session_needs_its_csrf_token(alice: Person) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.login(username=alice.user.email, password=PASSWORD)
    assert browser.post(PATH, WISH, content_type="application/json").status_code == 403


@pytest.mark.parametrize("header", ["Bearer ct_", "Bearer ct_x_y", "Bearer ct_é", "bearer ct_aaaaaaaaaaaa_" + "x" * 43])
def test_a_key_that_is_none_opens_nothing(alice: Person, header: str) -> None:
    for path in ("/api/v1/wallets", "/api/v1/time"):
        Api(Authorization=header).get(path).assert_problem(401, "invalid-api-key")


def test_the_query_string_is_signed_as_it_is_sent(alice: Person) -> None:
    api = SigningApi(made_key(alice, signs=True))
    for path in ("?limit=2", "?limit=2&client_order_id=a%2Bb%2Fc", ""):
        assert api.get(f"/api/v1/flash-trades{path}").status == 200, path
    bare = signed_headers(api.made, "GET", "/api/v1/flash-trades")
    Api().get("/api/v1/flash-trades?limit=1", **bare).assert_problem(401, "invalid-signature")


def test_a_body_that_is_too_large_is_refused_before_it_is_hashed(alice: Person) -> None:
    body = '"' + "x" * 70_000 + '"'
    SigningApi(made_key(alice, signs=True)).post("/api/v1/flash-trades", body).assert_problem(413, "body-too-large")


@pytest.mark.parametrize("missing", ["X-Timestamp", "X-Signature"])
def test_a_missing_header_is_an_invalid_signature(alice: Person, missing: str) -> None:
    headers = signed_headers(made_key(alice, signs=True), "GET", "/api/v1/wallets")
    headers.pop(missing)
    Api().get("/api/v1/wallets", **headers).assert_problem(401, "invalid-signature")


def test_a_code_that_nobody_would_check_is_refused(alice: Person) -> None:
    api = Api(alice)
    assert api.post(PATH, WISH | {"code": "123456"}).assert_problem(400, "invalid-input").fields == {
        "code": "not-needed"
    }
    path = f"{PATH}/{made_key(alice).key.pk}"
    assert api.send("DELETE", path, {"code": "123456"}).fields == {"code": "not-needed"}
    assert api.post(PATH, WISH | {"code": None}).status == 201


NETWORKS = {
    True: ["192.0.2.7", "192.0.2.0/24", "2001:db8::/32", "::ffff:192.0.2.1", "0.0.0.0/0", "2001:DB8::1"],
    False: [
        "0.0.0.0/0.0.0.0", "192.0.2.0/255.255.255.0", "192.0.2.0/0.0.0.255", "192.0.2.0/032", "192.0.2.0/+24",
        "192.0.2.0/", "192.0.2.1/24", "192.0.2", "010.0.0.1", "fe80::1%eth0", "３.0.0.1", "192.0.2.0/２4", "localhost",
    ],
}  # fmt: skip
"""Texts that are networks, and texts that aren't."""


@pytest.mark.parametrize("good", NETWORKS)
def test_a_network_has_one_spelling(alice: Person, good: bool) -> None:
    api = Api(alice)
    for network in NETWORKS[good]:
        answer = api.post(PATH, WISH | {"networks": [network]})
        assert answer.status == (201 if good else 400), network
        assert good or answer.fields == {"networks": "invalid"}


def test_a_method_that_an_address_lacks_is_no_matter_of_rights(alice: Person) -> None:
    """`person-required` would send its reader to sign in, and then there is no such method either."""
    api = Api(token=made_key(alice, Scope.READ).secret)
    for method in ("PUT", "PATCH", "DELETE", "TRACE"):
        assert api.send(method, "/api/v1/time", {}).assert_problem(405, "method-not-allowed").headers["Allow"]
        api.send(method, "/api/v1/wallets", {}).assert_problem(405, "method-not-allowed")
    api.send("POST", "/api/v1/wallets", {}).assert_problem(403, "person-required")
