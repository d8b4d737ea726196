"""A site of tests of deployments: most of their time, `ct` waited between two looks at servers that were ready."""

import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptotrader.start.certificate import certificate
from deploy.ct.host.processes import Processes
from deploy.ct.tests.tiny import repository
from deploy.ct.tls import keep_certificate
from deploy.load.site import Site

RELEASES = ("one", "two", "silent", "broken", "unmigratable")
NOWHERE = ("postgresql://nobody@127.0.0.1:1/none", "redis://127.0.0.1:1")
QUICK = ("--drain-seconds", "1", "--watch-seconds", "2")
UNIT_STARTS = ("roll", "beat")
"""As deploy/systemd/cryptotrader@.service does."""


class QuickSite(Site):
    """Its `ct` waits less between two looks. One that a test interrupts is an operator's, so that its steps last."""

    def ct(self, *words: str, wait: bool = True) -> "subprocess.Popen[str]":
        if wait:
            self.program = Path(__file__).with_name("quick_ct.py")
        try:
            return super().ct(*words, wait=wait)
        finally:
            self.program = Site.program


@contextmanager
def tiny_site() -> Iterator[Site]:
    """A site with small releases, before its first deployment."""
    # Not pytest's own directory: nginx's workers run under an account of their own.
    with tempfile.TemporaryDirectory() as directory:
        home = Path(directory)
        source = {"CT_SOURCE": str(repository(home, *RELEASES))}
        made = QuickSite(home / "ct", *NOWHERE, source)
        home.chmod(0o711)
        (made.state / "tls").mkdir()
        keep_certificate(made.state / "tls", certificate(["localhost"]))
        try:
            yield made
        finally:
            made.end()


def deployed(site: Site, release: str, *words: str) -> int:
    return int(site.ct("deploy", "--release", release, *QUICK, *words).returncode)


def pids(site: Site) -> dict[str, str]:
    """The keepers of the processes that run."""
    home = site.state / "run"
    return {record.name: (home / record.name / "pid").read_text() for record in Processes(site.state).running()}


def services(site: Site) -> Counter[str]:
    return Counter(f"{record.service} {record.release}" for record in Processes(site.state).running())
