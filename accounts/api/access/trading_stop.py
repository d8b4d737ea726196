"""The kill switch: stops the trading of API keys. Any key that reads may stop it; only a person allows it again."""

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.domain.access.scopes import Scope
from accounts.domain.errors import FieldError, InvalidInput
from accounts.domain.notation import parse_whole
from accounts.rest.doors import Door
from accounts.rest.inputs import optional_text, takes, user_of
from accounts.selectors.access.trading_stops import trading_stop_of
from accounts.selectors.people.person import id_of
from accounts.services.access.allow_trading import allow_trading
from accounts.services.access.confirm_person import confirm_person
from accounts.services.access.stop_trading import stop_trading
from accounts.wire import access as wire_access

KEY_END = 10**18


class TradingStop(Door):
    scopes = {"POST": Scope.READ}

    def get(self, request: Request) -> Response:
        return Response(wire_access.trading_stop(trading_stop_of(id_of(request.user))))

    @takes("api_key")
    def post(self, request: Request) -> Response:
        """Stops all keys, or the one that `api_key` names. The answer comes when nothing more is taken."""
        stop_trading(user_id=id_of(request.user), key_id=_key_id(request), clock=timezone.now)
        return self.get(request)

    @takes("code", "api_key")
    def delete(self, request: Request) -> Response:
        """Ends all stops, or that of the key that `api_key` names.

        A null is refused: a program whose variable is empty would end them all. Stopping all by a null is the safe
        side.
        """
        key_id = _named_key(request) if "api_key" in request.data else None
        confirm_person(user=user_of(request), code=optional_text(request, "code"), now=timezone.now())
        allow_trading(user_id=id_of(request.user), key_id=key_id)
        return self.get(request)


def _key_id(request: Request) -> int | None:
    return None if dict(request.data).get("api_key") is None else _named_key(request)


def _named_key(request: Request) -> int:
    key_id = parse_whole(dict(request.data)["api_key"])
    if key_id is None or not 0 <= key_id < KEY_END:
        raise InvalidInput(fields=(FieldError("api_key", "invalid-number", "must be the id of one of your keys"),))
    return key_id
