"""The JSON shape of time-outs and self-exclusions."""

from accounts.domain.notation import write_instant
from accounts.models import Exclusion
from accounts.selectors.limits.own_limits import OwnExclusion


def exclusion(exclusion: Exclusion | OwnExclusion) -> dict[str, object]:
    """A time-out or a self-exclusion."""
    return {
        "kind": str(exclusion.kind),
        "from": write_instant(exclusion.starts_at),
        "until": write_instant(exclusion.ends_at),
    }
