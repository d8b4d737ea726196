from collections.abc import Sequence
from uuid import UUID

from accounts.steps.log_on_commit import log_on_commit

NAMED_MAX = 50
"""A batch may have thousands of trades: the line counts all of them, and names so many."""


def log_batch(event: str, instrument: str, trades: Sequence[UUID]) -> None:
    """Tell the log, after the commit, of the trades that an instrument's settlement has changed together."""
    if len(trades) == 1:
        log_on_commit(event, instrument=instrument, count=1, trade_id=trades[0])
    else:
        log_on_commit(event, instrument=instrument, count=len(trades), trade_ids=list(trades[:NAMED_MAX]))
