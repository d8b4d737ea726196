"""All commands of ours take arguments by the same rules, and end in the same way."""

import re
from argparse import Action, ArgumentError
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import cast

import pytest
from django.conf import settings
from django.core.management import get_commands, load_command_class
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.management.arguments import EXIT_USAGE, seconds, whole
from accounts.management.command import OperatorCommand

ROOT = Path(settings.BASE_DIR)
OURS = ("accounts", "trading", "monitoring", "cryptotrader")
DJANGOS = {*vars(BaseCommand().create_parser("manage.py", "any").parse_args([])), "help", "version"}
NO_MEASURES = ("nan", "inf", "-inf", "infinity", "-1", "1e9")
NO_NUMBERS = ("1_0", "２", "+7", " 7", "-1", "007", "7.0", "")


def ours() -> dict[str, BaseCommand]:
    """Each command of ours; that of a developer's server is another program's."""
    names = {name: str(app) for name, app in get_commands().items() if str(app) in OURS and name != "runserver"}
    return {name: load_command_class(app, name) for name, app in sorted(names.items())}


@dataclass(frozen=True)
class Value:
    """An argument of a command that takes a value."""

    name: str
    parser: CommandParser
    action: Action

    def read(self, text: str) -> object:
        """The value that it has with this text; None if it is refused."""
        try:
            found = self.parser._get_value(self.action, text)
            self.parser._check_value(self.action, found)
        except ArgumentError:
            return None
        return cast(object, found)


def values() -> list[Value]:
    found = []
    for name, command in ours().items():
        parser = command.create_parser("manage.py", name)
        for action in parser._actions:
            if action.nargs != 0 and action.dest not in DJANGOS:
                found.append(Value(f"{name} {action.option_strings or action.dest}", parser, action))
    return found


def test_each_is_a_command_for_operators() -> None:
    assert [name for name, command in ours().items() if not isinstance(command, OperatorCommand)] == []


@pytest.mark.parametrize("name", ours())
def test_wrong_usage_is_one_line(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        ours()[name].run_from_argv(["manage.py", name, "--no-such\noption"])
    told = capsys.readouterr()
    assert (ended.value.code, told.out, told.err.count("\n")) == (EXIT_USAGE, "", 1)
    assert told.err.startswith(f"manage.py {name}: ")
    assert told.err.endswith(f" (`manage.py {name} --help`)\n")
    with pytest.raises(CommandError) as refused:
        ours()[name].create_parser("manage.py", name).parse_args(["--no-such-option"])
    assert refused.value.returncode == EXIT_USAGE


def test_no_argument_takes_an_empty_text() -> None:
    """A script's variable that isn't set must not mean all people, all instruments or another default."""
    arguments = values()
    assert len(arguments) > 50
    assert [each.name for each in arguments for text in ("", " ") if each.read(text) is not None] == []


def test_whole_numbers_are_plain_digits_and_no_limit_is_zero() -> None:
    numbers = [each for each in values() if isinstance(each.read("7"), int)]
    assert len(numbers) > 20
    assert [(each.name, text) for each in numbers for text in NO_NUMBERS if each.read(text) is not None] == []
    limits = [each for each in numbers if each.action.dest in ("limit", "count")]
    assert len(limits) > 4
    assert [each.name for each in limits if each.read("0") is not None] == []
    broken = [(each.name, text) for each in values() for text in NO_MEASURES if isinstance(each.read(text), float)]
    assert broken == []


@pytest.mark.parametrize("text", [*NO_MEASURES, "1_0", "２", "+1", " 1", "01", "1.", ".5", "9" * 10, ""])
def test_seconds_are_plain_digits(text: str) -> None:
    parser = CommandParser()
    wait = Value("--wait", parser, parser.add_argument("--wait", type=seconds))
    assert (wait.read(text), wait.read("2.5"), wait.read("0")) == (None, 2.5, 0)


@pytest.mark.parametrize(("text", "found"), [("1", 1), ("10", 10), ("0", None), ("11", None), ("1" + 19 * "0", None)])
def test_a_whole_number_has_bounds(text: str, found: int | None) -> None:
    parser = CommandParser()
    assert Value("--count", parser, parser.add_argument("--count", type=whole(1, 10))).read(text) == found


def programs(*rooms: str) -> dict[str, str]:
    """The text of each program, by its path. The checker of an audit shares no code with us."""
    found = [path for room in rooms for path in (ROOT / room).rglob("*.py") if "tests" not in path.parts]
    return {str(path): path.read_text() for path in found if not str(path).endswith("deploy/audit/replay_audit.py")}


def test_no_program_reads_numbers_as_python_does() -> None:
    """`int` takes `1_0` and `２`, `float` takes `nan`. The parser of deploy has a reader of its own for `float`."""
    assert [path for path, text in programs("deploy", *OURS).items() if re.search(r"\btype=int\b", text)] == []
    assert [path for path, text in programs(*OURS).items() if re.search(r"\btype=float\b", text)] == []


def test_each_program_refuses_wrong_usage_in_one_line() -> None:
    """Argparse's own parser writes its lines of usage first."""
    makers = [path for path, text in programs("deploy", *OURS).items() if re.search(r"\bArgumentParser\(", text)]
    homes = ["deploy/ct/arguments.py", "accounts/management/arguments.py"]  # class OneLineParser(ArgumentParser)
    assert [path for path in makers if not path.endswith(tuple(homes))] == []


@pytest.mark.parametrize("program", ["start", "start.drain", "watch", "local"])
def test_a_program_of_its_own_refuses_in_one_line(program: str, capsys: pytest.CaptureFixture[str]) -> None:
    module = import_module(f"cryptotrader.{program}" if "." in program else f"cryptotrader.{program}.__main__")
    with pytest.raises(SystemExit) as ended:
        module.main(["--no-such-option"])
    told = capsys.readouterr()
    assert (ended.value.code, told.out, told.err.count("\n")) == (EXIT_USAGE, "", 1)
