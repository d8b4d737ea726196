"""What a trade page must know about its reader, and reads again when another tab or device may have changed it."""

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.domain.limits.own_limits import LimitKind, SessionLimitReached
from accounts.domain.notation import write_instant
from accounts.selectors.access.sessions import session_started_at
from accounts.selectors.ledger.wallets import Wallet, wallets_of
from accounts.selectors.limits.restrictions import restrictions_on
from accounts.selectors.people.person import id_of
from accounts.web.ledger.books import chosen_wallet
from trading.domain.errors import UnknownInstrument
from trading.selectors.limits import limits_standing
from trading.selectors.listings import Listing, listing
from trading.wire import limits as wire_limits
from trading.wire.market import write_rate

HOLDING = (LimitKind.STAKE, LimitKind.OPEN_TRADES, LimitKind.LOSS, LimitKind.TURNOVER)
"""The kinds of limits that an order must keep."""


@require_safe
@never_cache
def state(request: HttpRequest, symbol: str) -> HttpResponse:
    """The state of the reader's page of this instrument, as JSON; a visitor's has no person."""
    try:
        chosen = listing(symbol, timezone.now())
    except UnknownInstrument as error:
        raise Http404(symbol) from error
    return JsonResponse(page_state(request, chosen, wallets_seen(request)))


def wallets_seen(request: HttpRequest) -> list[Wallet]:
    """The reader's wallets; a visitor has none."""
    return wallets_of(id_of(request.user)) if request.user.is_authenticated else []


def page_state(request: HttpRequest, chosen: Listing, wallets: list[Wallet]) -> dict[str, object]:
    """The reader, the wallet in use, what keeps them from trading, their limits, and the payout rates in force."""
    in_use = chosen_wallet(request, wallets, chosen.instrument.currency)
    payouts = chosen.payouts
    known: dict[str, object] = {
        "person": None,
        "wallet": in_use.id if in_use else None,
        "restrictions": [],
        "limits": [],
        "payout_rates": {str(each): write_rate(payouts.base(each)) for each in chosen.instrument.durations},
    }
    if request.user.is_authenticated:
        known |= _of_person(request)
    return known


def _of_person(request: HttpRequest) -> dict[str, object]:
    user_id, now = id_of(request.user), timezone.now()
    started_at = session_started_at(request.session)
    standing = limits_standing(user_id, session_started_at=started_at, now=now)
    return {
        "person": user_id,
        "restrictions": _restrictions(request, user_id),
        "limits": [wire_limits.limit(each) for each in standing if each.limit.kind in HOLDING],
    }


def _restrictions(request: HttpRequest, user_id: int) -> list[dict[str, str]]:
    """The reader's own restrictions, each with its code, and the time from or until which it closes the ticket."""
    found = restrictions_on(user_id, now=timezone.now())
    listed = []
    if found.exclusion:
        listed.append({"code": found.exclusion.refusal().code, "until": write_instant(found.exclusion.ends_at)})
    ends_at = found.session_ends_at(session_started_at(request.session))
    if ends_at:
        listed.append({"code": SessionLimitReached.code, "from": write_instant(ends_at)})
    return listed
