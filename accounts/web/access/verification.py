"""The pages between sign-up and first login: check your mail, send it again."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView, View

from accounts.services.access.resend_verification import resend_verification
from accounts.web.access.mailbox_forms import MailboxField


def mail_sent_page(view: type[View]) -> Callable[..., HttpResponseBase]:
    """Shows "check your mail"; in development also the place of the mail file."""
    where = settings.MAIL_DIR if settings.EMAIL_BACKEND == "cryptotrader.mail.FileBackend" else ""
    return view.as_view(extra_context={"mail_dir": where})


class EmailForm(forms.Form):
    email = MailboxField(label=_("Email"), widget=forms.EmailInput(attrs={"autocomplete": "email", "maxlength": 254}))


class Resend(FormView[EmailForm]):
    """Sends the verification mail again. The response is the same for every email."""

    template_name = "account/resend_verification.html"
    form_class = EmailForm

    def form_valid(self, form: EmailForm) -> HttpResponse:
        resend_verification(email=form.cleaned_data["email"], request=self.request)
        messages.info(self.request, gettext("If that email awaits its verification, a mail is on its way."))
        return redirect("account_email_verification_sent")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            return redirect("home")
        return super().dispatch(request, *args, **kwargs)
