"""The staff pages of announcements: the list, the form for another one, the button that withdraws one."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.admin import columns
from accounts.admin.audit import Audited
from accounts.admin.read_only import ReadOnlyAdmin
from accounts.admin.refusals import changed_text, decided_text, refusal_text
from accounts.admin.typed_times import time_like
from accounts.domain.approvals.work import AnnouncedMeanwhile, WithdrawnMeanwhile
from accounts.domain.errors import InvalidInput, NotFound
from accounts.domain.office_texts import ANNOUNCEMENT_LENGTH_MAX
from accounts.models import Announcement
from accounts.selectors.people.person import id_of
from accounts.services.people.announce import Notice, announce
from accounts.services.people.withdraw_announcement import withdraw_announcement

PERMISSION = "accounts.add_announcement"
LIST = "admin:accounts_announcement_changelist"


class AnnouncementForm(forms.Form):
    """An announcement in both languages."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Announcement.Kind.choices)
    text_en = forms.CharField(label=_("Text in English"), max_length=ANNOUNCEMENT_LENGTH_MAX)
    text_ko = forms.CharField(label=_("Text in Korean"), max_length=ANNOUNCEMENT_LENGTH_MAX)
    starts_at = forms.DateTimeField(label=_("From"), help_text=time_like())
    ends_at = forms.DateTimeField(label=_("Until"), help_text=time_like())


@admin.register(Announcement)
class AnnouncementAdmin(Audited, ReadOnlyAdmin):
    list_display = ("standing", "kind", "text_en", "text_ko", "begins", "ends", "author")
    list_display_links = ("text_en",)
    list_select_related = ("made_by",)
    list_filter = ("kind",)
    change_form_template = "office/announcement.html"
    ordering = ("-id",)
    fields = ("standing", "kind", "text_en", "text_ko", "begins", "ends", "author")
    readonly_fields = fields

    @admin.display(description=_("state"))
    def standing(self, announcement: Announcement) -> str:
        now = timezone.now()
        shown = announcement.withdrawn_at is None and announcement.starts_at <= now < announcement.ends_at
        return columns.badge(state_of(announcement), care=shown)

    @admin.display(description=_("from"))
    def begins(self, announcement: Announcement) -> str:
        return columns.instant(announcement.starts_at)

    @admin.display(description=_("until"))
    def ends(self, announcement: Announcement) -> str:
        return columns.instant(announcement.ends_at)

    @admin.display(description=_("by"))
    def author(self, announcement: Announcement) -> str:
        return announcement.made_by.email

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        shown = self.get_object(request, object_id)
        lasts = shown is not None and shown.withdrawn_at is None and shown.ends_at > timezone.now()
        may = {"may_withdraw": lasts and request.user.has_perm(PERMISSION)}
        return super().change_view(request, object_id, form_url, {**may, **(extra_context or {})})

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(PERMISSION)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.withdraw_view)
        return [path("<id:key>/withdraw/", view, name="accounts_announcement_withdraw"), *super().get_urls()]

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        now = timezone.localtime().replace(second=0, microsecond=0)
        form = AnnouncementForm(request.POST if request.method == "POST" else None, initial={"starts_at": now})
        if form.is_valid() and self._announced(request, form):
            return HttpResponseRedirect(reverse(LIST))
        context = {**self.admin_site.each_context(request), "title": gettext("New announcement"), "form": form}
        return TemplateResponse(request, "office/announce.html", context)

    def withdraw_view(self, request: HttpRequest, key: int) -> HttpResponse:
        """Handles POST."""
        if not request.user.has_perm(PERMISSION):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        try:
            withdraw_announcement(announcement_id=key, withdrawn_by=id_of(request.user), now=timezone.now())
        except NotFound as refusal:
            raise Http404(str(key)) from refusal
        except WithdrawnMeanwhile:
            table = Announcement._meta.db_table
            messages.error(request, changed_text(table, key, ["withdrawn_at"], state=gettext("withdrawn")))
        else:
            messages.success(request, gettext("Noted. State: {state}").format(state=gettext("withdrawn")))
        return HttpResponseRedirect(reverse(LIST))

    def _announced(self, request: HttpRequest, form: AnnouncementForm) -> bool:
        """Whether the text is announced now, by this person or by a colleague."""
        try:
            made = announce(notice=Notice(**form.cleaned_data), made_by=id_of(request.user), now=timezone.now())
        except InvalidInput as refusal:
            for fault in refusal.fields:
                form.add_error(fault.field, gettext(fault.message))
            messages.error(request, refusal_text(refusal))
            return False
        except AnnouncedMeanwhile as refusal:
            there = Announcement.objects.select_related("made_by").get(pk=refusal.detail)
            messages.error(request, decided_text(state_of(there), there.made_by, there.made_at))
        else:
            messages.success(request, gettext("Noted. State: {state}").format(state=state_of(made)))
        return True


def state_of(announcement: Announcement) -> str:
    """An announcement's state at this moment, in the reader's language."""
    now = timezone.now()
    if announcement.withdrawn_at:
        return gettext("withdrawn")
    if announcement.ends_at <= now:
        return gettext("over")
    return gettext("shown now") if announcement.starts_at <= now else gettext("to come")
