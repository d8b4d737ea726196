"""The description of the API: it is complete, valid, committed, served and shown."""

import json
import re
from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema
from jsonschema import Draft202012Validator

from accounts.tests.rest_client import Api
from cryptotrader.openapi.operations import NOT_DESCRIBED, OPERATIONS
from cryptotrader.openapi.shapes import SHAPES
from cryptotrader.openapi.views import FILE, STREAMS_FILE
from cryptotrader.tests.support.doors import DOORS, Who

WRITE = "run `make schema`, and commit the file"


def generated() -> dict[str, Any]:
    generator: Any = SchemaGenerator  # it has no types
    schema: dict[str, Any] = json.loads(json.dumps(generator().get_schema(request=None, public=True)))
    return schema


def test_the_committed_description_is_that_of_the_routes() -> None:
    assert json.loads(FILE.read_text()) == generated(), WRITE


def test_it_is_valid_and_so_is_each_shape() -> None:
    check: Any = validate_schema
    check(generated())
    for shape in SHAPES.values():
        Draft202012Validator.check_schema(shape)


def test_every_door_is_described_or_left_out_for_a_reason() -> None:
    doors = {
        (method, "/" + re.sub(r"<\w+:(\w+)>", r"{\1}", route)): door
        for route, methods in DOORS.items()
        for method, door in methods.items()
    }
    described = {(method, path) for method, path in doors if path not in NOT_DESCRIBED}
    told = {(method, path) for name in OPERATIONS for method, path in [name.split(" ")]}
    assert described == told - {("GET", "/.well-known/jwks.json")}
    for method, path in described:
        door = doors[method, path]
        operation = OPERATIONS[f"{method} {path}"]
        assert operation.public == (door.who is Who.ANYBODY or door.public_part), operation.id


def test_whatever_may_have_a_body_may_be_refused_for_it() -> None:
    written = {name: each for name, each in OPERATIONS.items() if not name.startswith("GET ")}
    assert [name for name, each in written.items() if not {413, 415} <= set(each.statuses())] == []


def test_a_request_shows_a_token_or_a_signature_of_three_headers() -> None:
    told = generated()
    schemes = {name: scheme.get("name") for name, scheme in told["components"]["securitySchemes"].items()}
    headers = {"key": "X-Api-Key", "timestamp": "X-Timestamp", "signature": "X-Signature"}
    assert schemes == {"bearer": None, **headers}
    either: list[dict[str, list[str]]] = [{"bearer": []}, {name: [] for name in headers}]
    for methods in told["paths"].values():
        for operation in methods.values():
            assert [each for each in operation["security"] if each] == either


def test_each_operation_has_a_name_of_its_own() -> None:
    names = [operation.id for operation in OPERATIONS.values()]
    assert len(names) == len(set(names))
    for operation in OPERATIONS.values():
        assert all(HTTPStatus(status) for status in operation.statuses())


def test_each_shape_is_used() -> None:
    text = FILE.read_text() + STREAMS_FILE.read_text()
    assert [name for name in SHAPES if f'"#/components/schemas/{name}"' not in text] == []


@pytest.mark.django_db
def test_it_is_served_with_an_etag() -> None:
    answer = Api().get("/api/v1/schema")
    assert (answer.status, answer.json()["openapi"]) == (200, "3.1.0")
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    again = Api().get("/api/v1/schema", **{"If-None-Match": answer.headers["ETag"]})
    assert (again.status, again.content, again.headers["ETag"]) == (304, b"", answer.headers["ETag"])


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_page_shows_it_under_our_content_security_policy(client: Client, language: str) -> None:
    page = client.get("/api/docs", headers={"Accept-Language": language})
    html = page.content.decode()
    assert page.status_code == 200
    assert 'data-schema="/api/v1/schema"' in html
    assert "unsafe" not in page["Content-Security-Policy"]
    assert re.findall(r'(?:src|href)="(https?:[^"]*)"', html) == []
