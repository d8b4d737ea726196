"""Font sizes, spaces and radii have names in `tokens.css`: each used name exists, and each name is used."""

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from django.contrib import admin

from cryptotrader.local.home import ROOT

STYLES = sorted((ROOT / "static" / "css").rglob("*.css"))
SCRIPTS = sorted((ROOT / "static" / "js").rglob("*.js"))
TOKENS = ROOT / "static" / "css" / "tokens.css"
LINES_MAX = 250
DJANGO = Path(admin.__file__).parent / "static" / "admin" / "css"

Declaration = tuple[str, str]
"""A property and its value."""

LENGTH = re.compile(r"(?<!\w)\d*\.?\d+(?:px|rem|em|ex|ch|lh|pt)\b")
SPACING = re.compile(r"(?:scroll-)?(?:margin|padding)\b|(?:row-|column-)?gap$")
EXTENT = re.compile(r"(?:min-|max-)?(?:width|height|block-size|inline-size)$")
RADIUS = re.compile(r"border-(?:\w+-)*radius$")


def declarations(css: str) -> Iterator[Declaration]:
    """Returns the declarations of a style sheet in order, also those in `@media`."""
    bare = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    for name, value in re.findall(r"([\w-]+)\s*:\s*([^;{}]+);", bare):
        yield name, " ".join(value.split())


def names_used(text: str) -> set[str]:
    """Returns the custom properties that a style sheet uses, or that a script reads by their quoted names."""
    return set(re.findall(r"var\(\s*(--[\w-]+)", text)) | set(re.findall(r"""["'](--[\w-]+)["']""", text))


def names_defined(css: str) -> set[str]:
    return {name for name, _ in declarations(css) if name.startswith("--")}


def extents(tokens: str) -> dict[Decimal, str]:
    """Returns the named sizes and widths, by their value in rem."""
    named = re.findall(r"(--(?:size|width)-[\w-]+|--touch): ([\d.]+)rem;", tokens)
    return {Decimal(value): name for name, value in named}


def faults(css: str, named: dict[Decimal, str]) -> list[str]:
    """Returns the declarations of a style sheet with a plain value where a token exists or is required."""
    return [f"{name}: {value}" for name, value in declarations(css) if not _is_named(name, value, named)]


def _is_named(name: str, value: str, named: dict[Decimal, str]) -> bool:
    if name == "font-size":
        return re.fullmatch(r"var\(--type-[\w-]+\)|inherit", value) is not None
    if name == "font":
        return value == "inherit" or value.startswith("var(--type-")
    if EXTENT.match(name):
        return not any(Decimal(length) in named for length in re.findall(r"([\d.]+)rem", value))
    if SPACING.match(name) or RADIUS.match(name):
        return LENGTH.search(value) is None
    return True


def test_style_sheets_take_their_sizes_from_the_tokens() -> None:
    others, named = [path for path in STYLES if path != TOKENS], extents(TOKENS.read_text())
    assert len(others) > 20
    assert [(path.name, fault) for path in others for fault in faults(path.read_text(), named)] == []


def test_style_sheets_stay_small() -> None:
    assert [path.name for path in STYLES if len(path.read_text().splitlines()) > LINES_MAX] == []


@pytest.mark.parametrize(
    "raw",
    [
        "font-size: 0.8rem",
        "font-size: 110%",
        "font-size: small",
        "font: 600 14px/1.5 sans-serif",
        "margin: 0 auto 3px",
        "margin-block-start: -1px",
        "padding-inline: calc(var(--edge) - 0.75rem)",
        "padding: 0 max(.5rem, env(safe-area-inset-right))",
        "gap: 0.5rem var(--space-8)",
        "scroll-padding-block: 4rem",
        "border-radius: 4px",
        "border-start-end-radius: 0.25rem",
        "min-height: 2.75rem",
        "width: min(26.0rem, 100%)",
    ],
)
def test_it_notices_a_value_that_is_written_out(raw: str) -> None:
    css = f"@layer pages {{ a:hover, .b {{ color: red; {raw}; }} }}"
    assert faults(css, extents(TOKENS.read_text())) == [raw]


@pytest.mark.parametrize(
    "fine",
    [
        "margin: 0 auto",
        "padding: clamp(var(--space-24), 8vh, var(--space-80))",
        "width: 9rem",
        "border: 1px solid var(--line)",
        "font: var(--type-body) / 1.5 var(--font)",
        "/* font-size: 1rem; */ color: red",
    ],
)
def test_it_leaves_other_values_alone(fine: str) -> None:
    assert faults(f"a {{ {fine}; }}", extents(TOKENS.read_text())) == []


def test_every_custom_property_that_is_asked_for_exists() -> None:
    known = names_defined(TOKENS.read_text())
    of_django = set().union(*(names_defined(path.read_text()) for path in DJANGO.glob("*.css")))
    for path in [*STYLES, *SCRIPTS]:
        text = path.read_text()
        allowed = known | of_django if path.name == "admin.css" else known
        assert names_used(text) - names_defined(text) - allowed == set(), path.name
    assert len(of_django) > 20


def test_every_token_is_used() -> None:
    used = set().union(*(names_used(path.read_text()) for path in [*STYLES, *SCRIPTS]))
    assert names_defined(TOKENS.read_text()) - used == set()


def test_it_finds_names_in_styles_and_scripts() -> None:
    assert names_used("a { color: var( --ink, red); }") == {"--ink"}
    assert names_used('colour("--muted")') == {"--muted"}
    assert names_defined("/* --old: 1; */ :root { --new: 1rem; }") == {"--new"}


def test_other_schemes_and_pointers_replace_values_that_there_are() -> None:
    """A name that only the dark scheme has is undefined in the light one: so it is with a finger's sizes."""
    plain, *others = re.findall(r"\{([^{}]+)\}", re.sub(r"/\*.*?\*/", "", TOKENS.read_text(), flags=re.DOTALL))
    assert len(others) == 4
    for block in others:
        assert names_defined(block) <= names_defined(plain)
