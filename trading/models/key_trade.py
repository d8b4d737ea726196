from django.db import models


class KeyTrade(models.Model):
    """The API key that ordered a trade. Only keys with limits have rows: they count what the key has used."""

    trade = models.OneToOneField("trading.FlashTrade", on_delete=models.PROTECT, primary_key=True)
    key = models.ForeignKey("accounts.ApiKey", on_delete=models.PROTECT, db_index=False)
    accepted_at = models.DateTimeField()

    class Meta:
        db_table = "key_trades"
        indexes = [models.Index(fields=["key", "accepted_at"], name="key_trades_by_day")]

    def __str__(self) -> str:
        return f"{self.key_id} {self.trade_id}"
