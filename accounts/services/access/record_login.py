from datetime import datetime
from ipaddress import ip_address

from django.db import transaction

from accounts.domain.access.scopes import LoginMethod
from accounts.domain.texts import storable
from accounts.metrics import LOGINS
from accounts.models import Login
from accounts.steps.log_on_commit import log_on_commit

DEVICE_LENGTH_MAX = 400


def record_login(
    *, user_id: int, method: LoginMethod, succeeded: bool, address: str | None, device: str, now: datetime
) -> None:
    """Store one attempt to sign in to a person's account. An invalid address is left out."""
    Login.objects.create(
        user_id=user_id, method=method, succeeded=succeeded, address=_address(address), device=_device(device), at=now
    )
    if succeeded:
        transaction.on_commit(LOGINS.inc)
    log_on_commit("signed in" if succeeded else "sign-in refused", user_id=user_id, way=method)


def _address(text: str | None) -> str | None:
    try:
        return str(ip_address(text or ""))
    except ValueError:
        return None


def _device(text: str) -> str:
    return text[:DEVICE_LENGTH_MAX] if storable(text) else ""
