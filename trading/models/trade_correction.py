from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class TradeCorrection(models.Model):
    """The void of a settled trade (rule 10): its money is moved back. The trade itself stays as it ended.

    Never changed, never deleted, and only with an executed request that enough others approved: the database checks
    that when the transaction commits.
    """

    trade = models.OneToOneField(
        "trading.FlashTrade",
        on_delete=models.PROTECT,
        primary_key=True,
        related_name="correction",
        verbose_name=_("trade"),
    )
    request = models.OneToOneField(
        "accounts.ApprovalRequest", on_delete=models.PROTECT, related_name="+", verbose_name=_("request")
    )
    reason = models.TextField(_("reason"))
    amount = models.DecimalField(_("amount"), max_digits=20, decimal_places=8)
    """The amount that the wallet got back; negative: the amount that it returned."""

    corrected_at = models.DateTimeField(_("corrected"))

    class Meta:
        db_table = "trade_corrections"
        verbose_name, verbose_name_plural = _("correction"), _("corrections")
        constraints = [
            models.CheckConstraint(condition=Q(reason__regex=r"\S"), name="a_correction_has_a_reason"),
            models.CheckConstraint(
                condition=~Q(amount=0) & Q(amount__gt=-(10**12), amount__lt=10**12), name="a_correction_moves_money"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.trade_id} {self.amount}"
