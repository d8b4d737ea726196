"""A refusal is one line in the log; an error has its traceback."""

import io
import logging
from collections.abc import Iterator

import pytest
from django.test import Client

from accounts.models import User
from accounts.tests.cast import PASSWORD


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    (console,) = [each for each in logging.getLogger().handlers if each.name == "console"]
    assert isinstance(console, logging.StreamHandler)
    before = console.setStream(io.StringIO())
    yield console.stream
    console.setStream(before)


@pytest.mark.django_db
def test_what_staff_may_not_do_is_one_line(client: Client, lines: io.StringIO) -> None:
    client.force_login(User.objects.create_superuser("staff@example.com", PASSWORD))
    assert client.post("/admin/trading/indexprice/add/", {"price": "1"}).status_code == 403
    written = lines.getvalue()
    assert "Forbidden (Permission denied): /admin/trading/indexprice/add/" in written
    assert "Traceback" not in written


def test_what_broke_comes_with_its_traceback(lines: io.StringIO) -> None:
    try:
        1 // int("0")
    except ZeroDivisionError:
        logging.getLogger("django.request").exception("broken", extra={"status_code": 500})
        logging.getLogger("trading").exception("broken too")
    assert lines.getvalue().count("ZeroDivisionError: ") == 2
