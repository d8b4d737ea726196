from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from monitoring.domain.backups.runs import State


class BackupRun(models.Model):
    """A run that made a backup, makes it or failed to. Only the login `backup` writes these rows.

    A dump holds the row of its own run as `running`: the next run after a restore finds the directory, and corrects it.
    """

    name = models.CharField(_("name"), max_length=40, unique=True)
    state = models.CharField(_("state"), max_length=10, choices=[(state, state) for state in State])
    host = models.CharField(_("host"), max_length=255)
    """The machine whose directory holds the backup."""

    asked_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("asked by")
    )
    """The member of staff who asked for it; None for the beat and the command."""

    started_at = models.DateTimeField(_("started"), db_index=True)
    ended_at = models.DateTimeField(_("ended"), null=True)
    bytes_written = models.BigIntegerField(_("bytes written"), default=0)
    """So far; in the end, the size of all its files."""

    bytes_expected = models.BigIntegerField(_("bytes expected"), null=True)
    """The size of the backup before it: an estimate for the progress."""

    encrypted = models.BooleanField(_("encrypted"), default=False)
    warnings = models.JSONField(_("warnings"), default=list)
    failure = models.TextField(_("failure"), default="", blank=True)
    copied_at = models.DateTimeField(_("copied elsewhere"), null=True)
    copy_failure = models.TextField(_("failure of the copy"), default="", blank=True)
    removed_at = models.DateTimeField(_("removed"), null=True)
    """When its directory went after the time that backups are kept."""

    verified_at = models.DateTimeField(_("verified"), null=True)
    """When it was last restored into a scratch database and found right."""

    class Meta:
        db_table = "backup_runs"
        verbose_name, verbose_name_plural = _("backup"), _("backups")
        ordering = ["-started_at"]
        permissions = [("make_backup", "Can start a backup")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=list(State)), name="backup_state_is_known"),
            models.CheckConstraint(
                condition=Q(state=State.RUNNING, ended_at__isnull=True)
                | (~Q(state=State.RUNNING) & Q(ended_at__isnull=False)),
                name="a_backup_ends_once",
            ),
            models.CheckConstraint(
                condition=(Q(state=State.FAILED) & ~Q(failure="")) | (~Q(state=State.FAILED) & Q(failure="")),
                name="only_a_failed_backup_has_a_failure",
            ),
            models.CheckConstraint(condition=Q(bytes_written__gte=0), name="a_backup_has_no_negative_size"),
        ]

    def __str__(self) -> str:
        return self.name
