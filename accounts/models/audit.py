from django.db import models
from django.utils.translation import gettext_lazy as _


class AuditEvent(models.Model):
    """One insertion, change or deletion of an audited row: before, after, who, when and from where.

    A trigger of the database writes it, so bulk updates and plain SQL leave one too. sql/audit/audit.sql lists the
    tables. Never changed, never deleted. A change keeps only the changed columns. Values of secrets are never
    kept.
    """

    OPERATIONS = [("INSERT", _("made")), ("UPDATE", _("changed")), ("DELETE", _("deleted"))]

    at = models.DateTimeField(_("time"))
    table = models.CharField(_("subject"), max_length=63)
    object_id = models.CharField(_("id"), max_length=40)
    operation = models.CharField(_("operation"), max_length=6, choices=OPERATIONS)
    before = models.JSONField(_("before"), null=True)
    after = models.JSONField(_("after"), null=True)
    person = models.ForeignKey(
        "accounts.User",
        models.DO_NOTHING,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
        verbose_name=_("about"),
    )
    actor = models.ForeignKey(
        "accounts.User",
        models.DO_NOTHING,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
        verbose_name=_("by"),
    )
    """The signed-in user; None for programs and plain SQL."""

    context = models.JSONField(_("from"), null=True)
    """Of a request: address, method, path, request id, API key. Of a task: its name."""

    program = models.CharField(_("program"), max_length=63)
    """The name that the connection gives itself (a claim): `manage.py seed_demo by root`, `psql`."""

    database_user = models.CharField(_("database user"), max_length=63)

    class Meta:
        db_table = "audit_events"
        verbose_name, verbose_name_plural = _("audit event"), _("audit")
        indexes = [
            models.Index(fields=["table", "object_id", "-id"], name="audit_by_object"),
            models.Index(fields=["person", "-id"], name="audit_by_person"),
            models.Index(fields=["actor", "-id"], name="audit_by_actor"),
            models.Index(fields=["at"], name="audit_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.operation} {self.table} {self.object_id}"
