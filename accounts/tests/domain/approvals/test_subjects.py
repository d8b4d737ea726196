from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.domain.approvals.subjects import Subject
from accounts.domain.errors import NotFound

TRADE = UUID("019b76da-a800-7000-8000-000000000000")


@given(st.integers(0, 10**18 - 1))
def test_it_reads_a_numbered_thing_back_as_it_was_written(id: int) -> None:
    assert Subject.parse(str(Subject.of("user", id))).number("user") == id


@given(st.uuids())
def test_it_reads_a_thing_with_a_uuid_back_as_it_was_written(id: UUID) -> None:
    assert Subject.parse(str(Subject.of("trade", id))).uuid("trade") == id


@pytest.mark.parametrize("text", ["", ":", "user", "user:", ":5"])
def test_it_refuses_what_names_no_kind_or_no_key(text: str) -> None:
    with pytest.raises(NotFound):
        Subject.parse(text)


@pytest.mark.parametrize("key", ["x", "05", "+5", "-5", " 5", "5 ", "5:5", "1_0", "５", "9" * 19, str(TRADE)])
def test_it_refuses_another_writing_of_a_number(key: str) -> None:
    with pytest.raises(NotFound):
        Subject("user", key).number("user")


@pytest.mark.parametrize("key", ["x", "5", str(TRADE).upper(), TRADE.hex, f"{{{TRADE}}}", TRADE.urn, f"{TRADE}:1"])
def test_it_refuses_another_writing_of_a_uuid(key: str) -> None:
    with pytest.raises(NotFound):
        Subject("trade", key).uuid("trade")


def test_it_refuses_a_thing_of_another_kind() -> None:
    with pytest.raises(NotFound):
        Subject("wallet", "5").number("user")
    with pytest.raises(NotFound):
        Subject("deposit", str(TRADE)).uuid("trade")
