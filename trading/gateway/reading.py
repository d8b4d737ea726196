"""Reads requests strictly: any that isn't as programs usually write it is Django's."""

from asyncio import get_running_loop
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.http import QueryDict

from accounts.domain.access.api_keys import KEY_START
from accounts.domain.access.credentials import credential_faults
from accounts.domain.errors import Refusal
from accounts.domain.json_text import NotJson, read_json
from accounts.rest.authentication import bearer_of
from accounts.rest.doors import check_parameters
from accounts.rest.inputs import check_members
from accounts.rest.sent import address_in
from accounts.services.access.authenticate_token import Credential, Key, Token
from accounts.services.access.keys.authenticate_key import SignedRequest
from trading.gateway.routes import Route
from trading.gateway.sent import Headers, Lane, Sent
from trading.gateway.site import Place
from trading.rest.orders import parse_order

NOBODY = UUID(int=0)
NO_QUERY = QueryDict("")
TYPES = {"application/json", "application/json; charset=utf-8", "application/json;charset=utf-8"}
ACCEPTED = {"*/*", "application/json", "application/json, text/plain, */*", "application/json, */*"}
UNUSUAL = {"origin", "cookie", "x-session-token", "content-encoding", "expect", "upgrade", "x-requested-with"}
"""Headers whose meaning Django knows: another site's page, a session, a body to be unpacked, another protocol."""


class Unusual(Exception):
    """Django decides about this request."""


def headers_of(scope: dict[str, Any]) -> Headers:
    """Returns the headers. Raises Unusual for one that comes twice, or has a meaning of its own."""
    headers = Headers()
    for name, value in scope["headers"]:
        key = name.decode("latin-1")
        if key in headers or key in UNUSUAL or "_" in key:
            raise Unusual
        headers[key] = value.decode("latin-1")
    if headers.get("transfer-encoding", "chunked") != "chunked":
        raise Unusual
    return headers


def read(scope: dict[str, Any], body: bytes, headers: Headers, place: Place, route: Route, named: UUID | None) -> Sent:
    """Returns the request. Raises Unusual if anything in it could be refused, or read in another way."""
    if scope.get("raw_path", b"") != scope["path"].encode("utf-8", "replace"):
        raise Unusual
    content_type = headers.get("content-type")
    if (content_type is not None or route.method == "POST") and str(content_type).lower() not in TYPES:
        raise Unusual
    if headers.get("accept", "*/*") not in ACCEPTED or (body and route.method == "GET"):
        raise Unusual
    loop = get_running_loop()
    sent = Sent(
        route=route,
        path=scope["path"],
        headers=headers,
        query_params=_query(scope["query_string"], route),
        data=_members(body) if route.method == "POST" else {},
        credential=_credential(scope, body, headers, route),
        address=place.address,
        language=place.language,
        named=named or NOBODY,
        order_of=None,
        audit={"address": place.address, "method": route.method, "path": scope["path"], "request": place.request_id},
        loop=loop,
        future=loop.create_future(),
    )
    try:
        check_parameters(sent.query_params, route.parameters)
        check_members(sent, route.members)
        if route.lane == Lane.ORDERS:
            sent.order_of = parse_order(sent)
    except Refusal as refusal:
        raise Unusual from refusal
    return sent


def _query(text: bytes, route: Route) -> QueryDict:
    if not text:
        return NO_QUERY
    if not route.parameters:
        raise Unusual
    return QueryDict(text, encoding="utf-8")


def _members(body: bytes) -> dict[str, Any]:
    try:
        members = read_json(body)
    except NotJson as error:
        raise Unusual from error
    if not isinstance(members, dict):
        raise Unusual
    return members


def _credential(scope: dict[str, Any], body: bytes, headers: Headers, route: Route) -> Credential | None:
    def values(name: str) -> Iterable[str]:
        value = headers.get(name)
        return () if value is None else (value,)

    if credential_faults(lambda name: list(values(name))):
        raise Unusual
    if "authorization" in headers:
        text = bearer_of(headers["authorization"]) or ""
        return Key(text) if text.startswith(KEY_START) else Token(text)
    if "x-api-key" in headers:
        return _signed(scope, body, headers)
    if not route.is_public:
        raise Unusual
    return None


def _signed(scope: dict[str, Any], body: bytes, headers: Headers) -> SignedRequest:
    path = address_in(scope)
    if not path:
        raise Unusual
    return SignedRequest(
        prefix=headers["x-api-key"],
        timestamp=headers.get("x-timestamp", ""),
        signature=headers.get("x-signature", ""),
        method=scope["method"],
        path=path,
        body=body,
    )
