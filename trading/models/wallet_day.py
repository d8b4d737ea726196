from django.db import models


class WalletDay(models.Model):
    """The sums of one wallet's trades of one past UTC day, kept so that an order needn't add them up again.

    Only wallets whose owners limit their loss or turnover have rows, written by their orders. A row follows from the
    trades: a trigger deletes it when one of that day's trades still changes (`sql/trades/wallet_days_follow.sql`).
    """

    wallet = models.ForeignKey("accounts.LedgerAccount", on_delete=models.PROTECT, db_index=False)
    day = models.DateField()
    staked = models.DecimalField(max_digits=20, decimal_places=8)
    """The stakes of the trades accepted on this day."""

    result = models.DecimalField(max_digits=20, decimal_places=8)
    """Profit less loss of the trades settled on this day, corrections included."""

    class Meta:
        db_table = "wallet_days"
        constraints = [models.UniqueConstraint(fields=["wallet", "day"], name="one_sum_a_wallet_and_day")]

    def __str__(self) -> str:
        return f"{self.wallet_id} {self.day}"
