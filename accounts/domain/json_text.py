"""Reads JSON, in one way for all: REST, streams, proofs, and messages of payment providers.

Python's own reader accepts too much: NaN and Infinity, and of a repeated member it silently keeps the last.
"""

import json
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from typing import Any


class NotJson(ValueError):
    """Not JSON (RFC 8259) in UTF-8."""


class RepeatedMember(NotJson):
    """A member that comes twice in an object. Another reader may take the first one, and read something else."""

    def __init__(self, name: str) -> None:
        super().__init__("a member comes twice")
        self.name = name


def read_json(text: bytes | str, *, parse_fraction: Callable[[str], object] = Decimal) -> Any:
    """Returns the value of a JSON text, its fractions as `Decimal`. Raises NotJson or RepeatedMember.

    A byte order mark before the text is ignored (RFC 8259, section 8.1): some programs write one, and it says nothing.
    """
    try:
        plain = text.decode("utf-8-sig") if isinstance(text, bytes) else text.removeprefix("\ufeff")
        return _decoder(parse_fraction).decode(plain)
    except NotJson:
        raise
    except (ValueError, RecursionError) as error:
        raise NotJson("not JSON in UTF-8") from error


@lru_cache
def _decoder(parse_fraction: Callable[[str], object]) -> json.JSONDecoder:
    """Made once: making one costs more than a short text."""
    return json.JSONDecoder(parse_float=parse_fraction, parse_constant=_refuse, object_pairs_hook=_object)


def _refuse(name: str) -> None:
    raise NotJson(f"{name} is not JSON")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for name, value in pairs:
        if name in members:
            raise RepeatedMember(name)
        members[name] = value
    return members
