"""A program that calls the REST API."""

import json
from typing import Any

from django.test import Client, RequestFactory
from django.utils import timezone

from accounts.services.access.issue_tokens import TokenPair, issue_tokens
from accounts.tests.cast import PASSWORD, Person


def tokens_of(trader: Person, password: str = PASSWORD) -> TokenPair:
    """Returns a new pair of tokens for a person of the cast."""
    request = RequestFactory().post("/")
    return issue_tokens(email=trader.user.email, password=password, request=request, now=timezone.now())


class Api:
    """Calls the API as a person; `body` may be raw JSON text, to send text that `json.dumps` can't make."""

    def __init__(self, trader: Person | None = None, token: str | None = None, **headers: str) -> None:
        token = tokens_of(trader).access if trader else token
        self.headers = headers | ({"Authorization": f"Bearer {token}"} if token else {})
        self.client = Client(raise_request_exception=False)

    def get(self, path: str, **headers: str) -> "Answer":
        return Answer(self.client.get(path, headers=self.headers | headers))

    def post(self, path: str, body: object, content_type: str = "application/json", **headers: str) -> "Answer":
        content = body if isinstance(body, str | bytes) else json.dumps(body)
        sent = {name.replace("_", "-"): value for name, value in (self.headers | headers).items()}
        return Answer(self.client.post(path, content, content_type=content_type, headers=sent))

    def patch(self, path: str, body: object, **headers: str) -> "Answer":
        content = body if isinstance(body, str | bytes) else json.dumps(body)
        sent = {name.replace("_", "-"): value for name, value in (self.headers | headers).items()}
        return Answer(self.client.patch(path, content, content_type="application/json", headers=sent))

    def send(self, method: str, path: str, body: object = None) -> "Answer":
        """Sends any method, with or without a JSON body."""
        content = "" if body is None else json.dumps(body)
        return Answer(self.client.generic(method, path, content, content_type="application/json", headers=self.headers))

    def put(self, path: str, body: object) -> "Answer":
        content = body if isinstance(body, str | bytes) else json.dumps(body)
        return Answer(self.client.put(path, content, content_type="application/json", headers=self.headers))


class Answer:
    """The response."""

    def __init__(self, response: Any) -> None:
        self.status: int = response.status_code
        self.content: bytes = response.getvalue()  # also of a streamed response
        self.headers = response.headers

    def json(self) -> Any:
        return json.loads(self.content)

    @property
    def fields(self) -> dict[str, str]:
        """Returns the faulty fields in a problem document, each with its code."""
        return {error["field"]: error["code"] for error in self.json().get("errors", [])}

    def assert_problem(self, status: int, code: str) -> "Answer":
        """Checks that this is the complete RFC 9457 document of that problem."""
        assert (self.status, self.headers["Content-Type"]) == (status, "application/problem+json"), self.content
        body = self.json()
        assert (body["status"], body["code"], body["type"]) == (status, code, f"/docs/problems#{code}")
        assert body["title"]
        assert body["request_id"]
        assert isinstance(body["detail"], str)
        for error in body.get("errors", []):
            assert error.keys() == {"field", "code", "message"}
            assert all(error.values())
        return self
