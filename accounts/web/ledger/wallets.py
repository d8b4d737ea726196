"""The pages of a person's wallets."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.domain.errors import Refusal
from accounts.selectors.cashier.currencies import real_currencies
from accounts.selectors.cashier.real_money import allowances_of
from accounts.selectors.ledger.wallets import Wallet, wallet_of, wallets_of
from accounts.selectors.limits.restrictions import restrictions_on
from accounts.selectors.people.person import id_of
from accounts.services.ledger.open_wallet import open_wallet
from accounts.services.ledger.reset_demo_wallet import reset_demo_wallet
from accounts.services.ledger.top_up_demo_wallet import top_up_demo_wallet
from accounts.web.ledger.books import choose_wallet
from accounts.web.ledger.wallet_cards import cards_of


@login_required
@never_cache
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Shows every wallet, demo and real apart, each with its possible actions.

    A person can open real ones in the currencies that the operator has enabled.
    """
    user_id, now = id_of(request.user), timezone.now()
    wallets = sorted(wallets_of(user_id), key=lambda wallet: not wallet.demo)
    exclusion = restrictions_on(user_id, now=now).exclusion
    there = {wallet.currency for wallet in wallets if not wallet.demo}
    context = {
        "area": "wallet",
        "exclusion": exclusion,
        "cards": cards_of(wallets, allowances_of(user_id, now), excluded=exclusion is not None),
        "to_open": [currency for currency in real_currencies() if currency not in there and not exclusion],
    }
    return render(request, "accounts/wallet/overview.html", context)


@login_required
@require_POST
def open_real(request: HttpRequest) -> HttpResponse:
    def act() -> None:
        open_wallet(user_id=id_of(request.user), currency=request.POST.get("currency", ""), now=timezone.now())

    return _done(request, act, gettext("The wallet is open."))


@login_required
@require_POST
def top_up(request: HttpRequest, id: int) -> HttpResponse:
    def act() -> None:
        top_up_demo_wallet(user_id=id_of(request.user), wallet_id=id, now=timezone.now())

    return _done(request, act, gettext("Topped up: there are 10,000.00 again."))


@login_required
@require_POST
def reset(request: HttpRequest, id: int) -> HttpResponse:
    def act() -> None:
        reset_demo_wallet(user_id=id_of(request.user), wallet_id=id, now=timezone.now())

    return _done(request, act, gettext("Reset to 10,000.00."))


@login_required
@require_POST
def use(request: HttpRequest, id: int) -> HttpResponse:
    """Selects this wallet for trading, and returns to the page."""
    wallet: Wallet = wallet_of(id_of(request.user), id)
    choose_wallet(request, wallet)
    following = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(following, None)  # a path of this site only
    return HttpResponseRedirect(following) if safe else redirect("wallet")


def _done(request: HttpRequest, act: Callable[[], None], message: str) -> HttpResponse:
    try:
        act()
        messages.success(request, message)
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        messages.error(request, gettext(refusal.title))
    return redirect("wallet")
