"""Tells the log of a business event: something happened to money, a person or their access."""

import structlog
from django.db import transaction

log = structlog.get_logger(__name__)


def log_on_commit(event: str, **facts: object) -> None:
    """Write a line of level INFO after the commit of the caller's transaction, or at once without one.

    `facts` are ids and words of ours: `cryptotrader/logs/fields.py` lists their names. No amount belongs here: the
    ledger has it.
    """

    def write() -> None:
        log.info(event, **facts)

    transaction.on_commit(write, robust=True)
