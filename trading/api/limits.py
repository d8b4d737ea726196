"""A person's limits: the limits in force, their use, and the bounds of all limits."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from rest_framework.permissions import AllowAny, BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.domain.limits.exclusions import SELF_EXCLUSION_MONTHS, TIME_OUT_MAX, TIME_OUT_MIN
from accounts.domain.limits.limit_changes import read_limit_changes
from accounts.domain.limits.own_limits import COUNTED, PERIODIC, PERIODS_DAYS, RAISE_DELAY, LimitKind
from accounts.domain.notation import write_instant
from accounts.rest.authentication import session_started_at_of
from accounts.rest.doors import Door
from accounts.rest.inputs import takes
from accounts.rest.permissions import ScopedAccess
from accounts.rest.rates import MINUTE
from accounts.selectors.ledger.wallets import wallets_of
from accounts.selectors.limits.own_limits import own_exclusions
from accounts.selectors.people.person import id_of
from accounts.services.limits.set_trading_limits import set_trading_limits
from accounts.wire.limits import exclusion
from trading.selectors.limits import limits_standing
from trading.wire import limits as wire_limits

HOUR = timedelta(hours=1)
BOUNDS = {
    "kinds": list(LimitKind),
    "period_days": {str(kind): list(PERIODS_DAYS) for kind in PERIODIC},
    "counted_max": {str(kind): most for kind, most in COUNTED.items()},
    "raise_delay_hours": RAISE_DELAY // HOUR,
    "time_out_hours": [TIME_OUT_MIN // HOUR, TIME_OUT_MAX // HOUR],
    "self_exclusion_months": list(SELF_EXCLUSION_MONTHS),
}


class Limits(Door):
    """The rates of requests and the bounds of limits, for everyone; with a login the caller's own limits too."""

    def get_permissions(self) -> list[BasePermission]:
        is_visitor = self.request.method == "GET" and not self.request.user.is_authenticated
        return [AllowAny() if is_visitor else ScopedAccess()]

    def get(self, request: Request) -> Response:
        shown = _standing(request, timezone.now()) if request.user.is_authenticated else _published()
        return Response(shown, headers={"Cache-Control": "no-store"})

    @takes("limits")
    def put(self, request: Request) -> Response:
        """Set the limits in the body; the others stay. Answers like GET."""
        now, user_id = timezone.now(), id_of(request.user)
        wallets = {(wallet.currency, wallet.demo) for wallet in wallets_of(user_id)}
        changes = read_limit_changes(dict(request.data).get("limits"), wallets=wallets)
        set_trading_limits(user_id=user_id, changes=changes, now=now)
        return Response(_standing(request, now))


def _standing(request: Request, now: datetime) -> dict[str, Any]:
    user_id, started_at = id_of(request.user), session_started_at_of(request)
    standing = limits_standing(user_id, session_started_at=started_at, now=now)
    return {
        "limits": [wire_limits.limit(each) for each in standing],
        "exclusions": [exclusion(each) for each in own_exclusions(user_id, now=now)],
        "session": {"signed_in_at": write_instant(started_at) if started_at else None},
        **_published(),
    }


def _published() -> dict[str, Any]:
    """The same for everyone. `requests` of one caller in `window_seconds`: of the caller, or of an address."""
    rates = settings.RATES_A_MINUTE.items()
    return {
        "rates": [{"name": name, "requests": most, "window_seconds": MINUTE} for name, most in rates],
        "bounds": BOUNDS,
    }
