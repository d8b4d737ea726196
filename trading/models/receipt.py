from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Receipt(models.Model):
    """The signed acceptance of an order or of a close order, for ever; those of one wallet are a chain.

    Its id is that of the trade or close order: one receipt for each acceptance. The row has the part that this lacks;
    its terms are fixed, so both are the receipt's text again (`wire.receipts`), at a quarter of the bytes.
    """

    id = models.UUIDField(_("id"), primary_key=True, editable=False)
    # No foreign keys in the database: the trigger `receipts_are_checked` checks all receipts of a batch at once, and
    # neither wallets nor keys are ever deleted.
    wallet = models.ForeignKey(
        "accounts.LedgerAccount",
        on_delete=models.PROTECT,
        db_index=False,
        db_constraint=False,
        verbose_name=_("wallet"),
    )
    price_sequence = models.BigIntegerField(_("number of the newest price"))
    key = models.ForeignKey("trading.SigningKey", on_delete=models.PROTECT, db_index=False, db_constraint=False)
    number = models.IntegerField(_("number in the chain"))
    version = models.PositiveSmallIntegerField()
    previous = models.BinaryField(_("digest before"))
    price_digest = models.BinaryField(_("digest of the newest price"))
    digest = models.BinaryField(_("digest"))
    signature = models.BinaryField()

    class Meta:
        db_table = "receipts"
        verbose_name, verbose_name_plural = _("receipt"), _("receipts")
        constraints = [
            models.UniqueConstraint(fields=["wallet", "number"], name="one_receipt_follows_each"),
            models.CheckConstraint(condition=Q(number__gt=0), name="receipts_count_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.wallet_id} {self.number}"
