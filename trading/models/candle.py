from django.db import models

from trading.domain.candles import Interval


class Candle(models.Model):
    """The candle of an instrument's index in one interval. Derived: the database updates it with each price.

    `opened_at` is a multiple of the interval since 1970 in UTC. A second without a price adds nothing, an interval
    without any has no row. `simulated`: at least one of its prices wasn't live. One-second candles aren't stored: they
    are the prices themselves.
    """

    pk = models.CompositePrimaryKey("instrument_id", "interval", "opened_at")
    instrument = models.ForeignKey("trading.Instrument", on_delete=models.PROTECT, db_index=False)
    interval = models.PositiveIntegerField(choices=[(i.seconds, i.value) for i in Interval if i.is_kept])
    """In seconds."""

    opened_at = models.DateTimeField()
    open = models.DecimalField(max_digits=20, decimal_places=8)
    high = models.DecimalField(max_digits=20, decimal_places=8)
    low = models.DecimalField(max_digits=20, decimal_places=8)
    close = models.DecimalField(max_digits=20, decimal_places=8)
    count = models.PositiveIntegerField()
    simulated = models.BooleanField()

    class Meta:
        db_table = "candles"

    def __str__(self) -> str:
        return f"{self.opened_at} {self.interval} s"
