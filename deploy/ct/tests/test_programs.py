"""How `ct` tells that a program failed."""

import sys

import pytest

from deploy.ct.outcome import Exit, Stopped
from deploy.ct.programs import run, telling

DOCKER = """\
unknown shorthand flag: 'f' in -f

Usage:  docker [OPTIONS] COMMAND [ARG...]

Run 'docker --help' for more information
"""
NGINX = """\
2026/11/30 20:00:00 [emerg] 12#12: bind() to 127.0.0.1:8081 failed (98: Address already in use)
2026/11/30 20:00:01 [emerg] 12#12: still could not bind()
"""
TRACEBACK = """\
Traceback (most recent call last):
  File "x.py", line 1, in <module>
ValueError: connection refused
    Is the server running?
{"time": "2026-11-30T20:00:00Z", "level": "WARN"}
"""
CHECKS = """\
SystemCheckError: System check identified some issues:

ERRORS:
?: (cryptotrader.E001) DJANGO_DEBUG is on
\tHINT: Set DJANGO_DEBUG=0.
?: (security.W018) DEBUG is on.

System check identified 2 issues (0 silenced).
"""


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (DOCKER, "unknown shorthand flag: 'f' in -f"),
        (NGINX, "bind() to 127.0.0.1:8081 failed (98: Address already in use)"),
        (TRACEBACK, "ValueError: connection refused"),
        (CHECKS, "(cryptotrader.E001) DJANGO_DEBUG is on. Set DJANGO_DEBUG=0; (security.W018) DEBUG is on"),
        ("  alone\n", "alone"),
        ("", ""),
    ],
)
def test_the_line_that_tells_why_is_kept(told: str, reason: str) -> None:
    assert telling(told) == reason


@pytest.mark.process
@pytest.mark.parametrize("capture", [False, True])
@pytest.mark.parametrize(("code", "kept"), [(1, Exit.FAILED), (2, Exit.USAGE), (3, Exit.FAILED), (4, Exit.DEPENDENCY)])
def test_the_reason_and_the_exit_code_of_a_program_are_kept(*, capture: bool, code: int, kept: Exit) -> None:
    command = [sys.executable, "-c", f"import sys; print('EMAIL_URL is not set'); sys.exit({code})"]
    with pytest.raises(Stopped, match=f"ended with {code}: EMAIL_URL is not set$") as stopped:
        run(command, environ={}, capture=capture)
    assert stopped.value.code == kept
