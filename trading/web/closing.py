"""The form that closes a trade early, for browsers without JavaScript; the trade page's script calls the API."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from accounts.domain.errors import Refusal
from accounts.rest.inputs import Wrong, positive_amount
from accounts.selectors.people.person import id_of
from trading.services.orders.close_trade import close_trade


@login_required
@require_POST
def close_early(request: HttpRequest, trade_id: UUID) -> HttpResponse:
    """Close for no less than the form showed; then go back to the history, which shows the result."""
    try:
        min_price = positive_amount(request.POST.get("min_price"))
        close_trade(trade_id=trade_id, user_id=id_of(request.user), min_price=min_price, clock=timezone.now)
    except Wrong:
        messages.error(request, gettext("The offer couldn't be read. Try again."))
    except Refusal as refusal:
        messages.error(request, gettext(refusal.title))
    else:
        messages.success(request, gettext("Your trade is being closed: its price is decided within seconds."))
    return redirect("history")
