"""Tests that start a process of their own say so by a mark: `make test-fast` leaves them out."""

import subprocess
import traceback
from typing import Any

import pytest

MARKS = ("process", "browser")


class Watch:
    """From construction on, a test without one of MARKS that starts a process fails."""

    def __init__(self) -> None:
        self._test: pytest.Item | None = None
        start = subprocess.Popen.__init__

        def watched(process: Any, *given: Any, **options: Any) -> None:
            unmarked = self._test is not None and not any(map(self._test.get_closest_marker, MARKS))
            if unmarked and not during_import():
                raise AssertionError("a test that starts a process is marked: @pytest.mark.process")
            start(process, *given, **options)

        subprocess.Popen.__init__ = watched  # type: ignore[assignment, method-assign]

    def begin(self, test: pytest.Item) -> None:
        """From now on it is this test that starts processes."""
        self._test = test


def during_import() -> bool:
    """Whether a module is being imported: ccxt asks git for a version then, in the first test that imports it."""
    return any("importlib._bootstrap" in frame.filename for frame in traceback.extract_stack())
