from django.db import models
from django.db.models import Q


class LiabilitySlot(models.Model):
    """One stripe of the house's liability on an instrument's open trades, in one book and one expiry bucket.

    Only instruments with a cap have rows. `used` is the liability of the open trades of this stripe's wallets; up to
    `allotted` they may take without a look at the other stripes. When a cap changes, a trigger counts anew from the
    trades (`sql/caps/liability_recount.sql`). The database accepts a negative `used`: a miscount must never stop a
    settlement, and the reconciliation finds it.
    """

    instrument = models.ForeignKey("trading.Instrument", on_delete=models.CASCADE, db_index=False, related_name="+")
    demo = models.BooleanField()
    bucket = models.DateTimeField()
    """The UTC minute in which the trades expire; 1970 for all of them together (`trading.domain.caps.IN_TOTAL`)."""

    stripe = models.PositiveSmallIntegerField()
    allotted = models.DecimalField(max_digits=20, decimal_places=8, default=0, db_default=0)
    used = models.DecimalField(max_digits=20, decimal_places=8, default=0, db_default=0)
    tilt = models.DecimalField(max_digits=20, decimal_places=8, default=0, db_default=0)
    """The part of `used` on up trades less the part on down trades: the skew of the payouts depends on it."""

    class Meta:
        db_table = "liability_slots"
        constraints = [
            models.UniqueConstraint(fields=["instrument", "demo", "bucket", "stripe"], name="one_slot_a_stripe"),
            models.CheckConstraint(
                condition=Q(allotted__lt=10**12, used__lt=10**12, used__gt=-(10**12)), name="slots_hold_numbers"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.instrument_id} {self.bucket} {self.stripe}: {self.used}"
