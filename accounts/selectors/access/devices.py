"""Which devices somebody has signed in from."""

from accounts.domain.access.devices import device_name
from accounts.models import Login

LOOKED_AT_MAX = 200


def is_new_device(user_id: int, user_agent: str) -> bool:
    """Whether somebody who has signed in before never did so from a device of this name, as far as we look back."""
    rows = Login.objects.filter(user_id=user_id, succeeded=True).order_by("-id")
    known = {device_name(device) for device in rows.values_list("device", flat=True)[:LOOKED_AT_MAX]}
    return bool(known) and device_name(user_agent) not in known
