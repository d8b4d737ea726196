from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from trading.domain.early_close import LapseReason


class CloseOrder(models.Model):
    """An owner's order to sell an open trade back (rule 9). The price of `close_at`, then unknown, decides it.

    It waits, and then either has sold its trade or has lapsed; several may lapse before one sells. The id ascends with
    time.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SOLD = "sold", _("sold")
        LAPSED = "lapsed", _("lapsed")

    LAPSES = [
        (LapseReason.BELOW_MINIMUM, _("the offer was below the minimum")),
        (LapseReason.NO_PRICE, _("there was no price in time")),
        (LapseReason.NOTHING_OFFERED, _("nothing was offered")),
        (LapseReason.SIMULATED_PRICE, _("the price was not a live one")),
        (LapseReason.TRADE_ENDED, _("the trade had ended")),
    ]

    id = models.UUIDField(_("id"), primary_key=True, editable=False)
    trade = models.ForeignKey(
        "trading.FlashTrade", on_delete=models.PROTECT, related_name="close_orders", verbose_name=_("trade")
    )
    min_price = models.DecimalField(_("at least"), max_digits=20, decimal_places=8, null=True)
    asked_at = models.DateTimeField(_("asked"))
    close_at = models.DateTimeField(_("decided by the price of"))
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.WAITING)
    lapse_reason = models.CharField(_("lapsed because"), max_length=16, choices=LAPSES, null=True)
    offer = models.DecimalField(_("offer"), max_digits=20, decimal_places=8, null=True)
    """The trade's value at the price that decided, less the spread; None without such a price."""

    decided_at = models.DateTimeField(_("decided"), null=True)

    class Meta:
        db_table = "close_orders"
        ordering = ["-id"]
        verbose_name, verbose_name_plural = _("close order"), _("close orders")
        constraints = [
            models.UniqueConstraint(fields=["trade"], condition=Q(state="waiting"), name="one_close_order_at_a_time"),
            models.UniqueConstraint(fields=["trade"], condition=Q(state="sold"), name="a_trade_is_sold_once"),
            models.CheckConstraint(
                condition=Q(min_price=None) | Q(min_price__gt=0, min_price__lt=10**12), name="a_minimum_is_positive"
            ),
            models.CheckConstraint(condition=Q(asked_at__lt=F("close_at")), name="decided_by_a_later_price"),
            models.CheckConstraint(
                condition=Q(state="waiting", lapse_reason=None, offer=None, decided_at=None)
                | Q(state="sold", lapse_reason=None, offer__isnull=False, decided_at__isnull=False)
                & Q(offer__gt=0, offer__lt=10**12)
                | Q(state="lapsed", lapse_reason__isnull=False, decided_at__isnull=False),
                name="close_orders_end_as_their_state_says",
            ),
            models.CheckConstraint(
                condition=~Q(state="sold") | Q(min_price=None) | Q(offer__gte=F("min_price")),
                name="never_sold_below_the_minimum",
            ),
        ]
        indexes = [models.Index(fields=["close_at"], name="close_orders_waiting", condition=Q(state="waiting"))]

    def __str__(self) -> str:
        return str(self.id)
