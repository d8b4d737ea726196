from decimal import Decimal
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.domain.money import SCALES
from trading.domain.rules import RULES_NOW
from trading.domain.terms import Status

SYMBOL = r"^[A-Z0-9]{1,12}-[A-Z0-9]{1,7}$"
DURATION_MAX_SECONDS = 86_400
STATUS_REASON_LENGTH_MAX = 200
STAKE_WINDOW_MAX_SECONDS = 30 * 86_400
MONEY_CAP: dict[str, Any] = {
    "max_digits": 20,
    "decimal_places": 2,
    "null": True,
    "blank": True,
    "validators": [MinValueValidator(Decimal(0))],
}


class Instrument(models.Model):
    """An index that is traded on. Its bounds and durations hold for future trades only; PayoutVersion has the rates."""

    STATUSES = [
        (Status.OPEN, pgettext_lazy("an instrument", "open")),
        (Status.CLOSE_ONLY, _("close only")),
        (Status.PAUSED, _("paused")),
        (Status.RETIRED, _("retired")),
    ]

    CURRENCIES = [(currency, currency) for currency in SCALES]

    symbol = models.CharField(
        _("symbol"),
        max_length=20,
        unique=True,
        validators=[RegexValidator(SYMBOL, _("Like BTC-USDT: capitals and digits"))],
    )
    currency = models.CharField(_("currency of the stake"), max_length=10, default="USDT", choices=CURRENCIES)
    pip = models.DecimalField(_("pip"), max_digits=20, decimal_places=8)
    status = models.CharField(_("status"), max_length=10, choices=STATUSES, default=Status.OPEN)
    stake_min = models.DecimalField(
        _("smallest stake"), max_digits=20, decimal_places=2, default=1, validators=[MinValueValidator(Decimal("0.01"))]
    )
    stake_max = models.DecimalField(_("largest stake"), max_digits=20, decimal_places=2, default=1000)
    durations = ArrayField(
        models.PositiveIntegerField(
            validators=[MinValueValidator(RULES_NOW.duration_min_seconds), MaxValueValidator(DURATION_MAX_SECONDS)]
        ),
        verbose_name=_("durations in seconds"),
    )
    venues_min = models.PositiveSmallIntegerField(
        _("venues needed"), default=3, help_text=_("A live index needs this many fresh venues.")
    )
    status_reason = models.CharField(
        _("reason of the status"), max_length=STATUS_REASON_LENGTH_MAX, default="", db_default="", blank=True
    )
    status_reason_ko = models.CharField(
        _("reason of the status in Korean"),
        max_length=STATUS_REASON_LENGTH_MAX,
        default="",
        db_default="",
        blank=True,
    )
    status_since = models.DateTimeField(_("status since"), null=True, blank=True)

    # The operator's caps, each for the demo and the real book separately; empty means no cap.
    liability_max = models.DecimalField(
        _("liability cap"),
        help_text=_("The most that all open trades together may gain, in each book. Empty: no cap."),
        **MONEY_CAP,
    )
    bucket_liability_max = models.DecimalField(
        _("liability cap per expiry minute"),
        help_text=_("The most that the trades which expire in one minute may gain, in each book. Empty: no cap."),
        **MONEY_CAP,
    )
    open_trades_max = models.PositiveIntegerField(_("open trades per trader"), null=True, blank=True)
    staked_max = models.DecimalField(_("stakes per trader and window"), **MONEY_CAP)
    stake_window_seconds = models.PositiveIntegerField(
        _("window of stakes in seconds"),
        default=3600,
        db_default=3600,
        validators=[MinValueValidator(1), MaxValueValidator(STAKE_WINDOW_MAX_SECONDS)],
    )

    tradable = models.BooleanField(
        _("tradable"),
        default=True,
        help_text=_("Off for an index that only converts others, like USDT-USD: retired from the beginning."),
    )

    class Meta:
        db_table = "instruments"
        ordering = ["id"]
        verbose_name, verbose_name_plural = _("instrument"), _("instruments")
        permissions = [
            ("set_status", "Can open, close and pause instruments"),
            ("view_exposure", "Can see the house's exposure and result"),
        ]
        constraints = [
            # Addresses and channels contain it.
            models.CheckConstraint(condition=Q(symbol__regex=SYMBOL), name="symbol_is_well_formed"),
            # No other currency has a scale for its amounts: one such row would break every list.
            models.CheckConstraint(condition=Q(currency__in=list(SCALES)), name="currency_is_known"),
            models.CheckConstraint(condition=Q(pip__gt=0, pip__lt=10**6), name="pip_is_positive"),
            models.CheckConstraint(
                condition=Q(stake_min__gt=0, stake_max__gte=F("stake_min"), stake_max__lt=10**12),
                name="stake_bounds_make_sense",
            ),
            models.CheckConstraint(condition=Q(venues_min__gte=1), name="an_index_needs_a_venue"),
            # NaN is greater than every number in PostgreSQL: an upper bound refuses it.
            *(
                models.CheckConstraint(
                    condition=Q(**{name: None}) | Q(**{f"{name}__gte": 0, f"{name}__lt": 10**12}),
                    name=f"{name}_makes_sense",
                )
                for name in ("liability_max", "bucket_liability_max", "staked_max")
            ),
            models.CheckConstraint(
                condition=Q(stake_window_seconds__gte=1, stake_window_seconds__lte=STAKE_WINDOW_MAX_SECONDS),
                name="stake_window_makes_sense",
            ),
            models.CheckConstraint(condition=Q(tradable=True) | Q(status="retired"), name="conversions_are_not_traded"),
        ]

    def __str__(self) -> str:
        return self.symbol
