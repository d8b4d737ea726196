"""Checks whether a person signs in from a new device."""

from accounts.domain.access.devices import device_name
from accounts.models import Login

LOOKED_AT_MAX = 200


def is_new_device(user_id: int, user_agent: str) -> bool:
    """Whether none of the person's latest logins is from a device of this name. False for the very first login."""
    rows = Login.objects.filter(user_id=user_id, succeeded=True).order_by("-id")
    known = {device_name(device) for device in rows.values_list("device", flat=True)[:LOOKED_AT_MAX]}
    return bool(known) and device_name(user_agent) not in known
