"""Staff's own records: notes on people, work that somebody has taken, answers to alerts, exports, announcements."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.domain.office_texts import ANNOUNCEMENT_LENGTH_MAX


class PersonNote(models.Model):
    """A note of staff on a person. Never changed, never deleted: a later note corrects it."""

    person = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, db_index=False, related_name="notes", verbose_name=_("person")
    )
    text = models.TextField(_("note"))
    written_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, db_index=False, related_name="+", verbose_name=_("written by")
    )
    written_at = models.DateTimeField(_("written"))

    class Meta:
        db_table = "person_notes"
        verbose_name, verbose_name_plural = _("note"), _("notes")
        default_permissions = ("add", "view")
        constraints = [models.CheckConstraint(condition=Q(text__regex=r"\S"), name="a_note_says_something")]
        indexes = [models.Index(fields=["person", "-id"], name="notes_of_a_person")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.written_at}"


class WorkClaim(models.Model):
    """A piece of work that a member of staff has taken: others see it, and choose another one.

    `subject` names the work as approvals name their subjects, `deposit:<id>` or `alert:<code>`. It guards nothing: a
    decision is checked by its own rules, whether somebody has taken the work or not.
    """

    subject = models.CharField(_("work"), max_length=120, unique=True)
    taken_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, db_index=False, related_name="+", verbose_name=_("taken by")
    )
    taken_at = models.DateTimeField(_("taken"))

    class Meta:
        db_table = "work_claims"
        verbose_name, verbose_name_plural = _("taken work"), _("taken work")
        default_permissions = ()

    def __str__(self) -> str:
        return self.subject


class AlertAnswer(models.Model):
    """What a member of staff has found and done about an alert. Never changed, never deleted.

    `subject` names the alert as a claim does. An answered alert leaves the queue for a while; it comes back when its
    cause is still there.
    """

    subject = models.CharField(_("alert"), max_length=120)
    text = models.TextField(_("found and done"))
    answered_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, db_index=False, related_name="+", verbose_name=_("by")
    )
    answered_at = models.DateTimeField(_("answered"))

    class Meta:
        db_table = "alert_answers"
        verbose_name, verbose_name_plural = _("answer to an alert"), _("answers to alerts")
        default_permissions = ("add",)
        constraints = [models.CheckConstraint(condition=Q(text__regex=r"\S"), name="an_answer_says_something")]
        indexes = [
            models.Index(fields=["answered_at"], name="alert_answers_by_time"),
            models.Index(fields=["subject", "-answered_at"], name="alert_answers_by_alert"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.answered_at}"


class ListExport(models.Model):
    """A list that a member of staff took out of the platform as CSV: which one, filtered how, and its rows."""

    list_name = models.CharField(_("list"), max_length=60)
    filters = models.CharField(_("filters"), max_length=1000, blank=True)
    rows = models.PositiveIntegerField(_("rows"))
    taken_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, db_index=False, related_name="+", verbose_name=_("taken by")
    )
    taken_at = models.DateTimeField(_("taken"))

    class Meta:
        db_table = "list_exports"
        verbose_name, verbose_name_plural = _("export"), _("exports")
        default_permissions = ("view",)
        permissions = [("export_lists", "Can take lists out as CSV")]

    def __str__(self) -> str:
        return f"{self.list_name} {self.taken_at}"


class Announcement(models.Model):
    """A text for everybody, in both languages, shown from one moment to another. One that is withdrawn isn't shown."""

    class Kind(models.TextChoices):
        NOTICE = "notice", _("notice")
        MAINTENANCE = "maintenance", _("maintenance")

    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.NOTICE)
    text_en = models.CharField(_("text in English"), max_length=ANNOUNCEMENT_LENGTH_MAX)
    text_ko = models.CharField(_("text in Korean"), max_length=ANNOUNCEMENT_LENGTH_MAX)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    made_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, db_index=False, related_name="+", verbose_name=_("by")
    )
    made_at = models.DateTimeField(_("made at"))
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True)

    class Meta:
        db_table = "announcements"
        verbose_name, verbose_name_plural = _("announcement"), _("announcements")
        default_permissions = ("add", "view")
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["notice", "maintenance"]), name="announcement_kind_is_known"),
            models.CheckConstraint(
                condition=Q(text_en__regex=r"\S", text_ko__regex=r"\S"), name="announced_in_both_languages"
            ),
            models.CheckConstraint(condition=Q(starts_at__lt=F("ends_at")), name="an_announcement_lasts"),
        ]
        indexes = [models.Index(fields=["ends_at"], name="announcements_by_end")]

    def __str__(self) -> str:
        return self.text_en
