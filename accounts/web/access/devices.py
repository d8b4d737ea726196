"""The pages of a person's devices and of their login history."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.domain.access.devices import device_name
from accounts.models import Login
from accounts.selectors.access.logins import logins_of
from accounts.selectors.access.signed_in_devices import devices_of, session_key_of_device
from accounts.selectors.people.person import id_of
from accounts.services.access.sign_out import sign_out as end_own_sessions
from accounts.web.access.known_devices import remember_device, user_of_link

PAGE_SIZE = 30
BEFORE_MAX = 2**63 - 1


@login_required
@never_cache
@require_safe
def devices(request: HttpRequest) -> HttpResponse:
    """Shows all live sessions, each with a button to end it."""
    listed = devices_of(id_of(request.user), this_session_key=request.session.session_key, now=timezone.now())
    context = {"area": "security", "devices": listed}
    return render(request, "accounts/security/devices.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def know_device(request: HttpRequest, key: str) -> HttpResponse:
    """Makes this browser a known device of the person who got the link, then asks for the password, as always.

    A program that reads mails opens links; so a button decides.
    """
    user_id = user_of_link(key)
    if user_id is None:
        return render(request, "accounts/security/know_device.html", {"is_valid": False})
    if request.method != "POST":
        return render(request, "accounts/security/know_device.html", {"is_valid": True})
    response = redirect("account_login")
    remember_device(response, request, user_id)
    return response


@login_required
@require_POST
def sign_out(request: HttpRequest, id: int) -> HttpResponse:
    """Ends one session at once, with its tokens and streams. Ending the present session leads to the front page."""
    user_id = id_of(request.user)
    key = session_key_of_device(user_id, id)
    if key is None:
        raise Http404(id)
    end_own_sessions(user_id=user_id, session_key=key)
    if key == request.session.session_key:
        request.session.flush()
        return redirect("home")
    messages.success(request, gettext("Signed out."))
    return redirect("devices")


@login_required
@require_POST
def sign_out_others(request: HttpRequest) -> HttpResponse:
    """Ends every session but this one."""
    own = request.session.session_key
    end_own_sessions(user_id=id_of(request.user), keep_session_key=own)
    messages.success(request, gettext("Signed out everywhere else."))
    return redirect("devices")


@login_required
@never_cache
@require_safe
def logins(request: HttpRequest) -> HttpResponse:
    """Shows every attempt to sign in, newest first, in pages: `?before=` is the last id of the previous page."""
    tries = logins_of(id_of(request.user), before=_before(request), limit=PAGE_SIZE + 1)
    methods = dict(Login.METHODS)
    context = {
        "area": "security",
        "logins": [
            {"it": each, "device": device_name(each.device), "method": methods[each.method]}
            for each in tries[:PAGE_SIZE]
        ],
        "older": tries[PAGE_SIZE - 1].id if len(tries) > PAGE_SIZE else None,
        "is_first_page": "before" not in request.GET,
    }
    return render(request, "accounts/security/logins.html", context)


def _before(request: HttpRequest) -> int | None:
    text = request.GET.get("before")
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and int(text[:20]) <= BEFORE_MAX):
        raise Http404("no such page")
    return int(text)
