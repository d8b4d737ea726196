"""What is written on a page."""

import pytest

from cryptotrader.tests.support.node import in_node

pytestmark = pytest.mark.process


def test_a_text_that_a_translation_changed_is_written_again_only_when_it_changes_itself() -> None:
    written = in_node("""
        const { write } = await load("core/elements.js");
        const texts = [];
        const element = { get textContent() { return texts.at(-1); }, set textContent(text) { texts.push(text); } };
        texts.push("Winning");
        write(element, "Winning");
        write(element, "Losing");
        texts.push("Verlierend");
        write(element, "Losing");
        write(element, "Losing");
        write(element, "Winning");
        return texts;
    """)
    assert written == ["Winning", "Losing", "Verlierend", "Winning"]
