"""The ledger's tables. The database guards them itself: see sql/ledger/."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.domain.ledger.transfers import AccountKind, Phase, TransferKind


class LedgerAccount(models.Model):
    """An account in one currency, demo or real, of a person or of the operator. `available` = balance − held.

    Only the insertion of transfers changes `balance` and `held`: a trigger applies them and refuses all other writes.
    A wallet never goes below zero. The operator's own accounts (house, funding) may: a negative balance is their debt.
    """

    kind = models.CharField(_("kind"), max_length=10, choices=[(kind, kind) for kind in AccountKind])
    owner = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, related_name="wallets", verbose_name=_("owner")
    )
    currency = models.CharField(_("currency"), max_length=10)
    demo = models.BooleanField(_("demo"))
    balance = models.DecimalField(_("balance"), max_digits=20, decimal_places=8, default=0)
    held = models.DecimalField(_("held"), max_digits=20, decimal_places=8, default=0)
    revision = models.BigIntegerField(_("revision"), default=0)
    created_at = models.DateTimeField(_("made"))

    class Meta:
        db_table = "ledger_accounts"
        verbose_name, verbose_name_plural = _("ledger account"), _("ledger accounts")
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=list(AccountKind)), name="account_kind_is_known"),
            models.CheckConstraint(
                condition=Q(kind=AccountKind.WALLET, owner__isnull=False)
                | (~Q(kind=AccountKind.WALLET) & Q(owner__isnull=True)),
                name="a_wallet_has_an_owner",
            ),
            models.UniqueConstraint(fields=["owner", "currency", "demo"], name="one_wallet_each"),
            models.UniqueConstraint(
                fields=["kind", "currency", "demo"], condition=Q(owner__isnull=True), name="one_operator_account_each"
            ),
            # In PostgreSQL NaN is greater than every number, so an upper bound refuses it.
            models.CheckConstraint(condition=Q(held__gte=0, held__lt=10**12), name="held_is_a_number"),
            models.CheckConstraint(condition=Q(balance__gt=-(10**12), balance__lt=10**12), name="balance_is_a_number"),
            models.CheckConstraint(
                condition=~Q(kind=AccountKind.WALLET) | Q(balance__gte=F("held")), name="available_is_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk} {self.currency}{' demo' if self.demo else ''}"


class Transfer(models.Model):
    """One positive amount moved from one account to another, for ever: never updated, never deleted.

    `reference` and `kind` name the business fact: it has one opening and at most one resolution.
    The accounts have no foreign keys in the database: a check would write a lock into the house's row at every order.
    A trigger checks them once per statement, and accounts can't be deleted.
    """

    kind = models.CharField(_("kind"), max_length=12, choices=[(kind, kind) for kind in TransferKind])
    phase = models.CharField(_("phase"), max_length=10, choices=[(phase, phase) for phase in Phase])
    source = models.ForeignKey(
        LedgerAccount,
        on_delete=models.PROTECT,
        related_name="outgoing",
        db_constraint=False,
        db_index=False,
        verbose_name=_("from account"),
    )
    target = models.ForeignKey(
        LedgerAccount,
        on_delete=models.PROTECT,
        related_name="incoming",
        db_constraint=False,
        db_index=False,
        verbose_name=_("to account"),
    )
    amount = models.DecimalField(_("amount"), max_digits=20, decimal_places=8)
    currency = models.CharField(_("currency"), max_length=10)
    demo = models.BooleanField(_("demo"))
    reference = models.UUIDField(_("reference"))
    created_at = models.DateTimeField(_("made"))

    class Meta:
        db_table = "transfers"
        verbose_name, verbose_name_plural = _("transfer"), _("transfers")
        constraints = [
            # The trigger applies a transfer by its phase, and `kind` is part of a fact's name: both need known values.
            models.CheckConstraint(condition=Q(kind__in=list(TransferKind)), name="transfer_kind_is_known"),
            models.CheckConstraint(condition=Q(phase__in=list(Phase)), name="transfer_phase_is_known"),
            models.CheckConstraint(condition=Q(amount__gt=0, amount__lt=10**12), name="amount_is_positive"),
            models.CheckConstraint(condition=~Q(source=F("target")), name="source_is_not_target"),
            models.UniqueConstraint(
                fields=["reference", "kind"],
                condition=Q(phase__in=[Phase.SINGLE, Phase.PENDING]),
                name="one_opening_each",
            ),
            models.UniqueConstraint(
                fields=["reference", "kind"],
                condition=Q(phase__in=[Phase.POST, Phase.VOID]),
                name="one_resolution_each",
            ),
        ]
        # For a wallet's lines, in order. The stakes of the house are left out: nobody reads them in this order.
        indexes = [
            models.Index(fields=["source", "id"], name="transfers_by_source"),
            models.Index(fields=["target", "id"], name="transfers_by_target", condition=~Q(kind=TransferKind.STAKE)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.phase} {self.amount} {self.currency}"
