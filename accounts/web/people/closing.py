"""The page on which people close their account."""

from django import forms
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.domain.access.scopes import SecondFactorRequired, SecondFactorWrong
from accounts.domain.errors import InvalidInput, TooManyAttempts
from accounts.domain.people.closing import AccountInUse
from accounts.models import User
from accounts.selectors.access.guards import has_second_factor
from accounts.selectors.people.closing import obstacles_to_closing
from accounts.services.people.close_account import close_account

MESSAGES = {"password": _("The password is wrong."), "confirmation": _("This is not the email of your account.")}


class ClosingForm(forms.Form):
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    code = forms.CharField(
        label=_("Code of your app, or a recovery code"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )
    confirmation = forms.CharField(
        label=_("Your email, typed once more"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "email"}),
    )

    def __init__(self, user: User, data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        if not has_second_factor(user):
            del self.fields["code"]


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def close(request: HttpRequest) -> HttpResponse:
    """Shows the obstacles, or the form that closes the account."""
    user = request.user
    if not isinstance(user, User):
        raise TypeError("a visitor has no account")
    form = ClosingForm(user, request.POST if request.method == "POST" else None)
    if form.is_valid() and _closed(request, user, form):
        logout(request)
        return render(request, "accounts/settings/closed.html")
    context = {"area": "settings", "form": form, "obstacles": obstacles_to_closing(user.pk)}
    return render(request, "accounts/settings/close.html", context)


def _closed(request: HttpRequest, user: User, form: ClosingForm) -> bool:
    given = form.cleaned_data
    try:
        close_account(
            user=user,
            password=given["password"],
            code=given.get("code"),
            confirmation=given["confirmation"],
            clock=timezone.now,
        )
    except InvalidInput as refusal:
        for fault in refusal.fields:
            form.add_error(fault.field, MESSAGES[fault.field])
    except (SecondFactorRequired, SecondFactorWrong) as refusal:
        form.add_error("code" if "code" in form.fields else None, gettext(refusal.title))
    except (AccountInUse, TooManyAttempts) as refusal:
        form.add_error(None, gettext(refusal.title))
    else:
        return True
    return False
