"""What an image and a release collect: each address in a sheet leads to a file."""

from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import override_settings

HASHED = {"staticfiles": {"BACKEND": "cryptotrader.static.HashedStaticFilesStorage"}}
PLAIN = ["css", "gif", "html", "ico", "js", "json", "map", "md", "png", "svg", "txt", "webmanifest", "woff", "woff2"]
"""WhiteNoise compresses no file of these kinds: that took four fifths of the time, and tells nothing of addresses."""


@pytest.mark.long
def test_every_static_file_can_be_collected(tmp_path: Path) -> None:
    with override_settings(STORAGES=HASHED, STATIC_ROOT=tmp_path, WHITENOISE_SKIP_COMPRESS_EXTENSIONS=PLAIN):
        call_command("collectstatic", interactive=False, verbosity=0)
    (sheet,) = (tmp_path / "built").glob("site.*.css")
    addresses = [part.split(")")[0].strip('"') for part in sheet.read_text().split("url(")[1:]]
    faces = [address for address in addresses if address.endswith(".woff2")]
    assert len(faces) == 2
    assert all((tmp_path / face.removeprefix("/static/")).exists() for face in faces)
