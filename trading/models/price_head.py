from django.db import models

from trading.domain.prices import Source


class PriceHead(models.Model):
    """The end of an instrument's price chain. Only the database moves it, with each price.

    It refuses a price that doesn't continue its chain, so no index over all months is needed for that.
    """

    instrument = models.OneToOneField("trading.Instrument", on_delete=models.PROTECT, primary_key=True)
    sequence = models.BigIntegerField()
    priced_at = models.DateTimeField()
    price = models.DecimalField(max_digits=20, decimal_places=8)
    source = models.CharField(max_length=10, choices=[(source, source) for source in Source])
    digest = models.CharField(max_length=64)
    rule_version = models.PositiveSmallIntegerField()

    class Meta:
        db_table = "price_heads"

    def __str__(self) -> str:
        return f"{self.priced_at} {self.price}"
