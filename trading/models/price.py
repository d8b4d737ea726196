from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from trading.domain.prices import Source


class IndexPrice(models.Model):
    """The published price of an instrument at a whole UTC second, with its inputs; never changed, never deleted.

    `digest` chains it to the price before (`trading.domain.prices.chain_digest`). The table has a partition for each
    month of UTC (see `services/prices/make_price_partitions.py`), so only keys with `priced_at` can be unique in it.
    Therefore the database checks against `PriceHead` at the insert that a price continues its chain.
    """

    instrument = models.ForeignKey(
        "trading.Instrument", on_delete=models.PROTECT, db_index=False, verbose_name=_("instrument")
    )
    sequence = models.BigIntegerField(_("number in the chain"))
    priced_at = models.DateTimeField(_("second"))
    price = models.DecimalField(_("price"), max_digits=20, decimal_places=8)
    source = models.CharField(_("source"), max_length=10, choices=[(source, source) for source in Source])
    venues = models.JSONField(_("venues"))
    previous = models.CharField(_("digest before"), max_length=64)
    digest = models.CharField(_("digest"), max_length=64)
    recorded_at = models.DateTimeField(_("recorded"))
    rule_version = models.PositiveSmallIntegerField(_("version of the rules"))
    venues_min = models.PositiveSmallIntegerField(_("venues needed"), null=True)
    """The number of fresh venues that it needed; None for prices of rule version 1."""

    class Meta:
        db_table = "index_prices"
        verbose_name, verbose_name_plural = _("index price"), _("index prices")
        constraints = [
            # It includes the columns of a page of seconds: the page reads the index alone, not rows of a kilobyte each.
            models.UniqueConstraint(
                fields=["instrument", "priced_at"], include=["price", "source"], name="one_price_a_second"
            ),
            models.CheckConstraint(condition=Q(price__gt=0, price__lt=10**12), name="price_is_positive"),
            models.CheckConstraint(
                condition=Q(rule_version=1) | Q(rule_version__gte=2, venues_min__gte=1), name="price_tells_its_rules"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.priced_at} {self.price}"
