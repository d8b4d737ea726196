from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class PushKey(models.Model):
    """The platform's key at push services. Browsers subscribe with it: another one would end all subscriptions."""

    sealed_private_key = models.TextField()
    made_at = models.DateTimeField()

    class Meta:
        db_table = "push_keys"
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=Q(id=1), name="there_is_one_push_key")]

    def __str__(self) -> str:
        return str(self.made_at)


class PushSubscription(models.Model):
    """A person's browser that wants to hear of results. It ends with the session in which it was made.

    A reader of `receiver` and `auth` can't push by them: the push service asks for the platform's key.
    """

    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+", verbose_name=_("person"))
    session = models.ForeignKey("usersessions.UserSession", on_delete=models.CASCADE, related_name="+")
    endpoint = models.CharField(_("address"), max_length=1000, unique=True)
    receiver = models.CharField(max_length=100)
    auth = models.CharField(max_length=40)
    made_at = models.DateTimeField(_("made"))
    failing_since = models.DateTimeField(_("failing since"), null=True)

    class Meta:
        db_table = "push_subscriptions"
        verbose_name, verbose_name_plural = _("push subscription"), _("push subscriptions")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.user_id} {self.made_at}"


class PushMessage(models.Model):
    """A result to push, stored in the transaction of the settlement, and deleted when a sender takes it.

    At most once: a result that comes twice is worse than one that doesn't come, since the page has all.
    """

    subscription = models.ForeignKey(PushSubscription, on_delete=models.CASCADE, related_name="+", db_index=False)
    reference = models.UUIDField()
    made_at = models.DateTimeField()

    class Meta:
        db_table = "push_messages"
        default_permissions = ()
        indexes = [models.Index(fields=["subscription", "id"], name="push_messages_in_turn")]

    def __str__(self) -> str:
        return str(self.reference)
