from django.db.models import Model
from django.http import HttpRequest

from accounts.admin.columns import NOTHING
from accounts.admin.list_exports import Exported


class ReadOnlyAdmin(Exported):
    """Shows rows that only services may write: no form and no action, even for a superuser."""

    actions = None
    show_full_result_count = False
    list_per_page = 50
    list_max_show_all = 0
    empty_value_display = NOTHING

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
