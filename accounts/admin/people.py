"""The staff pages of people."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.models import Group
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.admin import columns
from accounts.admin.approval_words import approved_by, asked_for, done_alone, lists_of
from accounts.admin.audit import Audited
from accounts.admin.large_lists import LargeList, by_part
from accounts.admin.read_only import ReadOnlyAdmin
from accounts.models import User
from accounts.selectors.people.found import people_found

# Email and second factor are login credentials: staff don't issue them and don't take them over.
for model in (EmailAddress, Authenticator, UserSession, Group):
    admin.site.unregister(model)


@admin.register(Group)
class RoleAdmin(Audited, ReadOnlyAdmin):
    """The permissions of the roles. `make_staff_roles` sets them."""

    page_title = _("role")
    list_display = ("title",)
    search_fields = ("name",)
    search_help_text = _("Name of the role")
    ordering = ("name",)
    fields = ("title", "reads", "does", "asks", "approves")
    readonly_fields = fields

    @admin.display(description=_("role"))
    def title(self, group: Group) -> str:
        return columns.role(group.name)

    @admin.display(description=_("reads"))
    def reads(self, group: Group) -> str:
        return lists_of(group) or columns.NOTHING

    @admin.display(description=_("does alone"))
    def does(self, group: Group) -> str:
        return done_alone(group) or columns.NOTHING

    @admin.display(description=_("asks for"))
    def asks(self, group: Group) -> str:
        return asked_for(group) or columns.NOTHING

    @admin.display(description=_("approves"))
    def approves(self, group: Group) -> str:
        return approved_by(group) or columns.NOTHING


@admin.register(User)
class UserAdmin(Audited, LargeList, ReadOnlyAdmin):
    """The list of people. A person's own page shows more than their row: see `cryptotrader.office.person`."""

    list_display = ("who", "number", "standing", "language", "joined", "signed_in")
    list_display_links = None
    list_filter = ("is_active", "is_staff", "locale")
    search_fields = ("email",)
    searches = (by_part(people_found),)
    search_help_text = _("Beginning of an email or of its domain")
    ordering = ("-id",)
    looks_through = 500_000  # members of staff may be the oldest of all people

    @admin.display(description=_("email"), ordering="email")
    def who(self, user: User) -> str:
        return columns.person_link(user.pk, user.email)

    @admin.display(description=_("number"), ordering="id")
    def number(self, user: User) -> str:
        return columns.number(user.pk)

    @admin.display(description=_("state"))
    def standing(self, user: User) -> str:
        state = gettext("closed") if user.closed_at else gettext("frozen") if user.frozen_at else gettext("active")
        staff = gettext("superuser") if user.is_superuser else gettext("staff")
        return format_html(
            "{} {}",
            columns.badge(state, care=not user.is_active),
            columns.badge(staff, real=True) if user.is_staff else "",
        )

    @admin.display(description=_("language"))
    def language(self, user: User) -> str:
        return user.get_locale_display()

    @admin.display(description=_("joined"), ordering="joined_at")
    def joined(self, user: User) -> str:
        return columns.instant(user.joined_at)

    @admin.display(description=_("last login"))
    def signed_in(self, user: User) -> str:
        return columns.instant(user.last_login)
