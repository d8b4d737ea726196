"""The newest trades of many people by one statement, as versions: texts that change with all that a trade shows."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from accounts.bound_statements import prepared_rows
from trading.models import FlashTrade, Instrument
from trading.selectors.trades import trades_by_id

# A row that changes gets another xmin, the number of the transaction that wrote it. The terms' units never change.
VERSION = "concat(t.id, ' ', t.xmin, ' ', asked.xmin, ' ', correction.xmin)"
ALONE = "  "
"""The end of the version of a trade without a close order and without a correction."""

BESIDE = """
    LEFT JOIN LATERAL (
        SELECT xmin FROM close_orders WHERE trade_id = t.id ORDER BY id DESC LIMIT 1
    ) asked ON true
    LEFT JOIN trade_corrections correction ON correction.trade_id = t.id
"""
NEWEST = f"""
    SELECT (
        SELECT string_agg({VERSION}, ',' ORDER BY t.id DESC)
        FROM (
            SELECT id, xmin FROM flash_trades WHERE user_id = wanted.user_id ORDER BY id DESC LIMIT wanted.most
        ) t {BESIDE}
    )
    FROM unnest(%(user)s::bigint[], %(most)s::int[]) WITH ORDINALITY AS wanted(user_id, most, place)
    ORDER BY place
"""
COLUMNS = [field.attname for field in FlashTrade._meta.concrete_fields]
UNITS = ["id", "symbol", "pip"]
_READ = ", ".join([VERSION, *(f"i.{name}" for name in UNITS), *(f"t.{name}" for name in COLUMNS)])
CONTENTS = f"""
    SELECT {_READ}
    FROM flash_trades t JOIN instruments i ON i.id = t.instrument_id {BESIDE}
    WHERE t.id = ANY(%(ids)s::uuid[])
"""


class Versioned(NamedTuple):
    """A trade and its version."""

    version: str
    trade: FlashTrade


def newest_versions(wanted: Sequence[tuple[int, int]]) -> list[list[str]]:
    """The versions of the newest trades of each (user id, most), newest first. A version begins with the trade's id."""
    values = {"user": [user_id for user_id, _ in wanted], "most": [most for _, most in wanted]}
    return [versions.split(",") if versions else [] for (versions,) in prepared_rows(NEWEST, values)]


def trades_of_versions(versions: Sequence[str]) -> list[Versioned]:
    """These trades as they are now, with their versions of now, in any order.

    One query; for those with a close order or a correction two more.
    """
    found: list[Versioned] = []
    others: dict[UUID, str] = {}
    for version, *columns in prepared_rows(CONTENTS, {"ids": [id_in(version) for version in versions]}):
        if version.endswith(ALONE):
            found.append(Versioned(version, _alone(columns[: len(UNITS)], columns[len(UNITS) :])))
        else:
            others[UUID(id_in(version))] = version
    return found + [Versioned(others[trade.id], trade) for trade in (trades_by_id(others) if others else ())]


def id_in(version: str) -> str:
    """The id of the trade that has this version."""
    return version.partition(" ")[0]


def _alone(units: Sequence[object], columns: Sequence[object]) -> FlashTrade:
    trade: FlashTrade = FlashTrade.from_db("default", COLUMNS, columns)
    trade.instrument = Instrument.from_db("default", UNITS, units)
    trade._state.fields_cache["correction"] = None  # read, and there is none
    trade.latest_close = []  # type: ignore[attr-defined]
    return trade
