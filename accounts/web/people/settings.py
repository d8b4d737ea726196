"""The page of a person's settings."""

from dataclasses import asdict
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.domain.people.settings import REALITY_CHECK_MINUTES
from accounts.models.user import COLOURS
from accounts.selectors.people.person import id_of, person
from accounts.services.people.change_settings import change_settings
from accounts.web.people.time_zones import zone_named, zones_shown

LANGUAGES = [("en", "English"), ("ko", "한국어")]


def reality_checks() -> list[tuple[str, str]]:
    """The choices in the reader's language: `%` writes a lazy text at once, in the language of the server's start."""
    return [("", gettext("Never")), *((str(each), gettext("%d minutes") % each) for each in REALITY_CHECK_MINUTES)]


class SettingsForm(forms.Form):
    locale = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)
    time_zone = forms.CharField(
        label=_("Time zone"),
        required=False,
        help_text=_(
            "A city or a zone, such as Seoul. Empty: Korean time on Korean pages, else the time of your device."
        ),
        widget=forms.TextInput(attrs={"list": "time-zones", "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"unknown": _("There is no such time zone: choose one of the list.")},
    )
    colours = forms.ChoiceField(label=_("Colours of up and down"), choices=COLOURS, widget=forms.RadioSelect)
    sounds = forms.BooleanField(label=_("A short tone when a trade ends"), required=False)
    reality_check_minutes = forms.TypedChoiceField(
        label=_("Reality check"),
        choices=reality_checks,
        coerce=int,
        empty_value=None,
        required=False,
        help_text=_("A note of your trading time and your result."),
    )

    def clean_time_zone(self) -> str:
        zone = zone_named(str(self.cleaned_data["time_zone"]), translation.get_language() or "en")
        if zone is None:
            raise forms.ValidationError(self.fields["time_zone"].error_messages["unknown"])
        return zone


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """Shows and changes language, time zone, colours, sounds and reality check."""
    form = SettingsForm(request.POST) if request.method == "POST" else SettingsForm(initial=_current(request))
    if form.is_valid():
        change_settings(user_id=id_of(request.user), changes=form.cleaned_data)
        with translation.override(form.cleaned_data["locale"]):
            messages.success(request, translation.gettext("Saved."))
        return redirect("settings")
    zones = zones_shown(translation.get_language() or "en", timezone.now())
    context = {"area": "settings", "form": form, "time_zones": zones}
    return render(request, "accounts/settings/settings.html", context)


def _current(request: HttpRequest) -> dict[str, Any]:
    return asdict(person(id_of(request.user)).settings)
