from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Restore(models.Model):
    """A restore that made this database: of which moment it is, and what the database before it had more. For ever.

    An audited table: the audit also has who ran the command. Kept databases have the rows of their own past.
    """

    restored_at = models.DateTimeField(_("restored"))
    state_at = models.DateTimeField(_("state of"))
    """The moment whose state this database had when it was restored."""

    source = models.CharField(_("source"), max_length=200)
    """A backup's name, or in words the moment and the base backup."""

    kept_as = models.CharField(_("the database before it"), max_length=63, blank=True)
    """Empty: there was none."""

    prices_carried = models.BigIntegerField(_("prices carried over"), default=0)
    """The newer prices of the database before it, which go on here."""

    lost = models.JSONField(_("lost"), default=list)
    """A line for each thing that the database before it had and this one lacks; prices among them: the chain forks."""

    class Meta:
        db_table = "restores"
        verbose_name, verbose_name_plural = _("restore"), _("restores")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.source} {self.restored_at}"


class RestoreDrill(models.Model):
    """A backup that was restored on trial, into a scratch database: how long it took, and what it would save."""

    backup = models.CharField(_("backup"), max_length=40)
    started_at = models.DateTimeField(_("started"), db_index=True)
    seconds = models.FloatField(_("seconds"))
    """The whole restore, checks included: the time that a real one needs (RTO)."""

    recoverable_at = models.DateTimeField(_("recoverable until"), null=True)
    """The newest moment that a restore could reach at the start: `started_at` less it is what would be lost (RPO)."""

    failure = models.TextField(_("failure"), default="", blank=True)
    """Empty: the backup is right."""

    class Meta:
        db_table = "restore_drills"
        verbose_name, verbose_name_plural = _("restore drill"), _("restore drills")
        ordering = ["-id"]
        constraints = [models.CheckConstraint(condition=Q(seconds__gte=0), name="a_drill_takes_time")]

    def __str__(self) -> str:
        return f"{self.backup} {self.started_at}"
