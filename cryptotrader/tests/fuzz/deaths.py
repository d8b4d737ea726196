"""A process that dies between any two of its steps: its commits stay, its other work never happened."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import connection, transaction

T = TypeVar("T")


class Died(BaseException):
    """Not an Exception: a dead process can't catch it."""


@dataclass(frozen=True)
class Death:
    """Before the process's n-th statement. With `after_commit`: after the commit of that statement's transaction, and
    before anybody hears of it.
    """

    statement: int
    after_commit: bool = False


def survive(call: Callable[[], T], death: Death | None) -> T | None:
    """Returns the call's result; None if it died before."""
    if death is None:
        return call()
    try:
        with connection.execute_wrapper(_Countdown(death)):
            return call()
    except Died:
        return None


class _Countdown:
    def __init__(self, death: Death) -> None:
        self.death = death
        self.left = death.statement

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        self.left -= 1
        if self.left == 0:
            if not self.death.after_commit:
                raise Died
            transaction.on_commit(self._die)
        return execute(sql, params, many, context)

    def _die(self) -> None:
        raise Died
