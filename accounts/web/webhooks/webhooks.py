"""The pages of webhooks: the list with the form for a new one, and each one with its messages."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.domain.errors import InvalidInput, Refusal
from accounts.domain.outgoing import NOT_CALLED, URL_LENGTH_MAX
from accounts.domain.webhooks.events import ENDPOINTS_MAX, Event
from accounts.models import WebhookEndpoint
from accounts.selectors.people.person import id_of
from accounts.selectors.webhooks.endpoints import endpoint_of, endpoints_of, messages_of
from accounts.services.webhooks.make_endpoint import MadeEndpoint, make_endpoint
from accounts.services.webhooks.remove_endpoint import remove_endpoint
from accounts.services.webhooks.send_test_message import send_test_message
from accounts.services.webhooks.switch_on_endpoint import switch_on_endpoint

WORDS = {
    Event.TRADE_SETTLED: _("Trades that end"),
    Event.TRADE_CORRECTED: _("Trades that are voided afterwards"),
    Event.CLOSE_DECIDED: _("Close orders that are decided"),
    Event.DEPOSIT_CREDITED: _("Deposits that arrive"),
    Event.DEPOSIT_REFUSED: _("Deposits that are refused"),
    Event.WITHDRAWAL_PAID: _("Withdrawals that are paid"),
    Event.WITHDRAWAL_RETURNED: _("Withdrawals that are refused or cancelled"),
    Event.TEST: _("Test"),
}
SHOWN = 50


class WebhookForm(forms.Form):
    url = forms.CharField(
        label=pgettext_lazy("of a webhook", "Address"),
        max_length=URL_LENGTH_MAX,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "inputmode": "url", "spellcheck": "false", "autocapitalize": "off"}
        ),
        help_text=_("https://…, of a server that anybody can reach."),
    )
    events = forms.MultipleChoiceField(
        label=_("It is told of"),
        choices=[(event, words) for event, words in WORDS.items() if event is not Event.TEST],
        initial=[Event.TRADE_SETTLED],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one.")},
    )

    def refuse(self, refusal: Refusal) -> None:
        """Shows a refusal at its field."""
        if any(fault.code == NOT_CALLED for fault in refusal.fields):
            self.add_error("url", gettext("Only https and public addresses are called: this one never would be."))
        elif isinstance(refusal, InvalidInput):
            self.add_error("url", gettext("This is no address that a webhook can have: https://bot.example/hook"))
        else:
            self.add_error(None, gettext(refusal.title))


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def webhooks(request: HttpRequest) -> HttpResponse:
    """Shows all webhooks and the form for a new one. Only the response to the form contains the new secret."""
    user_id = id_of(request.user)
    form = WebhookForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and (made := _made(user_id, form)):
        context: dict[str, Any] = {"area": "webhooks", "webhook": made.endpoint, "secret": made.secret}
        return render(request, "accounts/webhooks/made.html", context)
    found = endpoints_of(user_id)
    context = {"area": "webhooks", "form": form, "webhooks": found, "left": ENDPOINTS_MAX - len(found)}
    return render(request, "accounts/webhooks/webhooks.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD"])
def webhook(request: HttpRequest, webhook_id: UUID) -> HttpResponse:
    """Shows one webhook with its messages."""
    found = _found(request, webhook_id)
    told = [{"it": each, "words": WORDS[Event(each.event)]} for each in messages_of(found, limit=SHOWN)]
    events = [WORDS[Event(event)] for event in found.events]
    context = {"area": "webhooks", "webhook": found, "events": events, "told": told}
    return render(request, "accounts/webhooks/webhook.html", context)


@login_required
@require_POST
def test(request: HttpRequest, webhook_id: UUID) -> HttpResponse:
    """Queues a message that says nothing."""
    _found(request, webhook_id)
    send_test_message(user_id=id_of(request.user), endpoint_id=webhook_id, now=timezone.now())
    messages.success(request, gettext("The test is on its way: reload the page in a few seconds."))
    return redirect("webhook", webhook_id)


@login_required
@require_POST
def switch_on(request: HttpRequest, webhook_id: UUID) -> HttpResponse:
    """Switches a webhook on again."""
    _found(request, webhook_id)
    switch_on_endpoint(user_id=id_of(request.user), endpoint_id=webhook_id)
    messages.success(request, gettext("Switched on."))
    return redirect("webhook", webhook_id)


@login_required
@require_POST
def remove(request: HttpRequest, webhook_id: UUID) -> HttpResponse:
    """Removes a webhook."""
    _found(request, webhook_id)
    remove_endpoint(user_id=id_of(request.user), endpoint_id=webhook_id, now=timezone.now())
    messages.success(request, gettext("Removed."))
    return redirect("webhooks")


def _made(user_id: int, form: WebhookForm) -> MadeEndpoint | None:
    given = form.cleaned_data
    try:
        return make_endpoint(user_id=user_id, url=given["url"], events=given["events"], now=timezone.now())
    except Refusal as refusal:
        form.refuse(refusal)
    return None


def _found(request: HttpRequest, webhook_id: UUID) -> WebhookEndpoint:
    found = endpoint_of(id_of(request.user), webhook_id)
    if found is None:
        raise Http404(webhook_id)
    return found
