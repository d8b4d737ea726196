from django.core.cache import cache

from monitoring.domain.health import Program
from monitoring.selectors.pulses import KEPT_SECONDS, pulse_key


def note_heartbeat(*, program: Program) -> None:
    """Note that a program does its work now. Without Redis nothing is noted: the next heartbeat comes in seconds."""
    cache.set(pulse_key(program), 1, timeout=KEPT_SECONDS)
