"""The fields of a line. A fact whose name isn't listed here leaves the program in no line."""

import re
from collections.abc import Callable, Iterable, MutableMapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from cryptotrader.logs.redaction import network_of, redacted

Reader = Callable[[object], object]

LEVELS = {"warning": "WARN", "exception": "ERROR", "critical": "ERROR"}
"""The four levels of the specification; all others keep their name, in capitals."""
IDS = ("request_id", "user_id", "trade_id", "task_id")
"""Every line has these, null where there is none."""
LIST_MAX = 50
EXCEPTION_MAX = 8_000
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_SUSPICIOUS = re.compile(r"[@:=]|\d")


def _id(value: object) -> object:
    if isinstance(value, int):
        return value
    text = str(value)
    return text if isinstance(value, UUID) or _ID.fullmatch(text) else redacted(text, 64)


def _number(value: object) -> object:
    if isinstance(value, Decimal):
        return format(value, "f")
    return value if isinstance(value, int | float) else redacted(str(value), 40)


def _word(value: object) -> object:
    """A text of ours: a route, a state, a name in the code. It holds nothing that a person typed."""
    return str(value)[:200]


def _text(value: object) -> object:
    return redacted(str(value))


def _exception(value: object) -> object:
    return redacted(str(value), EXCEPTION_MAX)


def _network(value: object) -> object:
    return network_of(str(value)) or None


def _each(reader: Reader) -> Reader:
    def read(value: object) -> object:
        values = list(value) if isinstance(value, Iterable) and not isinstance(value, str) else [value]
        return [reader(each) for each in values[:LIST_MAX]]

    return read


def _named(reader: Reader, names: str) -> dict[str, Reader]:
    return dict.fromkeys(names.split(), reader)


FIELDS: dict[str, Reader] = {
    **_named(
        _id,
        "request_id user_id trade_id task_id api_key_id approval_id beneficiary_id deposit_id wallet_id withdrawal_id"
        " trace_id kid store invoice decided_by backup name",
    ),
    **_named(_each(_id), "trade_ids"),
    **_named(
        _number,
        "status milliseconds seconds close_code a_minute after_seconds again_in_seconds count entered left_out lines"
        " lines_left_out missing published refused seconds_ahead_of_the_database settled skipped sold"
        " duration_seconds dropped retry demo port size_bytes kept removed",
    ),
    **_named(
        _word,
        "method route code program task outcome instrument dependency venue market provider feed currency book"
        " decision action state topic door logger at since last_tick silent_until way file check guard month reading",
    ),
    **_named(_each(_word), "instruments markets"),
    **_named(_each(_text), "warnings"),
    **_named(_text, "reason error first url caller subject host detail"),
    **_named(_exception, "exception stack"),
    **_named(_network, "network"),
}
"""A name that two rooms use means the same in both."""


def known_fields(_: Any, __: str, event: MutableMapping[str, Any]) -> dict[str, Any]:
    """structlog's processor: builds the line from the listed fields only, and names those that it left out."""
    line: dict[str, Any] = {
        "time": event.pop("time", None),
        "level": _level(str(event.pop("level", "info"))),
        "event": _event(str(event.pop("event", ""))),
        "program": event.pop("program", None),
        **dict.fromkeys(IDS),
    }
    unknown = []
    for name, value in event.items():
        reader = FIELDS.get(name)
        if reader is None:
            if not name.startswith("_"):
                unknown.append(name[:40])
        elif value is not None:
            line[name] = reader(value)
    if unknown:
        line["fields_left_out"] = sorted(unknown)[:LIST_MAX]
    kept = getattr(event.get("_record"), "line", None)
    if kept is not None:
        kept.update(line)
    return line


def _level(name: str) -> str:
    return LEVELS.get(name, name.upper())


def _event(text: str) -> str:
    """Our events are words. Those of libraries hold the facts of the case."""
    return redacted(text) if _SUSPICIOUS.search(text) or len(text) > 200 else text
