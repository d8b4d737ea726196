"""In which order the tests run: what takes long at both ends, or, by `--shuffle`, anything may come after anything."""

from collections.abc import Callable, Iterable
from random import Random
from zlib import crc32

import pytest

File = list[pytest.Item]
WAITING = ("browser", "process")
FIRST = (*WAITING, "long", "hypothesis")
JOURNEYS, CLIENTS = "cryptotrader/tests/journeys/", "cryptotrader/tests/clients/"
"""The tests of such a folder share a platform, which starts once if nothing comes between them."""


def file_of(nodeid: str) -> str:
    return nodeid.partition("::")[0]


def group_of(nodeid: str, sites: int = 1) -> str:
    """Returns the file of a test, or for journeys and clients the group that shares a platform; journeys make `sites`
    groups of whole files."""
    if nodeid.startswith(JOURNEYS):
        return f"{JOURNEYS}{crc32(file_of(nodeid).encode()) % sites}"
    return CLIENTS if nodeid.startswith(CLIENTS) else file_of(nodeid)


def waiting_first(items: Iterable[pytest.Item]) -> list[pytest.Item]:
    """Files with a browser, then those with processes of their own, which wait about half of their time; then all
    others, which compute.

    What takes long is at both ends: some test processes take files from the front, the others from the back
    (`scheduling`), and they are done at about the same time if the last files, in the middle, are short.
    """
    files = sorted(_files(items, group_of), key=lambda file: (*(not _any(file, mark) for mark in FIRST), -len(file)))
    waiting = [file for file in files if any(_any(file, mark) for mark in WAITING)]
    return _joined([*waiting, *reversed(files[len(waiting) :])])


def shuffled(items: Iterable[pytest.Item], seed: str) -> list[pytest.Item]:
    """Files in an order that the seed decides, and the tests of each as well; those of a file stay together."""
    chance = Random(seed)
    files = _files(items)
    for file in files:
        chance.shuffle(file)
    chance.shuffle(files)
    return _joined(_files(_joined(files), group_of))


def _files(items: Iterable[pytest.Item], name: Callable[[str], str] = file_of) -> list[File]:
    files: dict[str, File] = {}
    for item in items:
        files.setdefault(name(item.nodeid), []).append(item)
    return list(files.values())


def _any(file: File, marker: str) -> bool:
    return any(item.get_closest_marker(marker) for item in file)


def _joined(files: list[File]) -> list[pytest.Item]:
    return [item for file in files for item in file]
