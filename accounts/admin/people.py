"""People, for staff."""

from allauth.account.models import EmailAddress
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from accounts.models import User

# An email is how somebody logs in: staff don't hand out or take over logins.
admin.site.unregister(EmailAddress)


@admin.register(User)
class UserAdmin(admin.ModelAdmin[User]):
    list_display = ("email", "locale", "is_active", "is_staff", "joined_at", "last_login")
    list_filter = ("is_active", "is_staff", "locale")
    search_fields = ("email",)
    ordering = ("-id",)
    fields = ("email", "locale", "is_active", "is_staff", "joined_at", "last_login")
    readonly_fields = ("email", "is_active", "joined_at", "last_login")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # people sign up themselves: so does their wallet come to be

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
