"""A command in a document exists and takes these arguments; its SQL can be asked, and its addresses lead somewhere."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, get_commands, load_command_class
from django.db import connection
from django.urls import Resolver404, resolve

ROOT = Path(settings.BASE_DIR)
DOCUMENTS = sorted({*(ROOT / "docs").glob("*.md"), ROOT / "README.md", ROOT / "README.ko.md", ROOT / "CONTRIBUTING.md"})
OURS = ("accounts", "trading", "monitoring", "cryptotrader")
BLOCK = re.compile(r"^ *```(\w*)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`([^`\n]+)`")
MANAGE = re.compile(r"(?:manage\.py|cryptotrader\.local manage(?: --as \w+)?) +([a-z_]+)([^|>&]*)")
PLACEHOLDER = re.compile(r"[\[…<]|\b[A-Z]{2,}\b(?!-)")
"""`EMAIL`, `[--json]`, `…`: a reader fills them in, so they aren't arguments as they stand."""


def lines(path: Path, *languages: str) -> Iterator[str]:
    """The lines of its blocks in these languages, without comments; continued lines joined."""
    for match in BLOCK.finditer(path.read_text()):
        if match[1] in languages:
            for line in match[2].replace("\\\n", " ").splitlines():
                yield re.sub(r"\s#\s.*| {2}-- .*", "", line).strip()


def spoken(path: Path) -> Iterator[str]:
    """The commands in its sentences and tables."""
    yield from INLINE.findall(BLOCK.sub("", path.read_text()))


def commands(path: Path) -> list[tuple[str, list[str] | None]]:
    """Each command of manage.py, with its arguments; None where a reader has to fill some in."""
    found: list[tuple[str, list[str] | None]] = []
    for text in (*lines(path, "sh", ""), *spoken(path)):
        if " by root" in text:  # a program's name in the audit
            continue
        for name, rest in MANAGE.findall(text):
            filled = not PLACEHOLDER.search(re.sub(r'"[^"]*"|\b[A-Z]+-USDT', "", rest))
            found.append((name, shlex.split(rest) if filled else None))
    return found


def test_the_runbook_has_commands() -> None:
    found = commands(ROOT / "docs" / "runbook.md")
    assert len(found) > 40
    assert sum(arguments is not None for _, arguments in found) > 30


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_each_command_exists_and_takes_its_arguments(path: Path) -> None:
    known, wrong = get_commands(), []
    for name, arguments in commands(path):
        if name not in known:
            wrong.append(f"{name}: unknown")
        elif arguments:  # alone, it names the command
            parser = load_command_class(str(known[name]), name).create_parser("manage.py", name)
            try:
                parser.parse_args(arguments)
            except (CommandError, SystemExit) as error:
                wrong.append(f"{name} {shlex.join(arguments)}: {error}")
    assert wrong == []


def questions(path: Path) -> list[str]:
    """Its SELECTs that stand there whole."""
    told = (*lines(path, "sql"), *spoken(path))
    return [text for text in told if re.match(r"SELECT \S+.* FROM ", text) and "…" not in text]


@pytest.mark.django_db
@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_each_question_to_the_database_can_be_asked(path: Path) -> None:
    for text in questions(path):
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN {text.rstrip(';')}")


def test_the_runbook_asks_the_database() -> None:
    assert len(questions(ROOT / "docs" / "runbook.md")) > 3


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_each_address_of_ours_leads_somewhere(path: Path) -> None:
    wrong = []
    for text in lines(path, "sh"):
        for address in re.findall(r"(?:127\.0\.0\.1:8000|\$SERVER)(/[^\s\"'?$]*)", text):
            try:
                resolve(address)
            except Resolver404:
                if not (ROOT / address.removeprefix("/")).exists():  # a static file
                    wrong.append(address)
    assert wrong == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_each_target_of_make_exists(path: Path) -> None:
    targets = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    told = {name for text in (*lines(path, "sh"), *spoken(path)) for name in re.findall(r"^make ([a-z-]+)", text)}
    assert told - targets == set()


def test_every_command_of_ours_is_told_of() -> None:
    text = "".join(path.read_text() for path in DOCUMENTS)
    ours = {name for name, app in get_commands().items() if str(app).split(".")[0] in OURS}
    assert {name for name in ours if name not in text} == set()
