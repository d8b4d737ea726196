from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from trading.domain.proof.days import Day
from trading.domain.proof.jws import ALGORITHM


class DailyDigest(models.Model):
    """All prices of an instrument in one closed UTC day, in one hash, chained to the day before; for ever.

    No price of a published day can be recorded any more: the database refuses it.
    """

    instrument = models.ForeignKey(
        "trading.Instrument", on_delete=models.PROTECT, db_index=False, verbose_name=_("instrument")
    )
    day = models.DateField(_("day"))
    count = models.PositiveIntegerField(_("prices"))
    first_sequence = models.BigIntegerField(_("first number in the chain"), null=True)
    last_sequence = models.BigIntegerField(_("last number in the chain"), null=True)
    first_digest = models.CharField(_("first digest"), max_length=64, null=True)
    last_digest = models.CharField(_("last digest"), max_length=64, null=True)
    root = models.CharField(_("Merkle root"), max_length=64)
    previous = models.CharField(_("digest before"), max_length=64)
    digest = models.CharField(_("digest"), max_length=64)
    blocks = ArrayField(models.CharField(max_length=64))
    """The nodes over each 1,024 prices (`domain.proof.merkle`): a path doesn't need the whole day."""

    leaves = models.BinaryField()
    """The digests of all the prices, 32 bytes each: paths remain possible when the prices themselves are pruned."""

    published_at = models.DateTimeField(_("published"))

    class Meta:
        db_table = "daily_digests"
        verbose_name, verbose_name_plural = _("daily digest"), _("daily digests")
        constraints = [
            models.UniqueConstraint(fields=["instrument", "day"], name="one_digest_a_day"),
            models.UniqueConstraint(fields=["instrument", "previous"], name="one_day_follows_each"),
            models.CheckConstraint(
                condition=Q(
                    count__gt=0,
                    first_sequence__isnull=False,
                    last_sequence=models.F("first_sequence") + models.F("count") - 1,
                    first_digest__isnull=False,
                    last_digest__isnull=False,
                )
                | Q(count=0, first_sequence=None, last_sequence=None, first_digest=None, last_digest=None),
                name="a_day_leaves_no_price_out",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.instrument} {self.day}"

    @property
    def content(self) -> Day:
        """The published and hashed content."""
        return Day(
            instrument=self.instrument.symbol,
            day=self.day,
            count=self.count,
            first_sequence=self.first_sequence,
            last_sequence=self.last_sequence,
            first_digest=self.first_digest,
            last_digest=self.last_digest,
            root=self.root,
            previous=self.previous,
        )


class SigningKey(models.Model):
    """An Ed25519 key that signs proofs until it is retired; its public half stays published for ever."""

    kid = models.CharField(_("key id"), max_length=43, unique=True)
    algorithm = models.CharField(_("algorithm"), max_length=10, default=ALGORITHM)
    public_key = models.CharField(_("public key"), max_length=43)
    sealed_private_key = models.TextField()
    """Encrypted by `accounts.sealing`; deleted when the key retires."""

    created_at = models.DateTimeField(_("made"))
    retired_at = models.DateTimeField(pgettext_lazy("a key", "retired"), null=True)

    class Meta:
        db_table = "signing_keys"
        verbose_name, verbose_name_plural = _("signing key"), _("signing keys")
        constraints = [
            models.UniqueConstraint(fields=["algorithm"], condition=Q(retired_at=None), name="one_key_signs"),
            models.CheckConstraint(
                condition=Q(retired_at=None) & ~Q(sealed_private_key="")
                | Q(retired_at__isnull=False, sealed_private_key=""),
                name="a_retired_key_is_forgotten",
            ),
        ]

    def __str__(self) -> str:
        return self.kid
