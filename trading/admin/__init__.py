"""Staff pages of the market. No field here can change a price, a running trade or a result."""

from trading.admin import exposure, instruments, payouts, proofs, trades, venues

__all__ = ["exposure", "instruments", "payouts", "proofs", "trades", "venues"]
