"""All that the framework throws while it reads a request becomes a problem, at every address and quickly."""

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.tests.rest_client import Answer

pytestmark = pytest.mark.django_db
FORM = "application/x-www-form-urlencoded"
PLACES = ["/api/v1/time", "/api/v1/flash-trades", "/_allauth/app/v1/auth/login", "/udf/time", "/.well-known/jwks.json"]
PAGES = ["/", "/accounts/login/", "/nowhere"]

UNREADABLE: dict[str, tuple[int, str, dict[str, str]]] = {
    "more parameters than anybody needs": (400, "invalid-input", {"query": "&".join(["a=1"] * 1001)}),
    "more fields than anybody needs": (400, "invalid-input", {"data": "&".join(["a=1"] * 1001), "content_type": FORM}),
    "another host": (400, "invalid-input", {"Host": "evil.example"}),
    "a host that is none": (400, "invalid-input", {"Host": "a b"}),
    "a form in parts without a boundary": (400, "invalid-input", {"data": "x", "content_type": "multipart/form-data"}),
    "a form that isn't UTF-8": (400, "invalid-input", {"data": "a=1", "content_type": f"{FORM}; charset=utf-16"}),
    "a charset that is no text": (
        400, "invalid-input",
        {"data": "--x\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--x--",
         "content_type": "multipart/form-data; boundary=x; charset=hex"},
    ),
    "a body that is too large": (413, "body-too-large", {"data": "x" * 70_000, "content_type": "application/json"}),
    "an encoded body": (
        415, "unsupported-content-encoding",
        {"data": "{}", "content_type": "application/json", "Content-Encoding": "gzip"},
    ),
    "the same header twice": (400, "invalid-input", {"Idempotency-Key": "a,b"}),
}  # fmt: skip


@pytest.fixture(params=[True, False], ids=["debug", "production"])
def client(request: pytest.FixtureRequest, settings: Settings) -> Client:
    settings.DEBUG = request.param
    return Client(raise_request_exception=False)


def sent(
    client: Client, path: str, *, query: str = "", data: str = "", content_type: str = "", **headers: str
) -> Answer:
    method = "POST" if data else "GET"
    return Answer(client.generic(method, path, data, content_type, headers=headers, QUERY_STRING=query))


@pytest.mark.parametrize("fault", UNREADABLE)
def test_what_cant_be_read_is_a_problem_for_programs_and_a_page_for_people(client: Client, fault: str) -> None:
    status, code, request = UNREADABLE[fault]
    for path in PLACES:
        sent(client, path, **request).assert_problem(status, code)
    for path in PAGES:
        answer = sent(client, path, **request)
        assert (answer.status, answer.headers["Content-Type"]) == (status, "text/html; charset=utf-8")
        assert len(answer.content) < 10_000  # not the page for developers


def test_the_problem_names_the_header(client: Client) -> None:
    for name in ("Idempotency-Key", "X-Api-Key", "X-Timestamp", "X-Signature"):
        answer = sent(client, "/api/v1/time", **{name: "a,b"})
        assert answer.fields == {name: "duplicate-header"}


def test_the_problem_speaks_the_readers_language(client: Client) -> None:
    answers = [
        sent(client, "/api/v1/time", **{"Host": "evil.example", "Accept-Language": each}) for each in ("en", "ko")
    ]
    assert answers[0].json()["title"] != answers[1].json()["title"]
