import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client

from cryptotrader.catalogue import known_problems

ROOT = Path(__file__).parents[3]
DOCUMENT = ROOT / "docs" / "problems.md"
OF_STAFF = {
    "accounts/domain/approvals/requests.py",
    "accounts/domain/approvals/standing.py",
    "accounts/domain/cashier/terms.py",
    "accounts/domain/office_texts.py",
    "accounts/services/cashier/change_terms.py",
    "accounts/services/ledger/adjust_balance.py",
    "accounts/services/ledger/grant_bonus.py",
    "accounts/services/limits/raise_limit.py",
    "accounts/services/people/announce.py",
    "accounts/services/people/change_staff.py",
    "trading/domain/payouts.py",
    "trading/services/instruments/change_payout.py",
    "trading/services/instruments/set_instrument_status.py",
}
"""Only forms of the back office show the faults of these modules."""


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "title"), [("en", "There is no fresh price at the moment"), ("ko", "현재 유효한 최신 가격이 없습니다")]
)
def test_every_code_leads_somewhere(client: Client, language: str, title: str) -> None:
    page = client.get("/docs/problems", headers={"Accept-Language": language}).content.decode()
    assert set(re.findall(r'<div id="([a-z-]+)">', page)) == set(known_problems())
    assert title in page


def test_the_document_says_of_every_code_what_to_do() -> None:
    assert set(re.findall(r"^### `([a-z-]+)`", DOCUMENT.read_text(), re.MULTILINE)) >= set(known_problems())


def test_it_knows_the_refusals_of_every_room() -> None:
    known = known_problems()
    assert known["stale-price"] == (503, "There is no fresh price at the moment")
    assert known["insufficient-funds"] == (409, "Not enough is available in the wallet")  # the general title
    assert {"insufficient-funds", "body-too-large", "too-many-attempts"} <= set(known)


def told_of_fields() -> set[tuple[str, str]]:
    """The pairs of code and field in the document's table; the field is empty where it is none of a fixed name."""
    table = DOCUMENT.read_text().partition("| `errors[].code` |")[2].partition("\n\n")[0]
    told = set()
    for row in table.splitlines()[2:]:
        codes, fields = (re.findall(r"`([^`]+)`", cell) for cell in row.split("|")[1:3])
        told |= {(code, field) for code in codes for field in (*fields, "")}
    return told


def raised_of_fields() -> Iterator[tuple[str, str, str]]:
    """Code, field and module of each fault that the API can answer; the field is empty where it is no fixed name."""
    for path in sorted(each for room in ("accounts", "trading") for each in (ROOT / room).rglob("*.py")):
        module = path.relative_to(ROOT).as_posix()
        if "/tests/" in module or module in OF_STAFF or not {"api", "rest", "domain", "services"} & set(path.parts):
            continue
        for call in ast.walk(ast.parse(path.read_text())):
            if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
                continue
            words = [each.value if isinstance(each, ast.Constant) else "" for each in call.args]
            if call.func.id == "FieldError" and len(words) == 3 and words[1]:
                yield str(words[1]), str(words[0]), module
            elif call.func.id == "Wrong" and len(words) == 2 and words[0]:
                yield str(words[0]), "", module


def test_the_document_names_the_code_of_every_field() -> None:
    told, raised = told_of_fields(), set(raised_of_fields())
    assert {("invalid", "orders", "trading/rest/orders.py"), ("not-positive", "", "accounts/rest/inputs.py")} <= raised
    assert {each for each in raised if each[:2] not in told} == set()
