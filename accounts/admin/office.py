"""The staff pages of notes and exports. Announcements stand beside, with their form."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts.admin import columns
from accounts.admin.large_lists import LargeList, by_person
from accounts.admin.read_only import ReadOnlyAdmin
from accounts.models import ListExport, PersonNote


@admin.register(PersonNote)
class PersonNoteAdmin(LargeList, ReadOnlyAdmin):
    """Notes are written on the person's page."""

    list_display = ("time", "about", "text", "author")
    list_display_links = ("time",)
    list_select_related = ("person", "written_by")
    search_fields = ("person__email",)
    searches = (by_person("person_id"),)
    search_help_text = _("Email of the person")
    ordering = ("-id",)
    fields = ("about", "text", "author", "time")
    readonly_fields = fields

    @admin.display(description=_("time"))
    def time(self, note: PersonNote) -> str:
        return columns.instant(note.written_at)

    @admin.display(description=_("person"))
    def about(self, note: PersonNote) -> str:
        return columns.person_link(note.person_id, note.person.email)

    @admin.display(description=_("written by"))
    def author(self, note: PersonNote) -> str:
        return note.written_by.email


@admin.register(ListExport)
class ListExportAdmin(LargeList, ReadOnlyAdmin):
    list_display = ("time", "list_name", "filters", "rows", "taker")
    list_display_links = None
    list_select_related = ("taken_by",)
    ordering = ("-id",)
    fields = list_display
    readonly_fields = ("time", "taker")

    @admin.display(description=_("time"))
    def time(self, export: ListExport) -> str:
        return columns.instant(export.taken_at)

    @admin.display(description=_("taken by"))
    def taker(self, export: ListExport) -> str:
        return export.taken_by.email
