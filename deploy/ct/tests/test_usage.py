"""What `ct` says about its own words."""

import argparse

import pytest

from deploy.ct.__main__ import parser
from deploy.ct.outcome import Exit

COMMANDS = next(action.choices for action in parser()._actions if isinstance(action, argparse._SubParsersAction))


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_each_command_describes_itself_and_its_options(name: str) -> None:
    command = COMMANDS[name]
    assert command.description
    assert [action.dest for action in command._actions if not action.help] == []
    assert command.format_help()


def test_a_command_offers_the_options_alone_that_change_what_it_does() -> None:
    offered = {name for name, command in COMMANDS.items() if "--watch-seconds" in command.format_help()}
    assert offered == {"deploy", "canary"}
    kept = {name for name, command in COMMANDS.items() if "--no-keep" in command.format_help()}
    assert kept == {"deploy", "canary", "rollback"}


@pytest.mark.parametrize("words", [["fly"], ["status", "--wrong"], ["scale"], ["logs", "--lines", "x"], [], ["a\nb"]])
def test_wrong_words_are_one_line(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parser().parse_args(words)
    told = capsys.readouterr()
    assert (ended.value.code, told.out, told.err.count("\n")) == (Exit.USAGE, "", 1)
    assert told.err.startswith("ct")
    assert told.err.endswith("--help`)\n")


def test_no_option_takes_what_is_no_number() -> None:
    """A watch of `nan` seconds never ends, and one of -1 looks at nothing."""
    takes = [(name, action) for name, command in COMMANDS.items() for action in command._actions if action.nargs != 0]
    amounts = [(name, action) for name, action in takes if isinstance(read(name, action, "2.5"), float)]
    assert len(amounts) > 5
    wrong = ("nan", "inf", "-inf", "-1", "1e9", "1_0", "２", "+1", " 1", "01", "9" * 10)
    assert [(name, action.dest, text) for name, action in amounts for text in wrong if read(name, action, text)] == []
    free = [(name, action) for name, action in takes if action.nargs != argparse.REMAINDER]
    assert [(name, action.dest) for name, action in free for text in ("", " ") if read(name, action, text)] == []


def read(name: str, action: argparse.Action, text: str) -> object:
    """The value that an option has with this text; None if it is refused."""
    try:
        return COMMANDS[name]._get_value(action, text)
    except argparse.ArgumentError:
        return None
