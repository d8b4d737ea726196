import pytest

from accounts.tests.cast import Person
from accounts.tests.rest_client import Api

PATH = "/api/v1/me"
SETTINGS = {
    "locale": "ko",
    "time_zone": "Asia/Seoul",
    "colours": "world",
    "sounds": True,
    "reality_check_minutes": 60,
}


def test_it_tells_who_is_calling_and_how_they_want_things(alice: Person) -> None:
    assert Api(alice).get(PATH).json() == {
        "id": alice.user.pk,
        "email": "alice@example.com",
        "joined_at": "2026-03-01T12:00:00Z",
        "has_second_factor": False,
        "locale": "en",
        "time_zone": "",
        "colours": "language",
        "sounds": False,
        "reality_check_minutes": None,
    }


def test_it_changes_what_it_names_and_nothing_else(alice: Person, bob: Person) -> None:
    api = Api(alice)
    assert api.patch(PATH, SETTINGS).json().items() >= SETTINGS.items()
    answer = api.patch(PATH, {"reality_check_minutes": None})
    assert (answer.status, answer.json()) == (200, api.get(PATH).json())
    assert answer.json().items() >= (SETTINGS | {"reality_check_minutes": None}).items()
    assert Api(bob).get(PATH).json()["locale"] == "en"


def test_one_bad_setting_changes_none(alice: Person) -> None:
    answer = Api(alice).patch(PATH, SETTINGS | {"colours": "rainbow", "is_staff": True})
    answer.assert_problem(400, "invalid-input")
    assert answer.fields == {"colours": "unknown-value", "is_staff": "unknown-field"}
    assert Api(alice).get(PATH).json()["locale"] == "en"


@pytest.mark.parametrize(
    "body",
    [
        "[]",
        "null",
        "{",
        '{"sounds": NaN}',
        '{"reality_check_minutes": 1e400}',
        '{"time_zone": "\\u0000"}',
        '{"locale": "\\ud800"}',
        '{"\\ud800": 1}',
        '{"' + "x" * 5000 + '": 1}',
    ],
)
def test_it_refuses_bodies_that_mean_nothing(alice: Person, body: str) -> None:
    Api(alice).patch(PATH, body).assert_problem(400, "invalid-input")


def test_a_body_may_not_be_huge(alice: Person) -> None:
    Api(alice).patch(PATH, '{"locale": "' + "k" * 70_000 + '"}').assert_problem(413, "body-too-large")


def test_it_wants_to_know_who_asks(db: None) -> None:
    Api().get(PATH).assert_problem(401, "not-authenticated")
    Api().patch(PATH, SETTINGS).assert_problem(401, "not-authenticated")
