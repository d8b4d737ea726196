"""In which order the tests run: what takes long begins first, or, by `--shuffle`, anything may come after anything."""

from collections.abc import Iterable
from pathlib import Path
from random import Random

import pytest

File = list[pytest.Item]
FIRST = ("browser", "process", "long", "hypothesis")


def longest_first(items: Iterable[pytest.Item]) -> list[pytest.Item]:
    """Files with a browser, then those with processes of their own, those marked long, those with properties, and the
    others, the fullest first.

    Several processes that take the next file each time are done at about the same time if the last files are short.
    """
    return _joined(sorted(_files(items), key=lambda file: (*(not _any(file, mark) for mark in FIRST), -len(file))))


def shuffled(items: Iterable[pytest.Item], seed: str) -> list[pytest.Item]:
    """Files in an order that the seed decides, and the tests of each as well; those of a file stay together."""
    chance = Random(seed)
    files = _files(items)
    for file in files:
        chance.shuffle(file)
    chance.shuffle(files)
    return _joined(files)


def _files(items: Iterable[pytest.Item]) -> list[File]:
    files: dict[Path, File] = {}
    for item in items:
        files.setdefault(item.path, []).append(item)
    return list(files.values())


def _any(file: File, marker: str) -> bool:
    return any(item.get_closest_marker(marker) for item in file)


def _joined(files: list[File]) -> list[pytest.Item]:
    return [item for file in files for item in file]
