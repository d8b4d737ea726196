"""One operation of the API, as its description needs it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from cryptotrader.openapi.shapes import SHAPES
from cryptotrader.openapi.words import Schema, any_whole, choice, named, text

JSON, PROBLEM = "application/json", "application/problem+json"
ALWAYS = (400, 406, 429, 500, 503)
"""Refusals that any operation may give."""

NAMES = {413: "Request Entity Too Large", 422: "Unprocessable Entity"}
"""Python 3.13 calls them otherwise than 3.11, and the description is the same everywhere."""

SIGNED = ("key", "timestamp", "signature")
"""The security schemes that a request with a signed key (`hmac`) meets together."""

REPLAYED = {
    "Idempotency-Replayed": {
        "description": "true: the same request came before, and this is its answer",
        "schema": choice(["true"]),
    }
}
LOCATION = {"Location": {"description": "the path of the new object", "schema": text()}}


@dataclass(frozen=True, slots=True)
class Operation:
    """`answers`: the shape of the body by status; None: no body. `public`: it needs no login.

    `refusals`: its statuses beside those that every operation may give. `about` says more than the summary.
    """

    id: str
    tag: str
    summary: str
    answers: Mapping[int, str | None]
    body: str | None = None
    query: Mapping[str, Schema] = field(default_factory=dict)
    needed: tuple[str, ...] = ()
    refusals: tuple[int, ...] = ()
    public: bool = False
    about: str = ""
    headers: Mapping[str, Schema] = field(default_factory=dict)
    """Headers of its successful answers."""

    key: bool = False
    """Whether it takes an Idempotency-Key, which names the request for ever."""

    media: str = JSON
    leads: Mapping[str, str] = field(default_factory=dict)
    """The operations that take a part of the answer as a parameter: its name and the place, by their ids."""

    def statuses(self) -> list[int]:
        """All statuses of refusals, ascending."""
        login = () if self.public else (401, 403)
        written = (413, 415) if self.body else ()
        return sorted({*ALWAYS, *self.refusals, *login, *written})

    def described(self, path: str, parameters: list[dict[str, Any]]) -> dict[str, Any]:
        """Returns the operation as OpenAPI writes it."""
        told: dict[str, Any] = {"operationId": self.id, "tags": [self.tag], "summary": self.summary}
        if self.about:
            told["description"] = self.about
        if parameters or self.query or self.key:
            told["parameters"] = parameters + self._parameters()
        if self.body:
            needed = "required" in SHAPES[self.body]
            told["requestBody"] = {"required": needed, "content": {JSON: {"schema": named(self.body)}}}
        told["security"] = [{"bearer": []}, {key: [] for key in SIGNED}, *([{}] if self.public else [])]
        told["responses"] = {
            **{str(status): self._answer(status, shape) for status, shape in self.answers.items()},
            **{str(status): {"$ref": f"#/components/responses/{name_of(status)}"} for status in self.statuses()},
        }
        return told

    def _parameters(self) -> list[dict[str, Any]]:
        asked = [
            {"name": name, "in": "query", "required": name in self.needed, "schema": schema}
            for name, schema in self.query.items()
        ]
        if not self.key:
            return asked
        name = "IdempotencyKey" if "client_order_id" in SHAPES[self.body or ""]["properties"] else "RequiredKey"
        return [*asked, {"$ref": f"#/components/parameters/{name}"}]

    def _answer(self, status: int, shape: str | None) -> dict[str, Any]:
        told: dict[str, Any] = {"description": HTTPStatus(status).phrase}
        headers = {**self.headers, **(REPLAYED if self.key else {}), **(LOCATION if self.key and status == 201 else {})}
        if headers:
            told["headers"] = headers
        if shape:
            told |= {"links": self._links()} if self.leads else {}
            told["content"] = {self.media: {"schema": named(shape) if self.media == JSON else text()}}
        return told

    def _links(self) -> dict[str, Any]:
        links = {}
        for id, place in self.leads.items():
            name, _, pointer = place.partition(" ")
            links[id] = {"operationId": id, "parameters": {name: f"$response.body#{pointer}"}}
        return links


def name_of(status: int) -> str:
    """Returns the name of the refusals of a status among the components."""
    return "".join(word.capitalize() for word in NAMES.get(status, HTTPStatus(status).phrase).replace("-", " ").split())


def pages(default: int, most: int, cursor: Schema) -> dict[str, Schema]:
    """The parameters of a list in pages."""
    return {"limit": {**any_whole(1, most)["anyOf"][0], "default": default}, "cursor": cursor}
