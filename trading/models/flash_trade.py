from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from trading.domain.settlement import Result, VoidReason
from trading.domain.terms import Direction


class FlashTrade(models.Model):
    """The contract. Its terms are fixed at acceptance. `pending`: no entry price yet; `open`: entered; `settled`: over.

    The id ascends with time (UUID version 7), so it is also the order of the lists.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("pending")
        OPEN = "open", _("open")
        SETTLED = "settled", _("settled")

    OUTCOMES = [
        (Result.WON, _("won")),
        (Result.LOST, _("lost")),
        (Result.TIED, _("tied")),
        (Result.VOIDED, _("voided")),
        (Result.SOLD, _("sold")),
    ]

    id = models.UUIDField(_("id"), primary_key=True, editable=False)
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, db_index=False, verbose_name=_("trader"))
    wallet = models.ForeignKey(
        "accounts.LedgerAccount", on_delete=models.PROTECT, db_index=False, verbose_name=_("wallet")
    )
    instrument = models.ForeignKey(
        "trading.Instrument", on_delete=models.PROTECT, db_index=False, verbose_name=_("instrument")
    )
    idempotency_key = models.CharField(_("idempotency key"), max_length=255)
    order_digest = models.CharField(_("digest of the order"), max_length=64)

    direction = models.CharField(
        _("direction"), max_length=4, choices=[(Direction.UP, _("up")), (Direction.DOWN, _("down"))]
    )
    stake = models.DecimalField(_("stake"), max_digits=20, decimal_places=8)
    currency = models.CharField(_("currency"), max_length=10)
    demo = models.BooleanField(_("demo"))
    duration_seconds = models.PositiveIntegerField(_("duration in seconds"))
    payout_rate = models.DecimalField(_("payout rate"), max_digits=5, decimal_places=4)
    payout_version = models.PositiveIntegerField(_("version of the payouts"), null=True)
    """The version of the instrument's payouts; None for trades that are older than versions."""

    payout = models.DecimalField(_("payout of a win"), max_digits=20, decimal_places=8)
    rule_version = models.PositiveSmallIntegerField(_("version of the rules"))
    accepted_at = models.DateTimeField(_("accepted"))
    entry_at = models.DateTimeField(_("entry"))
    expires_at = models.DateTimeField(_("expiry"))

    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.PENDING)
    entry_price = models.DecimalField(_("entry price"), max_digits=20, decimal_places=8, null=True)
    exit_price = models.DecimalField(_("exit price"), max_digits=20, decimal_places=8, null=True)
    exit_samples = models.PositiveSmallIntegerField(_("prices in the exit"), null=True)
    outcome = models.CharField(_("outcome"), max_length=6, choices=OUTCOMES, null=True)
    void_reason = models.CharField(
        _("reason of the void"), max_length=24, choices=[(r, r) for r in VoidReason], null=True
    )
    profit = models.DecimalField(_("trader's profit"), max_digits=20, decimal_places=8, null=True)
    settled_at = models.DateTimeField(_("settled"), null=True)
    sale = models.DecimalField(_("sale"), max_digits=20, decimal_places=8, null=True)
    """The house's payment for a trade that was sold early; below, the price that decided it, and its second."""

    sold_at_price = models.DecimalField(_("price of the sale"), max_digits=20, decimal_places=8, null=True)
    sold_priced_at = models.DateTimeField(_("second of that price"), null=True)

    class Meta:
        db_table = "flash_trades"
        verbose_name, verbose_name_plural = _("flash trade"), _("flash trades")
        constraints = [
            models.UniqueConstraint(fields=["user", "idempotency_key"], name="one_trade_a_key"),
            models.CheckConstraint(condition=Q(stake__gt=0, stake__lt=10**12), name="stake_is_positive"),
            models.CheckConstraint(
                condition=Q(payout__gte=F("stake"), payout__lt=10**12), name="a_payout_includes_the_stake"
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__lt=F("entry_at"), entry_at__lt=F("expires_at")), name="times_ascend"
            ),
            models.CheckConstraint(
                condition=Q(state="settled", outcome__isnull=False, settled_at__isnull=False, profit__isnull=False)
                | (~Q(state="settled") & Q(outcome=None, settled_at=None, profit=None, exit_price=None)),
                name="settled_once_with_an_outcome",
            ),
            models.CheckConstraint(
                condition=Q(state="pending", entry_price=None)
                | Q(state="open", entry_price__isnull=False)
                | Q(state="settled", entry_price__isnull=False)
                | Q(state="settled", outcome=Result.VOIDED),
                name="open_with_an_entry_price",
            ),
            models.CheckConstraint(
                # Each is checked to be not null: a check that gives null passes.
                condition=Q(
                    outcome__isnull=False,
                    sale__isnull=False,
                    sold_at_price__isnull=False,
                    sold_priced_at__isnull=False,
                    outcome=Result.SOLD,
                    sale__gt=0,
                    sale__lt=F("payout"),
                    profit=F("sale") - F("stake"),
                    sold_at_price__gt=0,
                    sold_priced_at__gt=F("entry_at"),
                    sold_priced_at__lt=F("expires_at"),
                    exit_price=None,
                    void_reason=None,
                )
                | (
                    (Q(outcome=None) | Q(outcome__in=[Result.WON, Result.LOST, Result.TIED, Result.VOIDED]))
                    & Q(sale=None, sold_at_price=None, sold_priced_at=None)
                ),
                name="sold_with_a_sale_before_expiry",
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-id"], name="idx_flash_trades_user_id"),
            models.Index(fields=["accepted_at"], name="idx_flash_trades_created_at"),
            models.Index(fields=["instrument", "entry_at"], name="flash_trades_to_enter", condition=Q(state="pending")),
            models.Index(
                fields=["instrument", "expires_at"], name="flash_trades_to_settle", condition=~Q(state="settled")
            ),
            # A person's unsettled trades: without it, a limit reads everybody's open trades at each order. Its
            # condition means that of `flash_trades_to_settle`, in other words: PostgreSQL would choose either for a
            # person's trades, since it takes both for empty on a busy morning after a quiet night.
            models.Index(fields=["user"], name="flash_trades_of_a_person", condition=Q(settled_at=None)),
            models.Index(
                fields=["instrument", "settled_at"], name="flash_trades_voided", condition=Q(outcome=Result.VOIDED)
            ),
            # A person's losses in a period: without it, a loss limit reads everybody's trades at each order.
            models.Index(fields=["user", "settled_at"], name="flash_trades_settled", condition=Q(state="settled")),
        ]

    def __str__(self) -> str:
        return str(self.id)
