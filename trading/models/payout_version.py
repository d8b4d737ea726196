from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from trading.domain.payouts import Payouts

RATE: dict[str, Any] = {"max_digits": 5, "decimal_places": 4}


class PayoutVersion(models.Model):
    """The payouts of an instrument from one moment on, for trades accepted since then.

    Rows are only ever added. The version in force at a moment is the highest one whose `effective_from` has come. The
    database gives each new instrument its version 1: the rate below for every duration.
    """

    instrument = models.ForeignKey(
        "trading.Instrument", on_delete=models.PROTECT, db_index=False, verbose_name=_("instrument")
    )
    version = models.PositiveIntegerField(_("version"))
    rate = models.DecimalField(
        _("payout rate"), default=Decimal("0.85"), db_default=Decimal("0.85"), help_text=_("0.85: a win gains 85 %"),
        **RATE,
    )  # fmt: skip
    rates = models.JSONField(_("rates of single durations"), default=dict, db_default={}, blank=True)
    """By seconds: {"3600": "0.8"}. `rate` holds for the other durations."""

    skew_max = models.DecimalField(_("largest skew"), default=Decimal(0), db_default=Decimal(0), **RATE)
    skew_scale = models.DecimalField(
        _("imbalance of the largest skew"), max_digits=20, decimal_places=2, null=True, blank=True
    )
    edge_min = models.DecimalField(_("least house edge"), default=Decimal(0), db_default=Decimal(0), **RATE)
    effective_from = models.DateTimeField(_("in force from"))
    made_at = models.DateTimeField(_("made at"))
    made_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, db_index=False, related_name="+", verbose_name=_("by")
    )
    """None for version 1."""

    reason = models.CharField(_("reason"), max_length=1000, default="", db_default="")

    class Meta:
        db_table = "payout_versions"
        verbose_name, verbose_name_plural = _("payout"), _("payouts")
        constraints = [
            models.UniqueConstraint(fields=["instrument", "version"], name="one_payout_a_version"),
            # NaN is greater than every number in PostgreSQL: an upper bound refuses it. A check that gives null passes.
            models.CheckConstraint(condition=Q(rate__gt=0, rate__lte=5), name="payout_rate_makes_sense"),
            models.CheckConstraint(
                condition=Q(skew_max__gte=0, skew_max__lt=F("rate")), name="skew_leaves_something_to_win"
            ),
            models.CheckConstraint(
                condition=Q(skew_max=0, skew_scale=None)
                | Q(skew_scale__isnull=False, skew_scale__gt=0, skew_scale__lt=10**12),
                name="skew_has_a_scale",
            ),
            models.CheckConstraint(
                condition=Q(edge_min__gte=-2, edge_min__lt=Decimal("0.5")), name="edge_min_makes_sense"
            ),
            models.CheckConstraint(
                condition=Q(rate__lte=1 - 2 * F("edge_min") - F("skew_max")), name="payout_leaves_the_edge"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.instrument_id} {self.version}"

    @property
    def payouts(self) -> Payouts:
        """The domain's value of this row."""
        return Payouts(
            version=self.version,
            rate=self.rate,
            rates={int(seconds): Decimal(rate) for seconds, rate in self.rates.items()},
            rate_skew_max=self.skew_max,
            rate_skew_scale=self.skew_scale,
            edge_min=self.edge_min,
        )
