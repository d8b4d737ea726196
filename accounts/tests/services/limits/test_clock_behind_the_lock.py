"""What takes a right away from a person reads its clock when it holds their lock: nothing seems to come after it."""

import ast
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from django.db import OperationalError, connections, transaction

from accounts.domain.approvals.requests import Decision
from accounts.domain.moments import Clock
from accounts.models import User
from accounts.services.approvals.decide_request import decide_request
from accounts.services.limits.self_exclude import self_exclude
from accounts.services.limits.take_time_out import take_time_out
from accounts.services.people.close_account import close_account
from accounts.tests.cast import NOON, PASSWORD, Person
from accounts.tests.staff import asked
from accounts.tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)
SERVICES = Path(__file__).parents[3] / "services"
TAKES_NOTHING_AWAY = {"add_beneficiary.py", "open_wallet.py"}
COMPARES = {"set_trading_limits.py"}
"""A change of a limit is never older than the one before it: `set_limit` sees to that."""


def is_locked(person: Person) -> bool:
    """Whether somebody holds the person's lock, seen from another connection."""

    def look() -> bool:
        try:
            with transaction.atomic():
                User.objects.select_for_update(no_key=True, nowait=True).get(pk=person.user.pk)
        except OperationalError:
            return True
        finally:
            connections.close_all()
        return False

    (seen,) = at_once([look])
    return seen is True


Act = Callable[[Person, User, User, Clock], object]
ACTS: dict[str, Act] = {
    "a time-out": lambda who, fay, rick, clock: take_time_out(user_id=who.user.pk, hours=24, clock=clock),
    "a self-exclusion": lambda who, fay, rick, clock: self_exclude(user_id=who.user.pk, months=6, clock=clock),
    "a closed account": lambda who, fay, rick, clock: close_account(
        user=who.user, password=PASSWORD, code=None, confirmation=who.user.email, clock=clock
    ),
    "a freeze": lambda who, fay, rick, clock: decide_request(
        request_id=asked("freeze_user", f"user:{who.user.pk}", by=fay).pk,
        decision=Decision.APPROVE, reason="", decided_by=rick.pk, clock=clock,
    ),
}  # fmt: skip


@pytest.mark.parametrize("act", ACTS)
def test_its_time_is_read_behind_the_lock(act: str, alice: Person, fay: User, rick: User) -> None:
    locked: list[bool] = []

    def clock() -> datetime:
        locked.append(is_locked(alice))
        return NOON

    ACTS[act](alice, fay, rick, clock)
    assert locked[-1] is True


def test_no_service_that_locks_a_person_is_told_the_time() -> None:
    """It would have been read before the wait. `decide_request` locks for the actions whose `locks_owner` is set."""
    told = set()
    for path in SERVICES.rglob("*.py"):
        tree = ast.parse(path.read_text())
        calls = {
            node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        names = {
            each.arg for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) for each in node.args.kwonlyargs
        }
        if "lock_person" in calls and "now" in names:
            told.add(path.name)
    assert told == TAKES_NOTHING_AWAY | COMPARES
