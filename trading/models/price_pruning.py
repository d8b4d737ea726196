from django.db import models
from django.utils.translation import gettext_lazy as _


class PricePruning(models.Model):
    """A record of a pruned month: its prices were removed, except those that the proof of some trade needs.

    The database's own function writes it with the removal (`services/prices/prune_prices.py`); for ever.
    """

    month = models.DateField(_("month"), primary_key=True)
    kept = models.BigIntegerField(_("prices kept"))
    removed = models.BigIntegerField(_("prices removed"))
    pruned_at = models.DateTimeField(_("pruned"))

    class Meta:
        db_table = "price_prunings"
        verbose_name, verbose_name_plural = _("pruned month"), _("pruned months")

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"
