"""The instruments that a command's arguments name."""

from collections.abc import Iterable

from django.core.management.base import CommandError

from trading.domain.errors import UnknownInstrument
from trading.selectors.history import priced


def refuse_unknown(symbols: Iterable[str]) -> None:
    """Raises CommandError for a symbol without an instrument: a misspelt one must not pass as one without anything."""
    for symbol in symbols:
        try:
            priced(symbol)
        except UnknownInstrument as refusal:
            raise CommandError(f"there is no such instrument: {symbol}") from refusal
