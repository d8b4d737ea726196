"""The cashier's terms. The database guards them itself: see sql/cashier/."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.domain.cashier.real_money import Provider
from accounts.domain.money import SCALES


class CashierTerms(models.Model):
    """The operator's terms for one currency. Without a row, or closed, there are no deposits and withdrawals in it."""

    currency = models.CharField(
        _("currency"), max_length=10, unique=True, choices=[(currency, currency) for currency in SCALES]
    )
    deposits_open = models.BooleanField(_("deposits open"), default=False)
    withdrawals_open = models.BooleanField(_("withdrawals open"), default=False)
    deposit_provider = models.CharField(
        _("deposits are taken by"),
        max_length=20,
        choices=[(Provider.MANUAL, _("staff, by these instructions")), (Provider.BTCPAY, "BTCPay Server")],
        default=Provider.MANUAL,
    )
    deposit_instructions = models.TextField(
        _("instructions for paying in"),
        max_length=2000,
        blank=True,
        help_text=_("Traders read these. Each deposit has an id: ask for it as the payment's text."),
    )
    deposit_min = models.DecimalField(_("smallest deposit"), max_digits=20, decimal_places=8)
    deposit_daily_max = models.DecimalField(_("most deposited a day"), max_digits=20, decimal_places=8)
    deposit_fee = models.DecimalField(_("deposit fee"), max_digits=20, decimal_places=8, default=0)
    withdrawal_min = models.DecimalField(_("smallest withdrawal"), max_digits=20, decimal_places=8)
    withdrawal_daily_max = models.DecimalField(_("most withdrawn a day"), max_digits=20, decimal_places=8)
    withdrawal_fee = models.DecimalField(_("withdrawal fee"), max_digits=20, decimal_places=8, default=0)
    four_eyes_from = models.DecimalField(
        _("second approval from"),
        max_digits=20,
        decimal_places=8,
        help_text=_("A withdrawal, or a deposit credited by hand, of this amount or more needs two members of staff."),
    )

    class Meta:
        db_table = "cashier_terms"
        verbose_name, verbose_name_plural = _("cashier's terms"), _("cashier's terms")
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    deposit_min__gt=0,
                    deposit_daily_max__gte=F("deposit_min"),
                    deposit_daily_max__lt=10**12,
                    deposit_fee__gte=0,
                    deposit_fee__lt=F("deposit_min"),
                    withdrawal_min__gt=0,
                    withdrawal_daily_max__gte=F("withdrawal_min"),
                    withdrawal_daily_max__lt=10**12,
                    withdrawal_fee__gte=0,
                    withdrawal_fee__lt=10**12,
                    four_eyes_from__gte=0,
                    four_eyes_from__lt=10**12,
                ),
                name="cashier_terms_make_sense",
            ),
        ]

    def __str__(self) -> str:
        return self.currency
