"""Markets for staff. Nothing here can touch a price, a running trade or a result: there is no field for it."""

from trading.admin import exposure, instruments, payouts, proofs, trades, venues

__all__ = ["exposure", "instruments", "payouts", "proofs", "trades", "venues"]
