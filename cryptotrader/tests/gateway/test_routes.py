"""The gateway's table of routes says of each request what DRF's view at the same address says."""

from uuid import UUID

import pytest
from django.urls import resolve
from rest_framework.permissions import AllowAny
from rest_framework.views import APIView

from trading.gateway.routes import ROUTES, Route, match

ID = "0195A1B2-0000-7000-8000-000000000000"


def view_of(route: Route) -> type[APIView]:
    found: type[APIView] = resolve(route.address.replace("<uid:trade_id>", ID)).func.cls  # type: ignore[attr-defined]
    return found


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.address}")
def test_a_route_has_the_facts_of_its_view(route: Route) -> None:
    view, address = view_of(route), route.address.replace("<uid:trade_id>", ID)
    handler = getattr(view, route.method.lower())
    named = UUID(ID) if "<uid" in route.address else None
    assert match(route.method, address) == (route, named)
    assert f"/{resolve(address).route}" == route.address
    assert resolve(address).view_name == route.view
    assert getattr(handler, "asks", frozenset()) == route.parameters
    assert dict(getattr(view, "scopes", {})) == dict(route.scopes)
    assert (view.permission_classes == (AllowAny,)) is route.is_public
    assert ", ".join(view().allowed_methods) == route.allowed.replace("HEAD, ", "")
    (rate,) = view.throttle_classes
    assert rate().doors(route.method) == route.rates


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", f"/api/v1/flash-trades/{ID}"),
        ("GET", f"/api/v1/flash-trades/{ID}/close"),
        ("POST", f"/api/flash-trades/{ID}/close"),
        ("GET", "/api/v1/flash-trades/"),
        ("GET", "/api/v1/flash-trades/<uid:trade_id>"),
        ("GET", f"/api/v1/flash-trades/{ID.replace('-', '')}"),
        ("GET", "/api/v1/instruments"),
        ("GET", "/"),
    ],
)
def test_other_addresses_are_djangos(method: str, path: str) -> None:
    assert match(method, path) is None
