"""A request of which no answer comes gives its connection back: else each would leave one less in the pool."""

from collections.abc import Iterator
from typing import NoReturn

import pytest
from django.core.signals import request_finished
from django.http import HttpRequest, StreamingHttpResponse

from cryptotrader.tests.support.servers import Sent, by_asgi

pytestmark = pytest.mark.django_db


class Broken(Exception):
    pass


def _fails(*_: object, **__: object) -> NoReturn:
    raise Broken


def _fails_midway(_: HttpRequest) -> StreamingHttpResponse:
    def parts() -> Iterator[bytes]:
        yield b"one"
        raise Broken

    return StreamingHttpResponse(parts())


@pytest.mark.parametrize("view", [_fails, _fails_midway])
def test_it_ends_all_the_same(view: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cryptotrader.requests.handlers._Resolved.resolve_request", lambda *_: (view, (), {}))
    monkeypatch.setattr("cryptotrader.problems.render_to_string", _fails)  # the page of an error
    ended: list[object] = []

    def remember(sender: object, **_: object) -> None:
        ended.append(sender)

    request_finished.connect(remember)
    try:
        with pytest.raises(Broken):
            by_asgi(Sent("GET", "/"))
    finally:
        request_finished.disconnect(remember)
    assert len(ended) == 1
