"""Endpoints for people to manage their API keys. A key can't create or revoke keys."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.domain.access.api_keys import KeyTerms, key_terms
from accounts.domain.access.key_limits import LIMITS, KeyLimits
from accounts.domain.errors import FieldError, InvalidInput
from accounts.domain.notation import parse_decimal, parse_instant, parse_whole
from accounts.rest.authentication import session_key_of
from accounts.rest.doors import Door
from accounts.rest.inputs import optional_text, takes, user_of
from accounts.rest.permissions import PersonOnly
from accounts.selectors.access.api_keys import keys_of
from accounts.selectors.people.person import id_of
from accounts.services.access.confirm_person import confirm_owner, confirm_person
from accounts.services.access.keys.make_api_key import make_api_key
from accounts.services.access.keys.revoke_api_key import revoke_api_key
from accounts.wire import access as wire_access

MODES = ("bearer", "hmac")


class ApiKeys(Door):
    permission_classes = (PersonOnly,)

    def get(self, request: Request) -> Response:
        return Response({"results": [wire_access.api_key(key) for key in keys_of(id_of(request.user))], "next": None})

    @takes("name", "mode", "scopes", "networks", "expires_at", *LIMITS, "code", "password")
    def post(self, request: Request) -> Response:
        """Creates a key. Only this response contains the secret."""
        now = timezone.now()
        terms = _terms(dict(request.data), now)
        code, password = optional_text(request, "code"), optional_text(request, "password")
        confirm_owner(user=user_of(request), code=code, password=password, now=now)
        made = make_api_key(user_id=id_of(request.user), terms=terms, session_key=session_key_of(request), now=now)
        return Response(
            wire_access.api_key(made.key) | {"secret": made.secret}, status=201, headers={"Cache-Control": "no-store"}
        )


class ApiKeyDetail(Door):
    permission_classes = (PersonOnly,)

    @takes("code")
    def delete(self, request: Request, key_id: int) -> Response:
        now = timezone.now()
        confirm_person(user=user_of(request), code=optional_text(request, "code"), now=now)
        revoke_api_key(user_id=id_of(request.user), key_id=key_id, now=now)
        return Response(status=204)


def _terms(body: Mapping[str, object], now: datetime) -> KeyTerms:
    name, mode = body.get("name"), body.get("mode", "bearer")
    errors = []
    if not isinstance(name, str):
        why = "required" if name is None else "invalid"
        errors.append(FieldError("name", why, "a non-empty string is required"))
    if mode not in MODES:
        errors.append(FieldError("mode", "invalid", f"one of {', '.join(MODES)}"))
    scopes, networks = _texts(body, "scopes", errors), _texts(body, "networks", errors)
    expires_at = _instant(body.get("expires_at"), errors)
    limits = _limits(body, errors)
    if errors:
        raise InvalidInput(fields=tuple(errors))
    return key_terms(
        name=str(name),
        scopes=scopes,
        networks=networks,
        expires_at=expires_at,
        signs=mode == "hmac",
        now=now,
        limits=limits,
    )


def _limits(body: Mapping[str, object], errors: list[FieldError]) -> KeyLimits:
    amounts: dict[str, Decimal | None] = {}
    for name in ("stake_max", "stake_a_day"):
        value = body.get(name)
        amounts[name] = None if value is None else parse_decimal(value)
        if value is not None and amounts[name] is None:
            errors.append(FieldError(name, "invalid-number", "a plain decimal number is required, like 100"))
    wanted = body.get("open_trades_max")
    most = None if wanted is None else parse_whole(wanted)
    if wanted is not None and most is None:
        errors.append(FieldError("open_trades_max", "invalid-number", "a whole number is required"))
    return KeyLimits(**amounts, open_trades_max=most)


def _texts(body: Mapping[str, object], name: str, errors: list[FieldError]) -> list[str]:
    value = body.get(name) or []
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        errors.append(FieldError(name, "invalid", "a list of strings"))
        return []
    return value


def _instant(value: object, errors: list[FieldError]) -> datetime | None:
    if value is None:
        return None
    instant = parse_instant(value) if isinstance(value, str) else None
    if instant is None:
        errors.append(
            FieldError("expires_at", "invalid-time", "an ISO-8601 time with a zone, like 2026-01-31T09:00:00Z")
        )
    return instant
