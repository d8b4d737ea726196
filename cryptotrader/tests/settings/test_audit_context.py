"""Each change that a request makes is stored with its user and its origin, for every door."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEvent, User
from accounts.tests.cast import NOON, PASSWORD
from accounts.tests.rest_client import Api
from cryptotrader.celery import app
from cryptotrader.program import program_name
from trading.tests.cast import Stage, Trader

pytestmark = pytest.mark.django_db


def last() -> AuditEvent:
    return AuditEvent.objects.latest("id")


def test_a_page_leaves_its_user_address_and_path(client: Client, alice: Trader, bob: Trader) -> None:
    staff = User.objects.create_superuser("root@example.com", PASSWORD, locale="en")
    client.force_login(staff)
    client.post(f"/admin/accounts/user/{bob.user.pk}/note/", {"text": "a call"}, REMOTE_ADDR="203.0.113.7")
    event = last()
    assert (event.table, event.actor, event.person) == ("person_notes", staff, bob.user)
    context = event.context or {}
    assert context.pop("request")
    assert context == {
        "user": staff.pk, "address": "203.0.113.7", "method": "POST",
        "path": f"/admin/accounts/user/{bob.user.pk}/note/",
    }  # fmt: skip


def test_a_token_is_known_by_its_person(alice: Trader) -> None:
    answer = Api(alice).patch("/api/v1/me", {"sounds": True})
    assert answer.status == 200
    assert (last().table, last().actor, (last().context or {})["path"]) == ("users", alice.user, "/api/v1/me")


def test_a_visitor_is_nobody(client: Client) -> None:
    client.post("/api/v1/auth/register", {"email": "new@example.com", "password": PASSWORD}, "application/json")
    made = AuditEvent.objects.get(table="users", operation="INSERT")
    assert (made.actor, (made.context or {})["user"]) == (None, None)


def test_an_odd_path_breaks_nothing(client: Client, alice: Trader) -> None:
    client.force_login(alice.user)
    assert client.post("/%00%ed%a0%80/").status_code == 404


def test_taking_an_order_sends_nothing_for_the_audit(stage: Stage, alice: Trader) -> None:
    api = Api(alice)
    order = {"amount": 1, "direction": "up", "duration": 60}
    for path in ("/api/v1/flash-trades", "/api/flash-trades"):
        with CaptureQueriesContext(connection) as queries:
            api.post(path, order, Idempotency_Key=path)
        assert not [query for query in queries if "pghistory" in query["sql"]]


def test_a_task_is_known_by_its_name(alice: Trader) -> None:
    @app.task(name="tests.change_sounds")
    def change_sounds() -> None:
        User.objects.update(sounds=True)

    change_sounds()
    assert last().context == {"task": "tests.change_sounds"}


@pytest.mark.parametrize(
    ("argv", "name"),
    [
        (["/srv/manage.py", "seed_demo", "--quiet"], "manage.py seed_demo by ann"),
        (["/usr/bin/gunicorn", "-w4"], "gunicorn by ann"),
        (["/lib/daphne/__main__.py", "-b"], "daphne by ann"),
        (["manage.py"], "manage.py by ann"),
        ([""], "python by ann"),
        ([], "python by ann"),
        (["mänage.py", "x\n"], "m?nage.py x? by ann"),
        (["x" * 100], "x" * 63),
    ],
)
def test_a_program_is_known_by_its_command(argv: list[str], name: str) -> None:
    assert program_name(argv, "ann") == name


def test_the_database_is_told_the_program(alice: Trader) -> None:
    User.objects.update(sounds=True)
    assert last().program == program_name()
    assert last().at > NOON


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_opens_during_a_request_forgets_it_afterwards(client: Client, alice: Trader) -> None:
    client.force_login(alice.user)
    connection.close()
    connection.execute_wrappers.clear()
    client.post("/i18n/setlang/", {"language": "ko"})
    assert [wrapper.__name__ for wrapper in connection.execute_wrappers] == ["_tell_standby"]
    assert AuditEvent.objects.filter(table="users", operation="UPDATE").latest("id").actor == alice.user
