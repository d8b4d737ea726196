"""An export of any length needs the memory of one batch: here 200 lines, with forty times as many to send."""

import tracemalloc
from collections.abc import Iterator

import pytest

from accounts.api.ledger.statement_export import _batches, csv_text, json_text
from accounts.domain.ledger.statement import StatementFilter
from accounts.domain.ledger.transfers import AccountKind
from accounts.selectors.ledger import statement
from accounts.steps.open_operator_accounts import open_operator_accounts
from accounts.tests.cast import NOON, Person
from accounts.tests.guards import run_sql

BATCH = 200  # smaller than in production: measuring memory makes everything ten times slower
LINES = 40 * BATCH
PEAK_MAX = 3.5 * 1024 * BATCH
"""Bytes: 3.5 KiB for each line of one batch, however many batches there are."""

ALL = StatementFilter()

# Through the trigger, like every transfer: one cent in, one cent out.
FILL = """
    INSERT INTO transfers (kind, phase, source_id, target_id, amount, currency, demo, reference, created_at)
    SELECT 'adjustment', 'single', CASE n %% 2 WHEN 0 THEN w ELSE h END, CASE n %% 2 WHEN 0 THEN h ELSE w END,
           0.01, 'USDT', true, gen_random_uuid(), now()
    FROM generate_series(1, %s) n, (VALUES (%s::bigint, %s::bigint)) ends(w, h)
"""


@pytest.mark.long
def test_a_long_export_streams_in_bounded_memory(alice: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statement, "BATCH", BATCH)
    wallet = alice.wallet
    house = open_operator_accounts(currency="USDT", demo=True, now=NOON)[AccountKind.HOUSE]
    assert run_sql(FILL, LINES, wallet.id, house) == LINES
    assert alice.wallet.balance == 10000
    for text in (csv_text(_batches(wallet, ALL)), json_text(wallet, _batches(wallet, ALL))):
        lines, size, peak, end = _drained(text)
        assert lines > LINES
        assert peak < PEAK_MAX < size
        assert "10000.00" in end


def _drained(parts: Iterator[str]) -> tuple[int, int, int, str]:
    """Returns the numbers of lines and characters sent, the peak of memory in bytes, and the end of the file."""
    lines, size, end = 0, 0, ""
    tracemalloc.start()
    for part in parts:
        lines += part.count("\n")
        size += len(part)
        end = (end + part)[-200:]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return lines, size, peak, end
