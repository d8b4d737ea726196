"""The certificate for tests of a site that has no other."""

import json
from pathlib import Path

from deploy.ct import files
from deploy.ct.keys import READABLE
from deploy.ct.settings import Settings


def certified_hosts(settings: Settings) -> list[str]:
    """Returns the names that the certificate is for."""
    return list(
        dict.fromkeys([settings.host, "localhost", "127.0.0.1"] if settings.is_development else [settings.host])
    )


def keep_certificate(directory: Path, made: str) -> None:
    """Keeps what `python -m cryptotrader.start certificate` printed; the certificate last: it says all is there."""
    told = json.loads(made)
    files.write(directory / "authority.crt", told["authority"], READABLE)
    files.write(directory / "site.key", told["key"], READABLE)
    files.write(directory / "site.crt", told["certificate"], READABLE)
