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


@pytest.mark.parametrize("words", [["fly"], ["status", "--wrong"], ["scale"], ["logs", "--lines", "many"], []])
def test_wrong_words_are_one_line(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parser().parse_args(words)
    told = capsys.readouterr()
    assert (ended.value.code, told.out, told.err.count("\n")) == (Exit.USAGE, "", 1)
    assert told.err.startswith("ct: ")
