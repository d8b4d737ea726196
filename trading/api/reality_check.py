"""The reality check: a note on the time and the result of a person's session, at the interval that they chose."""

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.domain.notation import write_instant
from accounts.rest.authentication import session_key_of, session_started_at_of
from accounts.rest.doors import Door
from accounts.rest.inputs import takes
from accounts.rest.permissions import PersonOnly
from accounts.selectors.access.sessions import reality_check_due_at
from accounts.selectors.people.person import id_of, person
from accounts.services.limits.confirm_reality_check import confirm_reality_check
from trading.selectors.sessions import trades_since
from trading.wire import limits as wire_limits


class RealityCheck(Door):
    """GET: this session so far, and the time of the next check. POST: the person has seen it and goes on."""

    permission_classes = (PersonOnly,)

    def get(self, request: Request) -> Response:
        now, user_id = timezone.now(), id_of(request.user)
        minutes, key = person(user_id).settings.reality_check_minutes, session_key_of(request)
        started_at = session_started_at_of(request)
        due_at = reality_check_due_at(key, minutes) if key and minutes else None
        body = {
            "time": write_instant(now),
            "minutes": minutes,
            "due_at": write_instant(due_at) if due_at else None,
            "signed_in_at": write_instant(started_at) if started_at else None,
            "wallets": [wire_limits.session_trades(each) for each in trades_since(user_id, started_at)]
            if started_at
            else [],
        }
        return Response(body, headers={"Cache-Control": "no-store"})

    @takes()
    def post(self, request: Request) -> Response:
        key = session_key_of(request)
        if key:
            confirm_reality_check(session_key=key, now=timezone.now())
        return self.get(request)
