"""Proofs, daily digests and public keys (rule 11): the data with which anybody can check a settlement."""

import re
from datetime import date
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.domain.access.scopes import Scope
from accounts.domain.errors import FieldError, InvalidInput
from accounts.rest.caching import kept
from accounts.rest.doors import Door, asks
from accounts.rest.paging import id_cursor_of
from accounts.rest.windows import PAGE, following, limit_of
from accounts.selectors.people.person import id_of
from accounts.site import origin
from trading.api.market import Public
from trading.domain.proof.jws import public_jwk
from trading.selectors.listings import listing
from trading.selectors.proof.digests import digests, state_of_digests, voided_counts
from trading.selectors.proof.proofs import public_keys
from trading.services.proof.prove_trade import prove_trade
from trading.wire import digests as wire_digests

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


class TradeProof(Door):
    scopes = {"GET": Scope.READ}

    def get(self, request: Request, trade_id: UUID) -> Response:
        """The signed proof of the person's own settled trade."""
        proof = prove_trade(trade_id=trade_id, user_id=id_of(request.user), issuer=origin(), now=timezone.now())
        return Response(proof.as_json(), headers={"Cache-Control": "no-store"})


class Digests(Public):
    @asks("instrument", "day", *PAGE)
    def get(self, request: Request) -> HttpResponse:
        """The published days, newest first. `?instrument=` and `?day=` filter them."""
        symbol = request.query_params.get("instrument")
        if symbol is not None:
            listing(symbol, timezone.now())
        limit, day, before = limit_of(request, default=100, most=1000), _day_of(request), id_cursor_of(request)
        content = kept(request, state_of_digests(), lambda: _digests(request, symbol, day, before, limit))
        return HttpResponse(content, content_type="application/json", headers={"Cache-Control": "public, max-age=60"})


def _digests(request: Request, symbol: str | None, day: date | None, before: int | None, limit: int) -> bytes:
    found = digests(symbol=symbol, day=day, before=before, limit=limit)
    after = following(request, found, limit, found[-1].pk if found else None)
    voided = voided_counts(found)
    days = [
        wire_digests.daily_digest(digest) | {"gaps": digest.content.gaps, "voided": voided[digest.pk]}
        for digest in found
    ]
    return JSONRenderer().render({"results": days, "next": after})


class PublicKeys(Public):
    def get(self, request: Request) -> Response:
        """Every key that has ever signed a proof, as a JWK Set (RFC 7517)."""
        keys = [public_jwk(key) for key in public_keys()]
        # The first key comes with the first proof: a client that asked before that asks again.
        caching = "public, max-age=300" if keys else "no-store"
        return Response({"keys": keys}, headers={"Cache-Control": caching})


def _day_of(request: Request) -> date | None:
    text = request.query_params.get("day")
    if text is None:
        return None
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise InvalidInput(fields=(FieldError("day", "invalid-day", "a UTC day is required, like 2026-01-31"),))
