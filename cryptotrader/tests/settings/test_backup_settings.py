"""The readers of the settings of backups stop the process at a wrong value, and name the variable."""

from collections.abc import Callable
from datetime import time

import pytest
from django.core.exceptions import ImproperlyConfigured

from cryptotrader import env

NAME = "BACKUP_OF_A_TEST"


def at(name: str) -> object:
    return env.time_of_day(name, "02:00")


def zone(name: str) -> object:
    return str(env.time_zone(name, "UTC"))


@pytest.mark.parametrize(
    ("read", "text", "value"),
    [
        (at, None, time(2)),
        (at, "23:59", time(23, 59)),
        (at, "never", None),
        (zone, None, "UTC"),
        (zone, "Asia/Seoul", "Asia/Seoul"),
        (env.storage, None, ""),
        (env.storage, "s3://bucket/folder/", "s3://bucket/folder"),
        (env.storage, "sftp://user@host:2222/folder", "sftp://user@host:2222/folder"),
    ],
)
def test_it_reads(
    monkeypatch: pytest.MonkeyPatch, read: Callable[[str], object], text: str | None, value: object
) -> None:
    if text is not None:
        monkeypatch.setenv(NAME, text)
    assert read(NAME) == value


@pytest.mark.parametrize(
    ("read", "text"),
    [
        *((at, text) for text in ("2:00", "24:00", "02:00:00", "noon", "０２:00")),
        *((zone, text) for text in ("Mars/Olympus", "../etc/passwd", "/etc/localtime")),
        *(
            (env.storage, text)
            for text in ("/srv/backups", "https://host", "s3://", "sftp://u:secret@host/x", "s3://b?x=1", "sftp://[::1")
        ),
    ],
)
def test_it_refuses(monkeypatch: pytest.MonkeyPatch, read: Callable[[str], object], text: str) -> None:
    monkeypatch.setenv(NAME, text)
    with pytest.raises(ImproperlyConfigured, match=NAME) as caught:
        read(NAME)
    assert "secret" not in str(caught.value)
