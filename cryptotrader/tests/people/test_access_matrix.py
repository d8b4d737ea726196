"""Access of every kind of caller to every endpoint of the API.

A new endpoint: add its route, as `urls.py` writes it, and its methods to `DOORS` in `doors.py`. Until then
`test_every_endpoint_is_listed` fails. Set

- `who` may enter: a Scope (API keys need it, people have all), `PEOPLE` (no API key) or `ANYBODY`;
- `thing` if the route names a person's object: a function that creates one for a Trader and returns its id;
- `foreign=True` if others choose the body's format;
- `excluded=True` and a valid `body` if self-exclusion closes the door.

The rest is tested here: visitors, the objects of others, wrong scopes, frozen, closed and self-excluded people.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.views import APIView

from accounts.domain.access.scopes import Scope
from accounts.models import User
from accounts.services.limits.self_exclude import self_exclude
from accounts.tests.cast import NOON, standing
from accounts.tests.codes import App
from accounts.tests.keys import made_key
from accounts.tests.rest_client import Answer, Api
from cryptotrader.tests.support.doors import DOORS, OUTSIDE, Door, Who
from trading.tests.cast import SYMBOL, Stage, Trader

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
SOMETHING = {"uid": "0195a1b2-0000-7000-8000-000000000000", "id": "1", "str": SYMBOL}


@dataclass(frozen=True)
class Case:
    """One method of one endpoint."""

    route: str
    method: str
    door: Door

    def call(self, api: Api, id: object = None, more: Mapping[str, object] | None = None) -> Answer:
        path = re.sub(r"<(\w+):\w+>", lambda kind: str(id or SOMETHING[kind[1]]), "/" + self.route)
        return api.send(self.method, path, None if self.method == "GET" else {**self.door.body(), **(more or {})})

    def __str__(self) -> str:
        return f"{self.method} {self.route}"


CASES = [Case(route, method, door) for route, methods in DOORS.items() for method, door in methods.items()]
GUARDED = [case for case in CASES if case.door.who is not Who.ANYBODY]
each_case = pytest.mark.parametrize("case", CASES, ids=str)
each_guarded = pytest.mark.parametrize("case", GUARDED, ids=str)


@pytest.fixture(autouse=True)
def _noon(stage: Stage) -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


def test_every_endpoint_is_listed() -> None:
    found = {}
    for route, pattern in _patterns(get_resolver().url_patterns):
        if re.match(r"\^?\(?api\b", route) and route not in OUTSIDE:
            view = getattr(pattern.callback, "cls", type(None))
            assert issubclass(view, APIView), f"{route} is no API view: list it in OUTSIDE?"
            found[route] = {method for method in METHODS if hasattr(view, method.lower())}
    assert found == {route: set(methods) for route, methods in DOORS.items()}


def _patterns(patterns: list[Any], before: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _patterns(pattern.url_patterns, route)
        else:
            yield route, pattern


@each_case
def test_visitors_come_in_where_anybody_may_and_nowhere_else(case: Case) -> None:
    answer = case.call(Api())
    if case.door.who is Who.ANYBODY or case.door.public_part:
        assert answer.status not in (401, 403)
    else:
        answer.assert_problem(401, "not-authenticated")


@each_guarded
def test_a_person_has_every_scope(case: Case, alice: Trader) -> None:
    assert case.call(Api(alice), _thing_of(case, alice)).status not in (401, 403, 405)


@each_guarded
def test_a_key_needs_the_scope(case: Case, alice: Trader) -> None:
    App(alice.user)
    scope = case.door.who
    if isinstance(scope, Scope):
        others = [other for other in Scope if other is not scope]
        for scopes in [[other] for other in others] + [others]:
            answer = case.call(Api(token=made_key(alice, *scopes).secret)).assert_problem(403, "scope-missing")
            assert answer.json()["scope"] == scope
        right = case.call(Api(token=made_key(alice, scope).secret), _thing_of(case, alice))
        assert right.status not in (401, 403, 405) or right.json()["code"] == "second-factor-required"
    else:
        case.call(Api(token=made_key(alice, *Scope).secret)).assert_problem(403, "person-required")


@pytest.mark.parametrize("case", [case for case in GUARDED if case.door.thing], ids=str)
def test_what_belongs_to_others_isnt_there(case: Case, alice: Trader, bob: Trader) -> None:
    id = _thing_of(case, bob)
    case.call(Api(alice), id).assert_problem(404, "not-found")
    if isinstance(case.door.who, Scope):
        App(alice.user)  # a key with the withdraw scope needs it
        case.call(Api(token=made_key(alice, case.door.who).secret), id).assert_problem(404, "not-found")
    assert case.call(Api(bob), id).status < 400


@each_guarded
@pytest.mark.parametrize("state", ["frozen", "closed"])
def test_who_is_frozen_or_has_closed_the_account_comes_in_nowhere(case: Case, alice: Trader, state: str) -> None:
    App(alice.user)
    key, browser = Api(token=made_key(alice, *Scope).secret), Client(raise_request_exception=False)
    browser.force_login(alice.user)
    User.objects.filter(pk=alice.user.pk).update(is_active=False, **{f"{state}_at": NOON})
    case.call(key).assert_problem(403, f"account-{state}")
    page = Api()
    page.client = browser
    if case.door.public_part:
        assert case.call(page).json() == case.call(Api()).json()
    else:
        case.call(page).assert_problem(401, "not-authenticated")


@each_guarded
@pytest.mark.parametrize("state", ["frozen", "closed"])
def test_a_token_of_theirs_opens_nothing_though_it_is_not_expired(case: Case, alice: Trader, state: str) -> None:
    app = Api(alice)
    User.objects.filter(pk=alice.user.pk).update(is_active=False, **{f"{state}_at": NOON})
    case.call(app).assert_problem(401, "not-authenticated")


@each_guarded
def test_self_exclusion_closes_the_doors_to_trading_and_no_others(case: Case, alice: Trader) -> None:
    id = _thing_of(case, alice)
    self_exclude(user_id=alice.user.pk, months=6, clock=standing(NOON))
    answer = case.call(Api(alice), id)
    if case.door.excluded:
        answer.assert_problem(403, "self-excluded")
    else:
        assert answer.status not in (401, 403)


@pytest.mark.parametrize("case", [case for case in CASES if case.method != "GET" and not case.door.foreign], ids=str)
def test_a_member_that_no_door_knows_is_refused_by_name(case: Case, alice: Trader) -> None:
    id = _thing_of(case, alice)
    answer = case.call(Api(alice), id, {"not_a_member": 1, "\ud800": None})
    assert answer.assert_problem(400, "invalid-input").fields == {
        "not_a_member": "unknown-field",
        "\\ud800": "unknown-field",
    }


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("path", ["/api/v1/nowhere", "/api/nowhere", "/api/v1/flash-trades/x/y", "/_allauth/x"])
def test_an_unknown_address_is_a_404_for_any_method_without_a_csrf_token(path: str, method: str) -> None:
    stranger = Api()
    stranger.client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    stranger.send(method, path, {"amount": 1}).assert_problem(404, "not-found")


def _thing_of(case: Case, owner: Trader) -> object:
    return case.door.thing(owner) if case.door.thing else None
