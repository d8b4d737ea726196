"""Reads the free space of the file systems that this machine needs."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from monitoring.domain.health import Disk


def disks(places: Mapping[str, Path]) -> list[Disk]:
    """The space of each named place's file system, as far as programs without privileges may use it.

    A place that isn't there yet has its parent's. Places of one file system are told once, by the first of them.
    """
    return list(_each_once(places))


def _each_once(places: Mapping[str, Path]) -> Iterator[Disk]:
    seen: set[int] = set()
    for place, wanted in places.items():
        try:
            path = next(each for each in (wanted.absolute(), *wanted.absolute().parents) if each.exists())
            device, space = path.stat().st_dev, os.statvfs(path)
        except OSError:
            yield Disk(place, None, None)
            continue
        if device not in seen:
            seen.add(device)
            yield Disk(place, space.f_bavail * space.f_frsize, space.f_blocks * space.f_frsize)
