from datetime import datetime

import structlog

from accounts.domain.cashier.real_money import PaymentProviderUnavailable
from accounts.selectors.cashier.real_money import deposits_waiting
from accounts.services.cashier.follow_invoice import follow_invoice

log = structlog.get_logger(__name__)

BATCH = 500


def sweep_deposits(*, now: datetime) -> int:
    """Ask the provider about each waiting deposit, in case a message was lost, and expire the overdue ones.

    Returns the number of deposits checked. After a failure, a provider isn't asked again until the next sweep.
    """
    looked_at, away = 0, set[str]()
    for deposit in deposits_waiting(now, limit=BATCH):
        if deposit.provider in away:
            continue
        try:
            follow_invoice(deposit_id=deposit.pk, now=now)
            looked_at += 1
        except PaymentProviderUnavailable as refusal:
            log.warning("payment provider is away", provider=deposit.provider, error=str(refusal))
            away.add(deposit.provider)
    return looked_at
