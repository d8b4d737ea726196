from datetime import timedelta

import time_machine

from accounts.tests.rest_client import Api


def test_it_tells_the_servers_time_to_everybody(noon: time_machine.Traveller, db: None) -> None:
    noon.shift(timedelta(milliseconds=250))
    answer = Api().get("/api/v1/time")
    assert (answer.status, answer.json()) == (200, {"time": "2026-03-01T12:00:00.250000Z"})
    assert answer.headers["Cache-Control"] == "no-store"


def test_an_unknown_address_is_a_problem_document(db: None) -> None:
    for path in ("/api/v1/nothing", "/api/nothing", "/api/v1/time/", "/api/v1/%00"):
        Api().get(path).assert_problem(404, "not-found")
