"""Staff page: the runs that made backups, the one under way, and a button for one more."""

from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.defaultfilters import filesizeformat
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from kombu.exceptions import OperationalError

from accounts.admin import ReadOnlyAdmin, columns
from accounts.selectors.people.person import id_of
from monitoring.domain.backups.runs import State
from monitoring.models import BackupRun
from monitoring.selectors.backups import is_running
from monitoring.tasks.backups import back_up

PERMISSION = "monitoring.make_backup"


@admin.register(BackupRun)
class BackupRunAdmin(ReadOnlyAdmin):
    change_list_template = "admin/backups.html"
    list_display = (
        "name", "result", "started", "duration", "size", "encrypted", "copied", "verified", "removed",
    )  # fmt: skip
    search_fields = ("name",)
    search_help_text = _("Part of the name")
    fields = (
        "name", "result", "reason", "notes", "host", "asked_by", "started", "duration", "size", "encrypted",
        "copied", "copy_failure", "verified", "removed",
    )  # fmt: skip
    readonly_fields = ("result", "reason", "notes", "started", "duration", "size", "copied", "verified", "removed")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.back_up_now)
        return [path("back-up-now/", view, name="monitoring_back_up_now"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        may = request.user.has_perm(PERMISSION)
        return super().changelist_view(request, {"may_back_up": may, **(extra_context or {})})

    def back_up_now(self, request: HttpRequest) -> HttpResponse:
        """Handles POST: the worker of backups begins one as soon as it is free."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not request.user.has_perm(PERMISSION):
            raise PermissionDenied
        try:
            back_up.delay(asked_by=id_of(request.user))
        except OperationalError:
            messages.error(request, gettext("The queue doesn't answer, so no backup begins: see the runbook."))
        else:
            messages.success(request, gettext("The backup begins as soon as its worker is free. Reload to see it."))
        return HttpResponseRedirect(reverse("admin:monitoring_backuprun_changelist"))

    @admin.display(description=_("started"), ordering="started_at")
    def started(self, run: BackupRun) -> str:
        return columns.instant(run.started_at)

    @admin.display(description=_("copied elsewhere"))
    def copied(self, run: BackupRun) -> str:
        return columns.instant(run.copied_at)

    @admin.display(description=_("tried out"))
    def verified(self, run: BackupRun) -> str:
        return columns.instant(run.verified_at)

    @admin.display(description=_("removed"))
    def removed(self, run: BackupRun) -> str:
        return columns.instant(run.removed_at)

    @admin.display(description=_("result"))
    def result(self, run: BackupRun) -> str:
        if run.state == State.DONE:
            return gettext("copy failed") if run.copy_failure else gettext("good")
        if run.state == State.FAILED:
            return gettext("failed")
        if not is_running():
            return gettext("interrupted")
        if not run.bytes_expected:
            return gettext("under way")
        percent = min(99, 100 * run.bytes_written // run.bytes_expected)
        return gettext("under way: about {percent} %").format(percent=percent)

    @admin.display(description=_("reason of the failure"))
    def reason(self, run: BackupRun) -> str:
        return run.failure or "–"

    @admin.display(description=_("warnings"))
    def notes(self, run: BackupRun) -> str:
        return "; ".join(run.warnings) or "–"

    @admin.display(description=_("time taken"))
    def duration(self, run: BackupRun) -> str:
        return _seconds(run.started_at, run.ended_at)

    @admin.display(description=_("size"), ordering="bytes_written")
    def size(self, run: BackupRun) -> str:
        return filesizeformat(run.bytes_written)


def _seconds(begin: datetime, end: datetime | None) -> str:
    """An amount of time such as 0:12:07, without fractions."""
    return str(end - begin).partition(".")[0] if end else "–"
