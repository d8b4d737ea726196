from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.domain.access.scopes import LoginMethod


class Login(models.Model):
    """One attempt to sign in to a person's account: time, address, device, method and success."""

    METHODS = [
        (LoginMethod.PASSWORD, _("password")),
        (LoginMethod.PASSKEY, _("passkey")),
        (LoginMethod.TOKEN, _("token for an app")),
    ]

    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="logins", db_index=False)
    at = models.DateTimeField(_("time"))
    method = models.CharField(_("method"), max_length=10, choices=METHODS)
    succeeded = models.BooleanField(_("succeeded"))
    address = models.GenericIPAddressField(_("address"), null=True)
    device = models.CharField(_("device"), max_length=400, blank=True)

    class Meta:
        db_table = "logins"
        verbose_name, verbose_name_plural = _("login"), _("logins")
        indexes = [models.Index(fields=["user", "-id"], name="logins_of_a_user")]

    def __str__(self) -> str:
        return f"{self.at} {self.address}"
