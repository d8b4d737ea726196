from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.domain.limits.exclusions import ExclusionKind
from accounts.domain.limits.own_limits import PERIODIC, PERIODS_DAYS, LimitKind, Setting


class TradingLimit(models.Model):
    """A trader's own limit in one currency and book. A session limit covers the whole person, in minutes.

    `amount` holds now (None: no limit), `next_amount` from `next_from` on: a raise waits, a lowering doesn't.
    The database enforces this too: see sql/limits/limits_rise_slowly.sql.
    """

    user = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, related_name="limits", db_index=False, verbose_name=_("trader")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=[(kind, kind) for kind in LimitKind])
    currency = models.CharField(_("currency"), max_length=10, blank=True)
    demo = models.BooleanField(_("demo"))
    period_days = models.PositiveSmallIntegerField(_("days"), default=0)
    amount = models.DecimalField(_("amount"), max_digits=20, decimal_places=8, null=True)
    next_amount = models.DecimalField(_("next amount"), max_digits=20, decimal_places=8, null=True)
    next_from = models.DateTimeField(_("next from"), null=True)
    changed_at = models.DateTimeField(_("changed"))

    class Meta:
        db_table = "trading_limits"
        verbose_name, verbose_name_plural = _("trading limit"), _("trading limits")
        constraints = [
            models.UniqueConstraint(fields=["user", "kind", "currency", "demo", "period_days"], name="one_limit_each"),
            models.CheckConstraint(
                condition=Q(kind__in=PERIODIC, period_days__in=PERIODS_DAYS)
                | (Q(kind__in=[kind for kind in LimitKind if kind not in PERIODIC], period_days=0)),
                name="limit_kind_and_period",
            ),
            models.CheckConstraint(
                condition=Q(amount=None) | Q(amount__gte=0, amount__lt=10**12), name="limit_is_a_number"
            ),
            models.CheckConstraint(
                condition=Q(next_amount=None) | Q(next_amount__gte=0, next_amount__lt=10**12),
                name="next_limit_is_a_number",
            ),
            models.CheckConstraint(
                condition=Q(next_amount=None) | Q(next_from__isnull=False), name="a_next_limit_has_its_time"
            ),
            models.CheckConstraint(
                condition=Q(kind=LimitKind.SESSION, currency="", demo=False)
                | Q(kind=LimitKind.DEPOSIT, demo=False, currency__gt="")
                | (~Q(kind__in=[LimitKind.SESSION, LimitKind.DEPOSIT]) & Q(currency__gt="")),
                name="limit_belongs_to_a_wallet",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}, {self.period_days} d" if self.period_days else self.kind

    @property
    def setting(self) -> Setting:
        """The amounts, with the rules for changing them."""
        return Setting(self.amount, self.next_amount, self.next_from)


class Exclusion(models.Model):
    """A time without trading, at the person's own request. Nobody can lift it; a longer one may follow.

    The database refuses changes and deletions by any program: see sql/limits/exclusions_cannot_be_lifted.sql.
    """

    KINDS = [(ExclusionKind.TIME_OUT, _("time-out")), (ExclusionKind.SELF_EXCLUSION, _("self-exclusion"))]

    user = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, related_name="exclusions", verbose_name=_("trader")
    )
    kind = models.CharField(_("kind"), max_length=14, choices=KINDS)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))

    class Meta:
        db_table = "exclusions"
        verbose_name, verbose_name_plural = _("exclusion"), _("exclusions")
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=list(ExclusionKind)), name="exclusion_kind_is_known"),
            models.CheckConstraint(condition=Q(starts_at__lt=models.F("ends_at")), name="an_exclusion_lasts"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} until {self.ends_at}"
