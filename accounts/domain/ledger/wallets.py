"""Demo wallets: the first grant, the top-up and the reset."""

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
    title = mark("The demo wallet has the amount of a top-up, or more")


class FundsHeld(Refusal):
    code, status = "funds-held", 409
    title = mark("Part of this wallet is held: wait until its trades have settled")


def top_up(balance: Decimal) -> Decimal:
    """Returns the amount that brings a demo wallet up to DEMO_GRANT. Raises NothingToTopUp at or above it."""
    if balance >= DEMO_GRANT:
        raise NothingToTopUp
    return DEMO_GRANT - balance


def reset(balance: Decimal, held: Decimal) -> tuple[TransferKind, Decimal] | None:
    """Returns the grant or the return that makes a demo wallet exactly DEMO_GRANT; None if it is. Raises FundsHeld."""
    if held:
        raise FundsHeld
    if balance == DEMO_GRANT:
        return None
    kind = TransferKind.GRANT if balance < DEMO_GRANT else TransferKind.RETURN
    return kind, abs(DEMO_GRANT - balance)
