from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class WebhookEndpoint(models.Model):
    """An address of a person's program that the platform calls with news. Its signing secret is stored encrypted.

    `failing_since` is the time of the first failure since the last success.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    url = models.CharField(_("address"), max_length=1000)
    events = ArrayField(models.CharField(max_length=30), verbose_name=_("events"))
    encrypted_secret = models.TextField()
    made_at = models.DateTimeField(_("made"))
    failing_since = models.DateTimeField(_("failing since"), null=True)
    off_at = models.DateTimeField(_("switched off"), null=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "webhook_endpoints"
        verbose_name, verbose_name_plural = _("webhook"), _("webhooks")

    def __str__(self) -> str:
        return self.url


class WebhookMessage(models.Model):
    """A piece of news for an endpoint, stored in the transaction of the event: the outbox and the log in one.

    `reference` is the trade, the close order, the deposit or the withdrawal. Its content is read when it is sent.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        DELIVERED = "delivered", _("delivered")
        FAILED = "failed", _("failed")

    id = models.UUIDField(primary_key=True, editable=False)
    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.CASCADE, related_name="+", db_index=False)
    event = models.CharField(_("event"), max_length=30)
    reference = models.UUIDField()
    made_at = models.DateTimeField(_("time"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING, db_default=State.WAITING)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0, db_default=0)
    next_try_at = models.DateTimeField(_("next try"), null=True)
    """None when nothing more is tried."""

    tried_at = models.DateTimeField(_("last try"), null=True)
    status = models.PositiveSmallIntegerField(_("answer"), null=True)
    """The HTTP status of the last answer; None without an answer."""

    fault = models.CharField(_("fault"), max_length=200, blank=True, default="", db_default="")

    class Meta:
        db_table = "webhook_messages"
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "event", "reference"], name="an_event_is_told_once"),
            models.CheckConstraint(
                condition=Q(state="waiting", next_try_at__isnull=False) | ~Q(state="waiting") & Q(next_try_at=None),
                name="a_waiting_message_has_a_next_try",
            ),
        ]
        indexes = [
            models.Index(
                fields=["endpoint", "next_try_at", "id"], condition=Q(state="waiting"), name="webhook_messages_in_turn"
            ),
            models.Index(fields=["endpoint", "-made_at"], name="webhook_messages_log"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.reference}"
