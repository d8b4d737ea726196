"""Staff pages of the market. No field here can change a price, a running trade or a result."""

from trading.admin import after_trades, exposure, instruments, payouts, prices, proofs, trades, venues

__all__ = ["after_trades", "exposure", "instruments", "payouts", "prices", "proofs", "trades", "venues"]
