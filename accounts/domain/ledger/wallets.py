"""Wallets: what a demo wallet starts with, and how its owner brings it back there."""

from decimal import Decimal

from accounts.domain.errors import Refusal, mark
from accounts.domain.ledger.transfers import TransferKind

DEMO_CURRENCY = "USDT"
DEMO_GRANT = Decimal("10000.00")


class CurrencyNotOffered(Refusal):
    code, status = "currency-not-offered", 409
    title = mark("Real money in this currency is not offered here")


class DemoOnly(Refusal):
    code, status = "demo-only", 409
    title = mark("This is only for demo wallets")


class NothingToTopUp(Refusal):
    code, status = "nothing-to-top-up", 409
    title = mark("There is as much demo money as a top-up brings, or more")


class FundsHeld(Refusal):
    code, status = "funds-held", 409
    title = mark("Part of this wallet is held: wait until its trades have settled")


def top_up(balance: Decimal) -> Decimal:
    """What brings a demo wallet up to DEMO_GRANT. Raises NothingToTopUp at that or above."""
    if balance >= DEMO_GRANT:
        raise NothingToTopUp
    return DEMO_GRANT - balance


def reset(balance: Decimal, held: Decimal) -> tuple[TransferKind, Decimal] | None:
    """What makes a demo wallet exactly DEMO_GRANT: a grant, a return, or nothing. Raises FundsHeld."""
    if held:
        raise FundsHeld
    if balance == DEMO_GRANT:
        return None
    kind = TransferKind.GRANT if balance < DEMO_GRANT else TransferKind.RETURN
    return kind, abs(DEMO_GRANT - balance)
