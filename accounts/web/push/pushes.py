"""The page on which a person switches pushes of results on and off, for each browser."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.domain.access.devices import device_name
from accounts.domain.errors import InvalidInput
from accounts.domain.json_text import NotJson, read_json
from accounts.selectors.people.person import id_of
from accounts.selectors.push.subscriptions import subscriptions_of
from accounts.services.push.end_pushes import end_pushes
from accounts.services.push.offer_pushes import offer_pushes
from accounts.services.push.subscribe_to_pushes import subscribe_to_pushes


@login_required
@never_cache
@require_safe
def notifications(request: HttpRequest) -> HttpResponse:
    """The browsers that hear of results, and the button to add this one."""
    listed = [
        {
            "id": each.pk,
            "device": device_name(each.session.user_agent),
            "endpoint": each.endpoint,
            "made_at": each.made_at,
            "is_this": each.session.session_key == request.session.session_key,
        }
        for each in subscriptions_of(id_of(request.user))
    ]
    context = {"area": "settings", "subscriptions": listed, "key": offer_pushes(now=timezone.now())}
    return render(request, "accounts/settings/notifications.html", context)


@login_required
@require_POST
def subscribe(request: HttpRequest) -> HttpResponse:
    """Takes `PushSubscription.toJSON()` from the page's script."""
    try:
        given = read_json(request.body)
    except NotJson as error:
        raise InvalidInput("JSON is required") from error
    if not isinstance(given, dict):
        raise InvalidInput("an object is required")
    subscribe_to_pushes(
        user_id=id_of(request.user),
        session_key=request.session.session_key or "",
        given=given,
        now=timezone.now(),
    )
    messages.success(request, gettext("This browser will hear of your results."))
    return HttpResponse(status=204)


@login_required
@require_POST
def end(request: HttpRequest, id: int) -> HttpResponse:
    end_pushes(user_id=id_of(request.user), subscription_id=id)
    messages.success(request, gettext("That browser hears of no more results."))
    return redirect("notifications")
