"""JSON is read strictly, and the same way everywhere."""

from decimal import Decimal

import pytest

from accounts.domain.json_text import NotJson, RepeatedMember, read_json


@pytest.mark.parametrize("text", ['{"a": 1.10, "b": [true, null, "x"]}', '\ufeff{"a": 1.10, "b": [true, null, "x"]}'])
def test_text_and_bytes_are_read_alike_and_fractions_exactly(text: str) -> None:
    for given in (text, text.encode()):
        assert read_json(given) == {"a": Decimal("1.10"), "b": [True, None, "x"]}
    assert type(read_json(text, parse_fraction=float)["a"]) is float


@pytest.mark.parametrize(
    "text",
    ["", "{", "NaN", "[Infinity]", '{"a": -Infinity}', "\ufeff\ufeff{}", "[" * 100_000, "1" * 5000, "'a'", '{"a":1,}'],
)
def test_anything_else_is_no_json(text: str) -> None:
    for given in (text, text.encode()):
        with pytest.raises(NotJson):
            read_json(given)


@pytest.mark.parametrize("content", [b"\xff", '{"a": 1}'.encode("utf-16"), '{"a": 1}'.encode("utf-16-le")])
def test_only_utf_8_is_read(content: bytes) -> None:
    with pytest.raises(NotJson):
        read_json(content)


@pytest.mark.parametrize("text", ['{"a": 1, "a": 1}', '[{"b": {"a": 1, "\\u0061": 2}}]'])
def test_a_member_that_comes_twice_is_named(text: str) -> None:
    with pytest.raises(RepeatedMember) as refused:
        read_json(text)
    assert refused.value.name == "a"
