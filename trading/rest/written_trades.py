"""Trades as JSON, each version written once: a page of fifty costs little more than the look-up of fifty versions."""

from collections.abc import Iterable, Mapping
from itertools import islice
from threading import Lock

from accounts.rest.written import RENDERER
from trading.selectors.newest_trades import Versioned, id_in, trades_of_versions
from trading.wire.trades import flash_trade

KEPT_MAX = 20_000
"""Some 20 MB a process."""


class WrittenTrades:
    """The texts of the versions that were asked for last."""

    def __init__(self, most: int = KEPT_MAX) -> None:
        self._most = most
        self._texts: dict[str, bytes] = {}
        self._adding = Lock()

    def pages(self, pages: Iterable[list[str]]) -> list[list[bytes]]:
        """The texts of these pages' versions; at most one look into the database for all. A page keeps its trades.

        Somebody whose trade changes meanwhile gets it as it is then.
        """
        asked = list(pages)
        kept = {version: self._texts.get(version) for page in asked for version in page}
        read = {each.version: RENDERER.render(flash_trade(each.trade)) for each in _read(kept)}
        self._keep(read)
        now = {id_in(version): text for version, text in read.items()}
        return [[kept[version] or now[id_in(version)] for version in page] for page in asked]

    def _keep(self, read: dict[str, bytes]) -> None:
        with self._adding:
            self._texts.update(read)
            for oldest in list(islice(self._texts, max(0, len(self._texts) - self._most))):
                del self._texts[oldest]


def _read(kept: Mapping[str, bytes | None]) -> Iterable[Versioned]:
    missing = [version for version, text in kept.items() if text is None]
    return trades_of_versions(missing) if missing else ()


WRITTEN = WrittenTrades()
