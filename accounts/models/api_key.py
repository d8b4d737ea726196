from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.domain.access.scopes import Scope


class ApiKey(models.Model):
    """A program's own credential. The secret is shown once and stored as SHA-256.

    A key in HMAC mode signs its requests instead of sending its secret. For that its secret is stored encrypted.
    """

    SCOPES = [(Scope.READ, _("read")), (Scope.TRADE, _("trade")), (Scope.WITHDRAW, _("withdraw"))]

    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="api_keys")
    name = models.CharField(_("name"), max_length=60)
    prefix = models.CharField(_("prefix"), max_length=16, unique=True)
    secret_hash = models.CharField(max_length=64)
    encrypted_secret = models.TextField(blank=True)
    scopes = ArrayField(models.CharField(max_length=10, choices=SCOPES), verbose_name=_("scopes"))
    networks = ArrayField(models.CharField(max_length=43), verbose_name=_("addresses"), default=list, blank=True)
    # The mark of the session that made it; empty from the shell.
    made_by = models.CharField(max_length=32, blank=True, default="")
    created_at = models.DateTimeField(_("made"))
    expires_at = models.DateTimeField(_("expires"), null=True)
    last_used_at = models.DateTimeField(_("last used"), null=True)
    last_used_from = models.GenericIPAddressField(_("last used from"), null=True)
    # Fixed when it is made (`accounts.domain.access.key_limits`); null is no limit.
    stake_max = models.DecimalField(_("largest stake"), max_digits=20, decimal_places=8, null=True)
    stake_a_day = models.DecimalField(_("stakes a day"), max_digits=20, decimal_places=8, null=True)
    open_trades_max = models.PositiveSmallIntegerField(_("open trades"), null=True)
    stopped_at = models.DateTimeField(_("trading stopped"), null=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True)

    class Meta:
        db_table = "api_keys"
        verbose_name, verbose_name_plural = _("API key"), _("API keys")
        constraints = [
            models.CheckConstraint(
                condition=Q(scopes__contained_by=list(Scope), scopes__len__gte=1), name="scopes_are_known"
            ),
            models.CheckConstraint(
                condition=(Q(stake_max=None) | Q(stake_max__gt=0, stake_max__lt=10**12))
                & (Q(stake_a_day=None) | Q(stake_a_day__gt=0, stake_a_day__lt=10**12))
                & (Q(open_trades_max=None) | Q(open_trades_max__gte=1, open_trades_max__lte=1000)),
                name="limits_of_keys_are_positive",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @property
    def signs(self) -> bool:
        """Whether the key is in HMAC mode."""
        return bool(self.encrypted_secret)


class SpentSignature(models.Model):
    """A used signature of a key. The platform refuses the same request if it comes again within its window."""

    key = models.ForeignKey(ApiKey, on_delete=models.CASCADE, db_index=False)
    signature = models.CharField(max_length=64)
    spent_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "spent_signatures"
        constraints = [models.UniqueConstraint(fields=["key", "signature"], name="a_signature_is_spent_once")]

    def __str__(self) -> str:
        return self.signature
