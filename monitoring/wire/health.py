"""The JSON shape of a health check, for probes and for `check_health --json`."""

from dataclasses import asdict

from monitoring.domain.health import Health


def health(found: Health) -> dict[str, object]:
    """All readings, and the faults. Addresses, passwords and paths of this machine aren't in it: anybody may ask."""
    read, own = found.readings, found.readings.clock
    return {
        "status": "ready" if found.is_ready else "unavailable",
        "dependencies": [asdict(dependency) for dependency in read.dependencies],
        "programs": [
            {"name": pulse.program, "alive": pulse.alive, "heard_seconds_ago": pulse.seconds}
            for pulse in read.pulses or ()
        ],
        "indexes": [
            {"instrument": age.instrument, "source": age.source, "age_seconds": age.seconds, "fresh": age.fresh}
            for age in read.indexes or ()
        ],
        "clock": {"ahead_seconds": own.ahead.total_seconds(), "right": own.is_right} if own else None,
        "migrations": asdict(read.migrations) if read.migrations else None,
        "disks": [
            {"place": disk.place, "free_bytes": disk.free, "size_bytes": disk.size, "free_ratio": disk.free_ratio}
            for disk in read.disks
        ],
        "faults": [{"code": fault.code, "about": fault.about} for fault in found.faults],
    }
