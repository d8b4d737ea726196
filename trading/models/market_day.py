from django.db import models
from django.db.models import Q


class MarketDay(models.Model):
    """An instrument's trades of one UTC day in one book, counted by the day of their acceptance.

    Derived from the trades, so that nobody sums up millions of them to read a page. `house_profit` is that of the
    settled ones, without what later voids took back: a correction counts on its own day, in `corrected`.
    """

    day = models.DateField()
    instrument = models.ForeignKey("trading.Instrument", on_delete=models.PROTECT, db_index=False, related_name="+")
    demo = models.BooleanField()
    trades = models.PositiveIntegerField()
    traders = models.PositiveIntegerField()
    staked = models.DecimalField(max_digits=24, decimal_places=8)
    house_profit = models.DecimalField(max_digits=24, decimal_places=8)
    corrected = models.DecimalField(max_digits=24, decimal_places=8, default=0)
    """The amount that the day's corrections gave back to wallets; negative: that they took."""

    counted_at = models.DateTimeField()

    class Meta:
        db_table = "market_days"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["day", "instrument", "demo"], name="one_count_a_day"),
            models.CheckConstraint(condition=Q(staked__gte=0), name="a_day_stakes_nothing_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.instrument_id}"
