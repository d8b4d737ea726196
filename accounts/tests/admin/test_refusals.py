"""Refusals as members of staff read them, in their language."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.utils.translation import override

from accounts.admin.refusals import refusal_text
from accounts.domain.cashier.real_money import WITHDRAWAL_STEPS, WithdrawalState, WrongState, check_step
from accounts.domain.errors import Refusal

ROOT = Path(settings.BASE_DIR)
SHOWN = (
    "accounts/services", "accounts/steps", "accounts/payments/providers.py", "accounts/domain/cashier",
    "accounts/domain/approvals", "trading/services/instruments", "trading/services/settlement",
)  # fmt: skip
PROGRAMS = ("services/access", "services/push")
"""Services of programs and of people's own pages: no member of staff reads their refusals in the office."""


def refusals(of: type[Refusal] = Refusal) -> Iterator[str]:
    for each in of.__subclasses__():
        yield each.__name__
        yield from refusals(each)


def english(path: Path, names: set[str]) -> Iterator[str]:
    """The raised refusals of a file whose detail is a sentence that nobody can translate."""
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Raise):
            continue
        call = node.exc
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in names and call.args:
            parts = call.args[0].values if isinstance(call.args[0], ast.JoinedStr) else [call.args[0]]
            words = [part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)]
            if any(character.isalpha() for word in words for character in word):
                yield f"{path.relative_to(ROOT)}:{node.lineno}"


def test_a_detail_that_staff_read_can_be_translated() -> None:
    """`Said(mark(...))` is the way; ids, emails and references stay as they are."""
    files = [
        path for room in SHOWN for path in ([ROOT / room] if room.endswith(".py") else (ROOT / room).rglob("*.py"))
    ]
    wanted = [path for path in files if not any(room in str(path) for room in PROGRAMS)]
    assert len(wanted) > 60
    names = {"Refusal", *refusals()}
    assert [place for path in wanted for place in english(path, names)] == []


def test_a_state_and_its_sentence_are_in_the_readers_language() -> None:
    with pytest.raises(WrongState) as refused:
        check_step(WITHDRAWAL_STEPS, WithdrawalState.DONE, WithdrawalState.REFUSED)
    assert refused.value.detail == "It is done, so it can't become refused"
    with override("en"):
        assert refusal_text(refused.value).endswith(" – It is done, so it can't become refused")
    with override("ko"):
        shown = refusal_text(refused.value)
    assert not any(character.isascii() and character.isalpha() for character in shown)
