"""Numbers that people type: pages read them as the server does."""

import random

import pytest

from accounts.domain.notation import parse_typed_decimal, write_decimal
from accounts.tests.typed_numbers import TYPED_NUMBERS
from cryptotrader.tests.support.node import in_node

pytestmark = pytest.mark.process
READ = 'const { readTyped } = await load("core/typed.js"); return given.map((text) => readTyped(text));'
PIECES = [
    *"0015.,,",
    "000",
    ",000",
    "123",
    ".5",
    " ",
    "-",
    "１",
    "，",
    "．",
    "−",
    "\u00a0",
    "\u3000",
    "\u2009",
    "'",
    "e",
]


def test_the_table_of_cases_is_read_as_it_says() -> None:
    assert dict(zip(TYPED_NUMBERS, in_node(READ, list(TYPED_NUMBERS)), strict=True)) == TYPED_NUMBERS


def test_any_other_text_is_read_as_the_server_reads_it() -> None:
    chance = random.Random(5)
    texts = sorted({"".join(chance.choices(PIECES, k=chance.randint(1, 7))) for _text in range(20_000)})
    server = [None if (number := parse_typed_decimal(text)) is None else write_decimal(number) for text in texts]

    read = in_node(READ, texts)

    assert [(text, here, there) for text, here, there in zip(texts, read, server, strict=True) if here != there] == []
    assert sum(number is not None for number in server) > 500


def test_a_field_shows_what_was_understood_before_it_is_sent() -> None:
    shown = in_node(
        """
        class HTMLInputElement extends EventTarget {
            constructor(value, inputMode) { super(); Object.assign(this, { value, inputMode }); }
            setAttribute(name, value) { this[name] = value; }
        }
        Object.assign(globalThis, { HTMLInputElement, document: new EventTarget() });
        await load("core/amounts.js");
        return given.map(([value, inputMode]) => {
            const target = new HTMLInputElement(value, inputMode);
            const event = new Event("change");
            Object.defineProperty(event, "target", { value: target });
            document.dispatchEvent(event);
            return [target.value, target["aria-invalid"] ?? null];
        });
        """,
        [["1500.50", "decimal"], ["１，５００", "decimal"], ["2,5", "decimal"], ["", "decimal"], ["007", "numeric"]],
    )
    assert shown == [["1,500.5", "false"], ["1,500", "false"], ["2,5", "true"], ["", "false"], ["007", None]]
