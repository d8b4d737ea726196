"""Decides who may use a view. A view that API keys may write to declares `scopes = {"POST": Scope.TRADE}`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from rest_framework.permissions import SAFE_METHODS, BasePermission

from accounts.domain.access.scopes import KeyAccess, PersonRequired, Scope, ScopeMissing, TradingStopped

if TYPE_CHECKING:  # DRF's views import this module during their own import
    from rest_framework.request import Request
    from rest_framework.views import APIView


class ScopedAccess(BasePermission):
    """Requires a login. An API key also needs the scope that the view declares for the method.

    Reading needs READ unless the view declares another scope. Undeclared writing methods are for people only.
    Raises ScopeMissing, with the scope, or PersonRequired.
    """

    def has_permission(self, request: Request, view: APIView) -> bool:
        if not request.user.is_authenticated:
            return False
        method = request.method or ""
        is_method = hasattr(view, method.lower())  # else the answer is 405: no person may do it either
        if isinstance(request.auth, KeyAccess) and is_method:
            check_scope(request.auth, method, getattr(view, "scopes", {}))
        return True


class PersonOnly(BasePermission):
    """Requires a login by password or passkey (session or token). No API key may pass, with any scope."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        if isinstance(request.auth, KeyAccess):
            raise PersonRequired
        return bool(request.user.is_authenticated)


def check_scope(key: KeyAccess, method: str, scopes: Mapping[str, Scope]) -> None:
    """Raises ScopeMissing or PersonRequired unless the key may use a door of these scopes by this method."""
    needed = scopes.get("GET" if method == "HEAD" else method)
    if needed is None and method in SAFE_METHODS:
        needed = Scope.READ
    if needed is None:
        raise PersonRequired
    if key.is_stopped and needed is Scope.TRADE:
        raise TradingStopped
    if needed not in key.scopes:
        raise ScopeMissing(f"The scope {needed} is needed", scope=needed)
