"""The description of the API as a file and as a page."""

from functools import cache
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from rest_framework.request import Request

from trading.api.market import Public

FILE = Path(__file__).with_name("openapi.json")
STREAMS_FILE = Path(__file__).with_name("asyncapi.json")


class Schema(Public):
    """The description in OpenAPI 3.1: the committed file, which a test compares with the routes."""

    def get(self, request: Request) -> HttpResponse:
        headers = {"Cache-Control": "public, max-age=300"}
        return HttpResponse(_description(), content_type="application/json", headers=headers)


class Streams(Public):
    """The description of the socket in AsyncAPI 3, likewise."""

    def get(self, request: Request) -> HttpResponse:
        headers = {"Cache-Control": "public, max-age=300"}
        return HttpResponse(_streams(), content_type="application/json", headers=headers)


@cache
def _description() -> bytes:
    return FILE.read_bytes()


@cache
def _streams() -> bytes:
    return STREAMS_FILE.read_bytes()


@require_safe
def documentation(request: HttpRequest) -> HttpResponse:
    """The same for people, by Swagger UI."""
    return render(request, "api_docs.html")
