"""No cache keeps an answer with somebody's data."""

import pytest
import time_machine
from django.test import Client

from accounts.services.people.register_staff import register_staff
from accounts.tests.cast import NOON
from accounts.tests.rest_client import Api
from cryptotrader.tests.people import test_access_matrix as matrix
from cryptotrader.tests.people.test_form_pages import addresses, arguments, readers  # noqa: F401  (fixtures)
from cryptotrader.tests.support.doors import Who
from trading.tests.cast import Stage, Trader

PUBLIC = {"offline", "service_worker"}
"""The same for everybody: a browser keeps them for when there is no network."""
pytestmark = pytest.mark.django_db(transaction=True)


def is_stored(response: object) -> bool:
    return "no-store" not in response.headers.get("Cache-Control", "")  # type: ignore[attr-defined]


@pytest.mark.long
def test_no_page_is_stored_whoever_reads_it(
    alice: Trader,
    readers: list[Client],  # noqa: F811
    arguments: dict[str, list[object]],  # noqa: F811
) -> None:
    root = Client()
    root.force_login(register_staff(email="root@example.com", password="correct horse", now=NOON))
    pages = [*addresses(arguments, readers[1]), ("admin", "/admin/"), ("person", "/admin/accounts/user/"), ("no", "/x")]
    assert len(pages) > 50
    for reader in (*readers, root):
        answers = {name: reader.get(address) for name, address in pages}
        assert {name for name, answer in answers.items() if is_stored(answer)} == PUBLIC


def test_no_answer_to_a_person_is_stored_except_public_data(alice: Trader, stage: Stage) -> None:
    with time_machine.travel(NOON, tick=False):
        caller, visitor = Api(alice), Api()
        stored = {str(case) for case in matrix.CASES if is_stored(case.call(caller))}
        public = {str(case) for case in matrix.CASES if case.door.who is Who.ANYBODY and is_stored(case.call(visitor))}
    assert stored <= public
    assert all(case.startswith("GET ") for case in public)
    assert is_stored(visitor.get("/udf/config"))
